"""The data sets of the course: `load_data` reads one, `data_catalog` describes them all.

The CSV files in ``data/`` hold the values as published.  ``data/catalog.json`` is the one place
where sources, licences, checksums and columns are described; the catalog and ``data/README.md``
are made from it (``python -m hlm_teach.data.datasets`` rewrites the page).
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.checks import suggestion
from hlm_teach._shared.guard import guarded

DATA_DIR = Path(__file__).parent


@guarded(name=guard.text(60))
def load_data(name: str) -> pd.DataFrame:
    """Return one of the course's data sets as a fresh DataFrame, tidied for analysis.

    Group labels are text (so that no model takes them for numbers), yes/no columns are the
    integers 0 and 1, categories stand in the order in which models take them (the first is the
    reference), and missing values stay NaN.  `data_catalog` explains every column.

    Parameters
    ----------
    name : str
        One of the names in ``data_catalog().index``, for example "hsb".

    Returns
    -------
    DataFrame
        A new copy at each call: changing it changes nothing else.

    Raises
    ------
    TypeError
        If `name` is not text.
    ValueError
        If there is no such data set; the message lists the names.

    Examples
    --------
    >>> load_data("hsb")[["school", "math", "ses_within"]].shape
    (7185, 3)
    """
    if name not in _TIDY:
        known = ", ".join(_TIDY)
        raise ValueError(
            f"name={name!r} is not a data set; the names are {known}.{suggestion(name, _TIDY)}"
        )
    entry = _read_catalog()[name]
    tables = [pd.read_csv(DATA_DIR / file) for file in entry["files"]]
    tidy = _TIDY[name](*tables)
    return tidy[[column["name"] for column in entry["columns"]]]


def data_catalog() -> pd.DataFrame:
    """Describe every data set: one row each, indexed by the name that `load_data` takes.

    Returns
    -------
    DataFrame
        Columns ``title``, ``rows`` (int), ``groups`` (text: how many of which), ``field``,
        ``source``, ``reference``, ``licence``, ``columns`` (a dict for each data set: column
        name → explanation with unit) and ``notes``.

    Examples
    --------
    >>> data_catalog().loc["hsb", "columns"]["math"]
    'mathematics achievement score (test points)'
    """
    entries = _read_catalog()
    catalog = pd.DataFrame([_catalog_row(entry) for entry in entries.values()])
    return catalog.set_index(pd.Index(list(entries), name="name"))


def provenance_page() -> str:
    """Return the text of ``data/README.md``, made from ``data/catalog.json``.

    Examples
    --------
    >>> provenance_page().splitlines()[0]
    '# Where the data come from'
    """
    sections = [_provenance_section(name, entry) for name, entry in _read_catalog().items()]
    return "\n".join([_PROVENANCE_HEAD, *sections])


_PROVENANCE_HEAD = """\
# Where the data come from

Made from `catalog.json` by `python -m hlm_teach.data.datasets`: edit that file, not this page.

The CSV files hold the values as published. `load_data(name)` gives tidied columns, explained
below; columns marked "computed" are made when the data are loaded.
"""


def _read_catalog() -> dict[str, dict]:
    """Read the descriptions of all data sets, in the order of the course."""
    return json.loads((DATA_DIR / "catalog.json").read_text(encoding="utf-8"))


def _groups_in_words(groups: dict[str, int]) -> str:
    """Say {"firm": 140, "sector": 9} as "140 (firm), 9 (sector)"."""
    return ", ".join(f"{count} ({factor})" for factor, count in groups.items())


def _catalog_row(entry: dict) -> dict:
    """Turn one description into a row of the catalog."""
    plain = {key: entry[key] for key in ("title", "rows", "field", "source", "reference")}
    return {
        **plain,
        "groups": _groups_in_words(entry["groups"]),
        "licence": entry["licence"],
        "columns": {c["name"]: f"{c['meaning']} ({c['unit']})" for c in entry["columns"]},
        "notes": entry["notes"],
    }


def _provenance_section(name: str, entry: dict) -> str:
    """Return the section of the provenance page on one data set."""
    facts = [
        f"- Rows; groups: {entry['rows']}; {_groups_in_words(entry['groups'])}",
        f"- Field: {entry['field']}",
        f"- From: {entry['source']}",
        f"- Reference: {entry['reference']}",
        f"- Licence: {entry['licence']}",
        *([f"- Note: {entry['notes']}"] if entry["notes"] else []),
        *(f"- SHA-256 of `{file}`: `{digest}`" for file, digest in entry["files"].items()),
    ]
    header = ["| column | unit | meaning |", "| --- | --- | --- |"]
    table = [f"| {c['name']} | {c['unit']} | {c['meaning']} |" for c in entry["columns"]]
    return "\n".join([f"## {name}: {entry['title']}", "", *facts, "", *header, *table, ""])


def _tidy_hsb(pupils: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Join pupils and schools, code yes/no as 0/1, split SES into between and within."""
    joined = pupils.merge(schools.drop(columns="MEANSES"), on="School", validate="many_to_one")
    ses_mean = joined.groupby("School")["SES"].transform("mean")
    tidy = joined.assign(
        ses_mean=ses_mean,
        ses_within=joined["SES"] - ses_mean,
        catholic=(joined["Sector"] == "Catholic").astype(int),
        minority=(joined["Minority"] == "Yes").astype(int),
        female=(joined["Sex"] == "Female").astype(int),
    )
    names = {
        "School": "school",
        "MathAch": "math",
        "SES": "ses",
        "MEANSES": "meanses",
        "Size": "school_size",
        "PRACAD": "pracad",
        "DISCLIM": "disclim",
        "HIMINTY": "himinty",
    }
    return _as_labels(tidy.rename(columns=names), "school")


