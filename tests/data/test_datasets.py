"""The data sets: files unchanged, columns as promised, everything explained in one place."""

import hashlib
import json
import socket

import numpy as np
import pandas as pd
import pytest

from hlm_teach import data_catalog, load_data
from hlm_teach.data.datasets import DATA_DIR, provenance_page

COLUMNS = {
    "hsb": "school math ses ses_mean ses_within meanses catholic minority female school_size "
    "pracad disclim himinty",
    "medpar": "hospital los log_los admission hmo white died age80",
    "pbc": "patient day years bili log_bili treatment age sex status futime ascites hepato spiders "
    "edema chol albumin alk_phos ast platelet protime stage",
    "employment_uk": "firm sector year t emp wage capital output log_emp log_wage log_capital "
    "log_output",
    "sleepstudy": "Reaction Days Subject",
    "penicillin": "diameter plate sample",
    "pastes": "strength batch cask sample",
    "dyestuff": "Yield Batch",
    "dyestuff2": "Yield Batch",
    "orthodont": "distance age Subject Sex",
    "sim42": "Y X school",
    "eight_schools": "school effect se",
    "scotssec": "attain verbal female social primary second",
    "fhch2010": "id item frequency density length rt",
    "egsingle": "school child year math female black hispanic lowinc",
    "early": "child cog age treated",
    "fifty_schools": "school score ses",
}
# rows and groups as lme4 1.1-31 (R 4.2.2) counts them
SIZES = {
    "hsb": (7185, {"school": 160}),
    "medpar": (1495, {"hospital": 54}),
    "pbc": (1945, {"patient": 312}),
    "employment_uk": (1031, {"firm": 140, "sector": 9}),
    "sleepstudy": (180, {"Subject": 18}),
    "penicillin": (144, {"plate": 24, "sample": 6}),
    "pastes": (60, {"batch": 10, "sample": 30}),
    "dyestuff": (30, {"Batch": 6}),
    "dyestuff2": (30, {"Batch": 6}),
    "orthodont": (108, {"Subject": 27}),
    "sim42": (600, {"school": 30}),
    "eight_schools": (8, {"school": 8}),
    "scotssec": (3435, {"primary": 148, "second": 19}),
    "fhch2010": (2957, {"id": 20, "item": 300}),
    "egsingle": (7230, {"school": 60, "child": 1721}),
    "early": (309, {"child": 103}),
    "fifty_schools": (1000, {"school": 50}),
}
ENTRIES = json.loads((DATA_DIR / "catalog.json").read_text(encoding="utf-8"))
every_data_set = pytest.mark.parametrize("name", COLUMNS)


@pytest.mark.parametrize(
    ("file", "digest"), [pair for entry in ENTRIES.values() for pair in entry["files"].items()]
)
def test_files_have_their_recorded_checksums(file, digest):
    assert hashlib.sha256((DATA_DIR / file).read_bytes()).hexdigest() == digest


def test_every_csv_file_is_described():
    described = {file for entry in ENTRIES.values() for file in entry["files"]}
    assert described == {path.name for path in DATA_DIR.glob("*.csv")}


@every_data_set
def test_columns_rows_and_groups(name):
    data = load_data(name)
    rows, groups = SIZES[name]
    assert list(data.columns) == COLUMNS[name].split()
    assert len(data) == rows == ENTRIES[name]["rows"]
    assert {factor: data[factor].nunique() for factor in groups} == groups
    assert ENTRIES[name]["groups"] == groups
    assert isinstance(data.index, pd.RangeIndex)


@every_data_set
def test_labels_are_text_and_flags_are_integers(name):
    data = load_data(name)
    for column in ENTRIES[name]["columns"]:
        values = data[column["name"]]
        if column["unit"] == "label":
            assert pd.api.types.is_string_dtype(values)
        elif column["unit"] == "category":
            assert isinstance(values.dtype, pd.CategoricalDtype)
        else:
            assert pd.api.types.is_numeric_dtype(values)
        if column["unit"] == "0/1":
            assert set(values.dropna().unique()) == {0, 1}
        if name != "pbc":
            assert values.notna().all()


