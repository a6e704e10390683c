"""10.7 Choose: who left, and which analysis survives?"""

import numpy as np

from hlm_teach.data.datasets import load_data
from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.lmm.fit import fit_lmm
from hlm_teach.measures.random_slopes import group_lines

WHICH = ("none", "1", "12", "123")  # the clinics in which an analysis is right


def numbers() -> Numbers:
    """The mean slope of the logarithm of the clotting time where every patient has one, and by other ways."""
    data = load_data("pbc").assign(log_time=lambda d: np.log(d["protime"]))
    slope, parallel = (
        fit_lmm("log_time ~ years", data, "patient", random).params["years"]
        for random in ("1 + years", "1")
    )
    return {
        "names": "q",
        "ols": "1",
        "slopes": "12",
        "slope": slope,
        "by_ols": np.polyfit(data["years"], data["log_time"], 1)[0],
        "parallel": parallel,
        "mean_of_own": group_lines(data, "log_time", "years", "patient")["slope"].mean(),
        "of_raw": fit_lmm("protime ~ years", data, "patient", "1 + years").params["years"],
    }


MISTAKES = (
    Mistake(
        {"names": "p"},
        "In clinic 2 the reason is a value that stands in the record. Random or not, given what "
        "was seen?",
    ),
    Mistake(
        {"names": "r"},
        "In clinic 3 the reason isn't in the record. Can anything that was seen make up for it?",
    ),
    Mistake(
        {"names": "s"},
        "In clinic 1 a coin decides. Has that anything to do with the values, seen or unseen?",
    ),
    Mistake(
        {"ols": "none"},
        "A coin removes patients of all kinds alike. Whom does ordinary regression then follow? "
        "(Its standard error is wrong; its slope is asked about.)",
    ),
    Mistake(
        {"ols": "12"},
        "In clinic 2 those with high values are gone. Ordinary regression follows whoever is left, "
        "and doesn't know what their record said.",
    ),
    Mistake(
        {"ols": "123"},
        "Ordinary regression follows the mean of whoever is left. In which clinic are they like "
        "those who went?",
    ),
    Mistake(
        {"slopes": "none"},
        "The likelihood uses what was seen of a patient before the patient left. In which clinics "
        "does that suffice?",
    ),
    Mistake(
        {"slopes": "1"},
        "In clinic 2 everything that decided is among the values that the model has.",
    ),
    Mistake(
        {"slopes": "123"},
        "In clinic 3 two patients with the same record differ in what comes next, and one of them "
        "is gone. No model of the record can know.",
    ),
    Mistake(
        {"slope": "by_ols"},
        "This is the slope of ordinary regression: of the mean of those who are still there.",
    ),
    Mistake(
        {"slope": "parallel"},
        "This is the slope with random intercepts alone, as if all patients went at one rate. "
        "From whom is that rate mostly learned?",
    ),
    Mistake(
        {"slope": "mean_of_own"},
        "This is the plain mean of the patients' own slopes. Those of two visits count in it like "
        "those of ten.",
    ),
    Mistake(
        {"slope": "of_raw"},
        "This is the slope of the clotting time itself. Its logarithm was asked for.",
    ),
)

EXERCISE = Exercise(
    "10.7",
    "Choose: who left, and which analysis survives?",
    Several(names=Choice("pqrs"), ols=Choice(WHICH), slopes=Choice(WHICH), slope=Number(4)),
    numbers=numbers,
    why="clotting slows by {slope:.1%} a year in the average patient, and by {by_ols:.1%} for whoever "
    "follows the mean of those who are left. That nobody left as in clinic 3 is an assumption, "
    "and belongs in the paper.",
    mistakes=MISTAKES,
    nudge="What decided who left, and does the model know it?",
    section="Three ways to leave",
    formula="MCAR: not even what was seen decides; MAR: what was seen, and nothing else; MNAR: what "
    'was not seen, too;  fit_lmm("y ~ x", data, "patient", random="1 + x")',
    points=3,
)