def _tidy_medpar(patients: pd.DataFrame) -> pd.DataFrame:
    """Name the hospitals and the types of admission; add the logarithm of the stay."""
    admission = _as_category(patients["type"], {1: "elective", 2: "urgent", 3: "emergency"})
    tidy = patients.assign(log_los=np.log(patients["los"]), admission=admission)
    return _as_labels(tidy.rename(columns={"provnum": "hospital"}), "hospital")


def _tidy_pbc(visits: pd.DataFrame) -> pd.DataFrame:
    """Name patients, sex and outcome; add years and the logarithm of bilirubin."""
    tidy = visits.assign(
        years=visits["day"] / 365.25,
        log_bili=np.log(visits["bili"]),
        sex=_as_category(visits["sex"], {"m": "male", "f": "female"}),
        status=_as_category(visits["status"], {0: "censored", 1: "transplant", 2: "dead"}),
    )
    names = {"id": "patient", "trt": "treatment", "alk.phos": "alk_phos"}
    return _as_labels(tidy.rename(columns=names), "patient")


def _tidy_employment_uk(firm_years: pd.DataFrame) -> pd.DataFrame:
    """Add the year counted from 1980 and natural logarithms."""
    levels = ("emp", "wage", "capital", "output")
    logs = {f"log_{name}": np.log(firm_years[name]) for name in levels}
    return _as_labels(firm_years.assign(t=firm_years["year"] - 1980, **logs), "firm", "sector")


def _tidy_orthodont(children: pd.DataFrame) -> pd.DataFrame:
    """Put Male first, as in the published data."""
    return children.assign(Sex=_as_category(children["Sex"], {"Male": "Male", "Female": "Female"}))


def _tidy_scotssec(pupils: pd.DataFrame) -> pd.DataFrame:
    """Code girls as 1; schools become labels, since their numbers mean nothing."""
    return _as_labels(pupils.assign(female=(pupils["sex"] == "F").astype(int)), "primary", "second")


def _tidy_fhch2010(trials: pd.DataFrame) -> pd.DataFrame:
    """Put low before high in both properties of a word."""
    low_first = {"low": "low", "high": "high"}
    factors = {name: _as_category(trials[name], low_first) for name in ("frequency", "density")}
    return _as_labels(trials.assign(**factors), "id", "item")


def _tidy_egsingle(scores: pd.DataFrame) -> pd.DataFrame:
    """Shorten the names of the identifiers and code girls as 1."""
    tidy = scores.assign(female=(scores["female"] == "Female").astype(int))
    names = {"schoolid": "school", "childid": "child"}
    return _as_labels(tidy.rename(columns=names), "school", "child")


def _tidy_early(children: pd.DataFrame) -> pd.DataFrame:
    """Name the child and code the intervention as 0/1."""
    tidy = children.assign(treated=(children["trt"] == "Y").astype(int))
    return _as_labels(tidy.rename(columns={"id": "child"}), "child")


def _with_labels(*columns: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return a function that only turns the given columns into text labels."""
    return lambda table: _as_labels(table, *columns)


def _as_labels(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Turn identifiers into text, so that no model takes them for numbers."""
    return table.astype(dict.fromkeys(columns, str))


def _as_category(codes: pd.Series, names: dict) -> pd.Categorical:
    """Name the codes; the categories stand in the order of `names`."""
    return pd.Categorical(codes.map(names), categories=list(names.values()))


_TIDY: dict[str, Callable[..., pd.DataFrame]] = {
    "hsb": _tidy_hsb,
    "medpar": _tidy_medpar,
    "pbc": _tidy_pbc,
    "employment_uk": _tidy_employment_uk,
    "sleepstudy": _with_labels("Subject"),
    "penicillin": _with_labels("plate", "sample"),
    "pastes": _with_labels("batch", "cask", "sample"),
    "dyestuff": _with_labels("Batch"),
    "dyestuff2": _with_labels("Batch"),
    "orthodont": _tidy_orthodont,
    "sim42": _with_labels("school"),
    "eight_schools": _with_labels("school"),
    "scotssec": _tidy_scotssec,
    "fhch2010": _tidy_fhch2010,
    "egsingle": _tidy_egsingle,
    "early": _tidy_early,
    "fifty_schools": _with_labels("school"),
}


if __name__ == "__main__":
    (DATA_DIR / "README.md").write_text(provenance_page(), encoding="utf-8")
