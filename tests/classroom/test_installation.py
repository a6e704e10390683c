"""The installation check is silent on versions where all is well, and says what to do if not."""

import importlib
from importlib import metadata

import pytest
from packaging.specifiers import SpecifierSet

from hlm_teach.classroom import installation, packages
from hlm_teach.classroom.installation import check_installation, version_suits


def said(capsys, **options):
    ready = check_installation(**options)
    return ready, capsys.readouterr().out


def test_all_is_well_here_and_no_version_is_printed(capsys):
    ready, text = said(capsys)
    assert ready and "✗" not in text and text.count("✓") == 8
    assert not any(metadata.version(name) in text for name in installation.SAID)


def test_versions_are_printed_when_asked_for(capsys):
    _, text = said(capsys, show_versions=True)
    for name in installation.SAID:
        assert f"{name} {metadata.version(name)}" in text


def test_a_package_that_is_not_there(capsys, monkeypatch):
    there = installation._installed
    monkeypatch.setattr(
        installation, "_installed", lambda name: None if name == "ipywidgets" else there(name)
    )
    ready, text = said(capsys)
    assert not ready and "✗ ipywidgets is not installed." in text and "python course.py" in text
    assert text.endswith("Not ready: 1 of 8 lines begin with ✗.\n")


def test_a_package_that_cannot_be_imported(capsys, monkeypatch):
    def broken(name):
        if name == "matplotlib":
            raise ImportError("a library is missing")
        return importlib.import_module(name)

    monkeypatch.setattr(installation, "import_module", broken)
    ready, text = said(capsys)
    assert not ready and "✗ ImportError: a library is missing" in text


def test_what_the_launcher_sees_is_told_here_too(capsys, monkeypatch):
    seen = [
        packages.Shortcoming("pandas", "pandas is damaged: core/frame.py is missing"),
        packages.Shortcoming("tornado", "tornado is not installed"),
    ]
    monkeypatch.setattr(packages, "shortcomings", lambda lines: seen)
    ready, text = said(capsys)
    assert not ready and "✗ pandas is damaged: core/frame.py is missing. Close" in text
    assert "✗ tornado is not installed. Close" in text
    assert text.endswith("Not ready: 2 of 9 lines begin with ✗.\n")


def test_wrong_numbers_of_the_first_fit_are_told(capsys, monkeypatch):
    monkeypatch.setattr(installation, "LME4_SLOPE", 10.5)
    ready, text = said(capsys)
    assert not ready and "✗ A first multilevel fit gives slope 10.467" in text


@pytest.mark.parametrize(
    ("have", "fine"), [("0.14.4", False), ("0.15.0", True), ("0.15.1", True), ("0.16.0", False)]
)
def test_bounds_are_kept_on_both_sides(have, fine):
    answer, sentence = version_suits("statsmodels", have, SpecifierSet(">=0.15,<0.16"))
    assert answer is fine
    assert (have in sentence) is not fine


def test_every_package_of_the_check_has_a_bound_in_the_project():
    assert set(installation.SAID) <= set(installation._wanted())
