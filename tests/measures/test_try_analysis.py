"""The choices that a reader may commit to err as the chapters before say they do."""

import numpy as np
import pytest

from hlm_teach import try_analysis
from hlm_teach.measures.try_analysis import WITHIN

RIGHT = {
    "centring": "within hospitals, with means",
    "random": "intercepts and slopes",
    "estimator": "REML",
    "df": "satterthwaite",
}


def tried(**other):
    return try_analysis(**(RIGHT | other), n_studies=1000, rng=np.random.default_rng(2))


def test_leaving_out_random_slopes_costs_coverage():
    assert tried()["coverage"] > 92
    assert tried(random="intercepts")["coverage"] < 85


def test_z_and_ml_cry_wolf():
    careful, ml, z = tried(), tried(estimator="ML"), tried(df="z")
    both = tried(estimator="ML", df="z")
    assert careful["false alarms"] < min(ml["false alarms"], z["false alarms"])
    assert max(ml["false alarms"], z["false alarms"]) < both["false alarms"]
    assert careful["slope"] == pytest.approx(WITHIN, abs=0.03)


def test_kenward_and_roger_bring_false_alarms_down_to_what_they_should_be():
    careful = try_analysis(
        **(RIGHT | {"df": "kenward-roger"}), n_studies=4000, rng=np.random.default_rng(2)
    )
    assert abs(careful["false alarms"] - 5) < 1.1  # three Monte-Carlo standard errors
    assert careful["false alarms"] < tried()["false alarms"]
    assert careful["coverage"] > 93
    with pytest.raises(ValueError, match="REML"):
        tried(df="kenward-roger", estimator="ML")


def test_raw_severity_blends_within_and_between():
    assert tried(centring="raw")["slope"] > tried()["slope"] + 0.01


def test_bad_choices_are_named():
    with pytest.raises(ValueError, match="centring"):
        tried(centring="grand mean")
    with pytest.raises(ValueError, match="df"):
        tried(df="t")
