"""The step that runs chapter 09 with Bambi: what it does where there is none, and what it insists on."""

import os
import subprocess
import sys
import venv
from types import SimpleNamespace

import pandas as pd
import pytest

from hlm_teach.classroom import with_bambi

HOUSE = with_bambi.HOUSE


def test_without_a_new_enough_python_it_says_so_and_ends_with_three(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(with_bambi, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(with_bambi, "NEEDED", (99, 0))
    assert with_bambi.main([]) == with_bambi.NOT_TO_BE_HAD == 3
    assert "no Python 3.12 or newer" in capsys.readouterr().out


def test_packages_that_cannot_be_had_are_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(with_bambi, "runs", lambda python, code: True)
    monkeypatch.setattr(with_bambi, "working_uv", lambda: "uv")
    refused = subprocess.CompletedProcess([], 1, "", "error: no network")
    monkeypatch.setattr(with_bambi.subprocess, "run", lambda *_, **__: refused)
    assert with_bambi.main([]) == 3
    said = capsys.readouterr().out
    assert "could not be installed" in said and "no network" in said


def test_the_run_itself_may_fail_and_then_the_step_does(monkeypatch):
    monkeypatch.setattr(with_bambi, "make_house", lambda: None)
    failed = subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(with_bambi.subprocess, "run", lambda *_, **__: failed)
    assert with_bambi.main([]) == 1


def test_a_python_is_taken_only_if_it_is_new_enough(monkeypatch):
    monkeypatch.setattr(with_bambi, "candidates", lambda: [sys.executable])
    monkeypatch.setattr(with_bambi, "NEEDED", (3, 11))
    assert with_bambi.new_enough("uv") == sys.executable


def test_a_python_without_venv_is_named_and_uv_needs_none(monkeypatch):
    monkeypatch.setattr(with_bambi, "candidates", lambda: ["python3.12"])
    monkeypatch.setattr(with_bambi, "runs", lambda python, code: "venv" not in code)
    with pytest.raises(with_bambi.NotToBeHad, match="python3.12 has no venv"):
        with_bambi.new_enough("")
    assert with_bambi.new_enough("uv") == "python3.12"


@pytest.mark.parametrize("pip, made_anew", [("", True), ("VERSION = 1", False)])
def test_an_environment_without_pip_is_made_anew(tmp_path, monkeypatch, pip, made_anew):
    """Such as a Python without its part for environments leaves behind."""
    steps = []
    house = tmp_path / "bambi"
    venv.create(house, symlinks=os.name != "nt")
    if pip:
        next(house.glob("**/site-packages")).joinpath("pip.py").write_text(pip, encoding="utf-8")
    monkeypatch.setattr(with_bambi, "HOUSE", house)
    monkeypatch.setattr(with_bambi, "PYTHON", house / with_bambi.PYTHON.relative_to(HOUSE))
    monkeypatch.setattr(with_bambi, "NEEDED", (3, 11))
    monkeypatch.setattr(with_bambi, "working_uv", lambda: "")
    monkeypatch.setattr(with_bambi, "step", lambda command, failure: steps.append(command))
    with_bambi.make_house()
    assert (steps[0][1:3] == ["-m", "venv"]) == made_anew and house.exists() != made_anew


def check(distance, *, live=True, r_hat=1.002):
    """The chapter's last cell, on what a run may have left."""
    agreement = pd.DataFrame({"distance": [0.5, distance]})
    table = pd.DataFrame({"r_hat": [1.0, r_hat]})
    exec(
        with_bambi.CHECK,
        {"agreement": agreement, "sampled": SimpleNamespace(live=live, table=table, made_with="v")},
    )


def test_agreement_is_insisted_on(capsys):
    check(-3.0)
    assert "largest distance 3.0" in capsys.readouterr().out
    for wrong in (
        {"distance": -5.0},
        {"distance": 1.0, "live": False},
        {"distance": 1.0, "r_hat": 1.2},
    ):
        with pytest.raises(AssertionError):
            check(**wrong)


def test_the_step_samples_even_where_the_tests_read_the_record(monkeypatch):
    monkeypatch.setenv("HLM_TEACH_BAMBI", "stored")
    assert "HLM_TEACH_BAMBI" not in with_bambi.settings()
