"""The files for a hub: their form, and what `begin-course` does to a learner's folder."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from hlm_teach.classroom import places

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "docs" / "hub"
VALUES = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
# The names that the chart's schema has at the top and under singleuser, of those used here.
LEFT_OUT = (HUB / "Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
TOP = {"hub", "singleuser", "cull", "prePuller"}
SINGLEUSER = {"image", "defaultUrl", "memory", "cpu", "storage", "lifecycleHooks", "extraEnv"}


def test_values_have_names_that_the_chart_knows():
    assert set(VALUES) <= TOP and set(VALUES["singleuser"]) == SINGLEUSER
    assert set(VALUES["singleuser"]["image"]) == {"name", "tag"}
    assert isinstance(VALUES["singleuser"]["image"]["tag"], str)


def megabytes(text):
    number, unit = re.fullmatch(r"(\d+)([MG])", text).groups()
    return int(number) * {"M": 1, "G": 1000}[unit]


def test_memory_holds_what_a_learner_takes():
    memory = VALUES["singleuser"]["memory"]
    assert 415 < megabytes(memory["guarantee"]) < megabytes(memory["limit"])


def test_the_page_that_opens_is_there():
    opened = VALUES["singleuser"]["defaultUrl"].removeprefix("/lab/tree/course/")
    assert (ROOT / opened).is_file()


def test_the_image_names_what_is_there():
    recipe = (HUB / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", recipe)
    kinds = [line.split()[0] for line in lines.splitlines() if line and line[0] not in "# "]
    assert kinds[0] == "FROM"
    assert set(kinds) <= {"FROM", "ARG", "COPY", "RUN", "USER", "WORKDIR", "CMD"}
    for name in re.findall(r"/opt/course/([\w./-]+)", lines):
        assert (ROOT / name).exists() or name in LEFT_OUT, name
    hook = VALUES["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    assert hook[0] in lines


def test_what_holds_solutions_is_kept_out_of_image_and_server():
    """Never copied: what a later step removes stays in a layer. The page takes the same away."""
    assert {"solutions", ".git", "build", ".venv*"} <= set(LEFT_OUT)
    recipe = (HUB / "Dockerfile").read_text(encoding="utf-8")
    assert "rm -rf" not in recipe
    for name in ("solutions", ".git", "build"):
        assert re.search(rf"RUN test -z .*/opt/course/{re.escape(name)} ", recipe), name
    page = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    (taken,) = re.findall(r"sudo rm -rf (.+)", page)
    grading = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    for name in taken.split():
        assert name in LEFT_OUT and re.search(rf"`{re.escape(name)}/?`", grading), name
    assert "solutions" in taken.split()


def test_what_the_course_needs_is_not_kept_out_of_the_image():
    needed = "hlm_teach chapters exercises docs pyproject.toml constraints.txt README.md LICENSE"
    assert not set(needed.split()) & set(LEFT_OUT)


def test_the_image_s_jupyterhub_is_of_a_named_major_version():
    recipe = (HUB / "Dockerfile").read_text(encoding="utf-8")
    (version,) = re.findall(r"^ARG JUPYTERHUB=(\d+)$", recipe, re.MULTILINE)
    assert '"jupyterhub==${JUPYTERHUB}.*"' in recipe
    assert f"holds JupyterHub {version};" in (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a shell script, for servers")
def test_a_learner_s_own_work_is_never_replaced(tmp_path):
    def begin():
        settings = os.environ | {"HOME": str(tmp_path), "HLM_TEACH_COURSE": str(ROOT)}
        subprocess.run(["sh", str(HUB / "begin-course")], env=settings, check=True)

    begin()
    own = tmp_path / "course" / "exercises"
    released = {path.name for path in (ROOT / "exercises").glob("*.ipynb")}
    assert {path.name for path in own.iterdir()} == released
    first, second = sorted(own.iterdir())[:2]
    first.write_text("mine")
    second.unlink()
    begin()
    assert first.read_text(encoding="utf-8") == "mine" and second.is_file()
    assert (tmp_path / "course" / "chapters" / "00_start_here.ipynb").is_file()


def test_the_python_of_the_image_is_one_the_course_runs_on():
    version = re.search(
        r"FROM python:(\d+)\.(\d+)", (HUB / "Dockerfile").read_text(encoding="utf-8")
    ).groups()
    assert places.NEEDED <= tuple(map(int, version)) <= (3, 13)