@every_data_set
def test_each_call_returns_a_fresh_copy(name):
    first = load_data(name)
    first.iloc[:, 0] = first.iloc[0, 0]
    first["extra"] = 1
    second = load_data(name)
    assert "extra" not in second and second.iloc[:, 0].nunique() > 1


def test_catalog_covers_and_explains_everything():
    catalog = data_catalog()
    assert list(catalog.index) == list(COLUMNS)
    for name in COLUMNS:
        assert list(catalog.loc[name, "columns"]) == COLUMNS[name].split()
        assert all(len(words) > 8 for words in catalog.loc[name, "columns"].values())
    assert (catalog[["title", "field", "source", "reference", "licence"]] != "").all(axis=None)
    assert catalog.loc["hsb", "groups"] == "160 (school)"


def test_the_provenance_page_is_the_generated_one():
    page = (DATA_DIR / "README.md").read_text(encoding="utf-8")
    assert page == provenance_page(), "run python -m hlm_teach.data.datasets"
    for entry in ENTRIES.values():
        assert all(digest in page for digest in entry["files"].values())
        assert all(
            f"| {c['name']} | {c['unit']} | {c['meaning']} |" in page for c in entry["columns"]
        )


def test_no_network_is_used(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    for name in COLUMNS:
        load_data(name)
    data_catalog()


def test_hsb_joins_pupils_and_schools():
    hsb, pupils = load_data("hsb"), pd.read_csv(DATA_DIR / "MathAchieve.csv")
    schools = pd.read_csv(DATA_DIR / "MathAchSchool.csv").set_index("School")
    of_pupil = schools.loc[pupils["School"]]
    np.testing.assert_array_equal(hsb["math"], pupils["MathAch"])
    np.testing.assert_array_equal(hsb["school"].astype(int), pupils["School"])
    np.testing.assert_array_equal(hsb["school_size"], of_pupil["Size"])
    np.testing.assert_array_equal(hsb["catholic"] == 1, of_pupil["Sector"] == "Catholic")
    np.testing.assert_array_equal(hsb["meanses"], pupils["MEANSES"])
    np.testing.assert_array_equal(of_pupil["MEANSES"], pupils["MEANSES"])
    np.testing.assert_array_equal(hsb["female"] == 1, pupils["Sex"] == "Female")
    np.testing.assert_array_equal(hsb["minority"] == 1, pupils["Minority"] == "Yes")


def test_hsb_splits_ses_by_the_sample_mean_of_the_school():
    hsb = load_data("hsb")
    assert hsb.groupby("school")["ses_within"].sum().abs().max() < 1e-9
    np.testing.assert_allclose(hsb["ses_mean"] + hsb["ses_within"], hsb["ses"], atol=1e-12)
    gap = (hsb["ses_mean"] - hsb["meanses"]).abs()
    assert 0.005 < gap.max() < 0.007  # the supplied school mean is another one


def test_medpar_admission_and_hospitals():
    medpar, raw = load_data("medpar"), pd.read_csv(DATA_DIR / "medpar.csv")
    assert list(medpar["admission"].cat.categories) == ["elective", "urgent", "emergency"]
    for kind, flag in (("elective", "type1"), ("urgent", "type2"), ("emergency", "type3")):
        np.testing.assert_array_equal(medpar["admission"] == kind, raw[flag] == 1)
    sizes = medpar["hospital"].value_counts()
    assert (sizes.min(), sizes.max()) == (1, 92)
    np.testing.assert_allclose(np.exp(medpar["log_los"]), medpar["los"])


def test_pbc_keeps_missing_laboratory_values():
    pbc, raw = load_data("pbc"), pd.read_csv(DATA_DIR / "pbcseq.csv")
    assert pbc["chol"].isna().sum() == raw["chol"].isna().sum() == 821
    assert pbc["log_bili"].notna().all()
    assert list(pbc["status"].cat.categories) == ["censored", "transplant", "dead"]
    np.testing.assert_array_equal(pbc["status"].cat.codes, raw["status"])
    np.testing.assert_array_equal(pbc["sex"] == "female", raw["sex"] == "f")
    np.testing.assert_array_equal(pbc["treatment"], raw["trt"])
    np.testing.assert_allclose(pbc["years"] * 365.25, pbc["day"])


def test_employment_counts_time_from_1980():
    data = load_data("employment_uk")
    assert (data["t"] == data["year"] - 1980).all()
    assert set(data.loc[data["t"] == 0, "year"]) == {1980}
    np.testing.assert_allclose(np.exp(data["log_wage"]), data["wage"])
    assert data.groupby("firm")["sector"].nunique().eq(1).all()


def test_male_comes_first_in_orthodont():
    assert list(load_data("orthodont")["Sex"].cat.categories) == ["Male", "Female"]


def test_early_has_three_waves_of_58_treated_and_45_other_infants():
    """As the package's page counts them."""
    early = load_data("early")
    first = early.drop_duplicates("child")
    assert first["treated"].value_counts().to_dict() == {1: 58, 0: 45}
    assert set(early.groupby("child")["age"].apply(tuple)) == {(1.0, 1.5, 2.0)}
    assert early.groupby("child")["treated"].nunique().eq(1).all()


def test_pastes_labels():
    pastes = load_data("pastes")
    assert (pastes["sample"] == pastes["batch"] + ":" + pastes["cask"]).all()


def test_eight_schools_as_published():
    schools = load_data("eight_schools")
    assert schools["effect"].tolist() == [28, 8, -3, 7, -1, 1, 18, 12]
    assert schools["se"].tolist() == [15, 10, 16, 11, 9, 11, 10, 18]


def test_sim42_is_what_numpys_legacy_seed_42_draws():
    sim42 = load_data("sim42")
    draws = np.random.RandomState(42).standard_normal(30 + 600 + 600)
    u, x, e = 2 * draws[:30], draws[30:630], 1.5 * draws[630:]
    np.testing.assert_allclose(sim42["X"], x)
    np.testing.assert_allclose(sim42["Y"], 5 + np.repeat(u, 20) + 0.8 * x + e)
    assert sim42["school"].tolist() == [str(j) for j in range(30) for _ in range(20)]


def test_scotssec_is_crossed_and_keeps_its_rows():
    scots, raw = load_data("scotssec"), pd.read_csv(DATA_DIR / "ScotsSec.csv")
    np.testing.assert_array_equal(scots["female"] == 1, raw["sex"] == "F")
    np.testing.assert_array_equal(scots["primary"].astype(int), raw["primary"])
    assert len(scots.value_counts(["primary", "second"])) == 303  # of 148 × 19
    assert scots.groupby("primary")["second"].nunique().max() > 1


def test_fhch2010_has_150_words_a_person_and_75_of_each_kind():
    trials = load_data("fhch2010")
    assert list(trials["density"].cat.categories) == ["low", "high"]
    assert list(trials["frequency"].cat.categories) == ["low", "high"]
    assert trials["id"].value_counts().max() == 150
    words = trials.drop_duplicates("item")
    assert (words.value_counts(["frequency", "density"]) == 75).all()
    assert len(trials.drop_duplicates(["item", "frequency", "density", "length"])) == 300
    assert not trials.duplicated(["id", "item"]).any()


def test_egsingle_has_children_in_schools():
    scores, raw = load_data("egsingle"), pd.read_csv(DATA_DIR / "egsingle.csv")
    assert (scores.groupby("child")["school"].nunique() == 1).all()
    assert scores.groupby("child").size().between(2, 6).all()
    assert (scores.groupby("school")["lowinc"].nunique() == 1).all()
    np.testing.assert_array_equal(scores["female"] == 1, raw["female"] == "Female")
    np.testing.assert_array_equal(scores["math"], raw["math"])
