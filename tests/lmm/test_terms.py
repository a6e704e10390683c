"""Random terms and the parameters of their covariance matrices: what they are, how they are named."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from hlm_teach import fit_lmm, load_data
from hlm_teach.lmm import terms
from hlm_teach.lmm.one_term import OneTerm
from hlm_teach.lmm.protocols import Engine, Fit
from hlm_teach.lmm.several_terms import SeveralTerms
from hlm_teach.lmm.terms import RandomTerm, VarianceParameter


def term(group, *effects, correlated=True):
    design = pd.DataFrame(np.ones((4, len(effects))), columns=list(effects))
    return RandomTerm(group, "1", correlated, pd.Series(list("aabb")), design, "1")


def test_parameters_of_a_term_are_its_sds_and_its_correlations_below_the_diagonal():
    found = terms.term_parameters(term("school", "Intercept", "ses", "size"))
    assert [(p.kind, p.effects) for p in found] == [
        ("sd", ("Intercept",)),
        ("sd", ("ses",)),
        ("sd", ("size",)),
        ("cor", ("Intercept", "ses")),
        ("cor", ("Intercept", "size")),
        ("cor", ("ses", "size")),
    ]
    assert {p.group for p in found} == {"school"}


def test_a_diagonal_term_has_no_correlations():
    found = terms.term_parameters(term("school", "Intercept", "ses", correlated=False))
    assert [p.kind for p in found] == ["sd", "sd"]


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ([term("item", "Intercept", "freq")], ["Intercept", "freq"]),
        ([term("plate", "Intercept"), term("sample", "Intercept")], ["plate", "sample"]),
        (
            [term("subject", "Intercept", "freq"), term("item", "Intercept")],
            ["subject: Intercept", "subject: freq", "item: Intercept"],
        ),
    ],
)
def test_variances_are_named_by_what_tells_them_apart(model, names):
    assert terms.variance_names(model) == names


def test_names_of_parameters():
    model = [term("subject", "Intercept", "freq"), term("item", "Intercept")]
    pair = VarianceParameter("cor", "subject", ("Intercept", "freq"))
    assert terms.parameter_name(model, pair) == "cor(subject: Intercept, freq)"
    assert terms.parameter_name(model[:1], pair) == "cor(Intercept, freq)"
    assert terms.parameter_name(model, terms.RESIDUAL_SD) == "sd(residual)"


def test_an_effect_whose_name_has_brackets_and_commas_is_reported():
    sleep = load_data("sleepstudy")
    fit = fit_lmm("Reaction ~ np.clip(Days, 0, 9)", sleep, "Subject", "1 + np.clip(Days, 0, 9)")
    plain = fit_lmm("Reaction ~ Days", sleep, "Subject", "1 + Days")
    effect = "np.clip(Days, 0, 9)"
    table, expected = fit.table(), plain.table()
    assert table.loc[f"variance({effect} | Subject)", "estimate"] == pytest.approx(
        expected.loc["variance(Days | Subject)", "estimate"], rel=1e-3
    )
    assert f"correlation of Intercept and {effect} 0.0" in fit.report()


@pytest.mark.parametrize("groups", ["plate", ["plate", "sample"]])
def test_engine_and_fit_have_all_that_their_protocols_name(groups):
    fit = fit_lmm("diameter ~ 1", load_data("penicillin"), groups)
    engine = (OneTerm if isinstance(groups, str) else SeveralTerms)(fit.frame, reml=True)
    for protocol, thing in ((Engine, engine), (Fit, fit)):
        names = [name for name in vars(protocol) if not name.startswith("_")]
        assert len(names) > 10
        assert [name for name in names if not hasattr(thing, name)] == []


@pytest.mark.parametrize("groups", ["plate", ["plate", "sample"]])
def test_what_differs_by_grouping_is_a_mapping_in_the_terms_order(groups):
    fit = fit_lmm("diameter ~ 1", load_data("penicillin"), groups)
    order = [groups] if isinstance(groups, str) else groups
    for by_group in (fit.cov_by_group, fit.levels_by_group):
        assert list(by_group) == order
    assert isinstance(fit.cov_re, dict) == (len(order) > 1)


def test_estimates_are_asked_for_by_parameter():
    fit = fit_lmm("Reaction ~ Days", load_data("sleepstudy"), "Subject", "1 + Days")
    g = fit.cov_re.to_numpy()
    values = [fit.estimate_of(p) for p in fit.variance_parameters]
    correlation = g[0, 1] / np.sqrt(g[0, 0] * g[1, 1])
    assert values == pytest.approx(
        [np.sqrt(g[0, 0]), np.sqrt(g[1, 1]), correlation, np.sqrt(fit.sigma2)]
    )


def test_a_term_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        term("school", "Intercept").group = "class"
