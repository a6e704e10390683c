"""What lme4 and nlme answer to the appendix's calls: stored, and made anew where R is.

``python -m hlm_teach.lessons.appendix.records`` runs ``records.R`` (R with lme4 and nlme)
and writes ``records.json``, which the notebook shows and the tests compare with `fit_lmm`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd

from hlm_teach.data.datasets import load_data

from .notations import MODELS

HERE = Path(__file__).parent
STORED = HERE / "records.json"
TABLES = ("hsb", "scotssec", "egsingle", "sleepstudy", "medpar")


@cache
def records() -> dict:
    """The stored answers: ``outputs`` (text by program), ``loglik``, ``binary``, ``versions``."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def make() -> dict:
    """Run R and return what it says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table in TABLES:
            load_data(table).to_csv(folder / f"{table}.csv", index=False)
        load_data("medpar").assign(died=lambda d: d["died"].astype(int)).to_csv(
            folder / "deaths.csv", index=False
        )
        _calls().to_csv(folder / "calls.csv", index=False)
        subprocess.run(["Rscript", str(HERE / "records.R"), name], check=True)
        return {
            "versions": _column(folder / "versions.csv", "name", "version"),
            "outputs": {
                program: (folder / f"{program}.txt").read_text(encoding="utf-8").strip("\n")
                for program in ("lme4", "nlme")
            },
            "loglik": {
                program: dict(zip(rows["model"], rows["loglik"].round(5)))
                for program, rows in pd.read_csv(folder / "loglik.csv").groupby("program")
            },
            "binary": _column(folder / "binary.csv", "name", "value"),
        }


def _calls() -> pd.DataFrame:
    rows = [
        {"program": program, "model": model.name, "call": model.calls[program]}
        for model in MODELS
        for program in ("lme4", "nlme")
        if "(" in model.calls[program]
    ]
    return pd.DataFrame(rows)


def _column(path: Path, key: str, value: str) -> dict:
    table = pd.read_csv(path, dtype={"version": str})
    return dict(zip(table[key], table[value]))


if __name__ == "__main__":
    STORED.write_text(
        json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
