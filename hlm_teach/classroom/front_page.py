"""The picture of the front page: ``python -m hlm_teach.classroom.front_page docs/picture.png``."""

from __future__ import annotations

import argparse
from pathlib import Path

from hlm_teach.data.datasets import load_data
from hlm_teach.display.style import course_style, figure
from hlm_teach.lessons.ch00_start_here.figures import school_lines
from hlm_teach.lmm.fit import fit_lmm


def make_picture(path: str | Path) -> Path:
    """Draw the front page's picture to `path` (PNG): 80 schools of High School & Beyond.

    The same bytes on every run with the same matplotlib.
    """
    pupils = load_data("hsb")
    eighty = pupils[pupils["school"].isin(pupils["school"].unique()[::2])]
    fit = fit_lmm("math ~ ses_mean + ses_within", eighty, "school", "1 + ses_within")
    fig, ax = figure(width=7, height=4.4)
    school_lines(eighty.assign(line=fit.fittedvalues.to_numpy()), ax)
    with course_style():
        fig.savefig(path, format="png", metadata={"Software": None})
    return Path(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m hlm_teach.classroom.front_page", description="Draw the picture of the README."
    )
    parser.add_argument("path", help="the PNG to write, such as docs/picture.png")
    print(make_picture(parser.parse_args().path))
