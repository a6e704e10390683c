"""10.6 Reading four models: slope or memory?"""

from hlm_teach.feedback.exercise import Exercise, Mistake, Numbers
from hlm_teach.feedback.kinds.number import Number
from hlm_teach.feedback.kinds.parts import Choice, Several
from hlm_teach.feedback.phrases import MIXTURE_TOO_HIGH
from hlm_teach.lmm.mixture import chi2_tail

# The table as the notebook prints it: REML log-likelihoods of `wage ~ t` in 140 firms. Two of the
# four fits have memory, which is more than a check has time for; a test fits all four.
LINES, LINES_MEMORY = -2529.60, -2366.42
SLOPES, SLOPES_MEMORY = -2437.33, -2363.08
SD_ALONE, SD_BESIDE = 0.583, 0.264
# The same test beside memory, and that SD, with a mean for each year in place of the line.
D_YEARS, SD_YEARS = 18.72, 0.482


def numbers() -> Numbers:
    """D of slopes with and without memory beside them, and p; and of other pairs of models."""
    alone, beside = 2 * (SLOPES - LINES), 2 * (SLOPES_MEMORY - LINES_MEMORY)
    return {
        "alone": alone,
        "beside": beside,
        "p": float(chi2_tail(beside, [1, 2])),
        "claim": "c",
        "sd_alone": SD_ALONE,
        "sd_beside": SD_BESIDE,
        "years": D_YEARS,
        "sd_years": SD_YEARS,
        "alone_not_doubled": alone / 2,
        "beside_not_doubled": beside / 2,
        "of_memory_alone": 2 * (LINES_MEMORY - LINES),
        "of_memory_beside": 2 * (SLOPES_MEMORY - SLOPES),
        "of_both": 2 * (SLOPES_MEMORY - LINES),
        "naive": float(chi2_tail(beside, [2])),
        "too_high": float(chi2_tail(beside, [2, 3])),
        "one_variance": float(chi2_tail(beside, [0, 1])),
        "one_df": float(chi2_tail(beside, [1])),
    }


MISTAKES = (
    Mistake(
        {"alone": "alone_not_doubled"},
        "Without memory, your D is the bare difference of the log-likelihoods.",
    ),
    Mistake(
        {"beside": "beside_not_doubled"},
        "Beside memory, your D is the bare difference of the log-likelihoods.",
    ),
    Mistake(
        {"alone": "of_memory_alone"},
        "You tested memory where slopes were asked for. Which two rows differ in the slopes and "
        "in nothing else, memory absent in both?",
    ),
    Mistake(
        {"beside": "of_memory_beside"},
        "You tested memory beside slopes. Which two rows differ in the slopes and in nothing "
        "else, memory present in both?",
    ),
    Mistake(
        {"beside": "of_both"},
        "You went from the first row to the last: that tests slopes and memory together.",
    ),
    Mistake(
        {"p": "naive"},
        "That is p from χ² with both added parameters counted in full. One of them is a variance "
        "at its boundary.",
    ),
    Mistake({"p": "too_high"}, MIXTURE_TOO_HIGH),
    Mistake(
        {"p": "one_variance"},
        "You tested one variance alone. A random slope that may correlate brings a covariance along.",
    ),
    Mistake(
        {"p": "one_df"},
        "You counted the covariance alone, or the variance without its boundary. Both are added.",
    ),
    Mistake(
        {"claim": "a"},
        "That first D compares slopes with nothing. What is left of it once residuals may "
        "remember?",
    ),
    Mistake(
        {"claim": "b"},
        "Look at the last row: with memory in the model the slopes still vary by an estimate "
        "above zero, and p speaks against none.",
    ),
    Mistake(
        {"claim": "d"},
        "The two log-likelihoods of these models lie far apart: here the data do prefer memory. "
        "What do slopes add to it?",
    ),
)

EXERCISE = Exercise(
    "10.6",
    "Reading four models: slope or memory?",
    Several(alone=Number(1), beside=Number(2, within=0.03), p=Number(3), claim=Choice("abcd")),
    numbers=numbers,
    why="the same slopes are worth a D of {alone:.0f} or of {beside:.1f}, and their SD goes from "
    "{sd_alone:.2f} to {sd_beside:.2f}: whoever reports a spread of slopes must say what the "
    "residuals were allowed to do, and the mean: with a mean for each year in place of the line D "
    "beside memory is {years:.1f}, and the SD {sd_years:.2f}.",
    mistakes=MISTAKES,
    nudge="Which two rows of the table differ in the random slopes and in nothing else?",
    section="Firms on paths of their own?",
    formula="D = 2(log L₁ − log L₀);  a variance and a covariance at the boundary: ½χ²₁ + ½χ²₂",
)
