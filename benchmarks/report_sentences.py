"""How often the check of a report errs: right texts that it refuses, wrong ones that it accepts.

    python benchmarks/report_sentences.py [01 05 …] [--list | --list-tune]

The texts lie in report_sentences/chNN.json and were written from each exercise's task and numbers,
before anybody looked at what its check seeks. Mend a kind of error by the texts of even index
(tune), whose replies --list-tune prints; those of odd index (held out) tell whether it helped,
for which they must not be read when mending. --list prints both. (Chapter 08's were written by who
wrote its check: they tell less.)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hlm_teach.feedback.exercise import find
from hlm_teach.feedback.judging import RIGHT, verdict

TEXTS = Path(__file__).resolve().parent / "report_sentences"
HALVES = ("tune", "held out")  # even and odd index


def main(wanted: list[str]) -> None:
    chapters = {one for one in wanted if not one.startswith("-")}
    known = {file.stem[2:] for file in TEXTS.glob("ch*.json")}
    if chapters - known:
        raise SystemExit(f"no texts for {sorted(chapters - known)}; there are {sorted(known)}")
    listed = HALVES if "--list" in wanted else HALVES[:1] if "--list-tune" in wanted else ()
    print(
        f"{'report':8}{'half':10}{'right':>6}{'refused':>9}{'%':>5}{'wrong':>8}{'accepted':>10}{'%':>5}"
    )
    totals = {half: [0, 0, 0, 0] for half in HALVES}
    for file in sorted(TEXTS.glob("ch*.json")):
        chapter = file.stem[2:]
        if chapters and chapter not in chapters:
            continue
        judged = _judged(f"{chapter}.9", json.loads(file.read_text(encoding="utf-8")))
        for remainder, half in enumerate(HALVES):
            texts = judged[remainder::2]
            counts = _counts(texts)
            totals[half] = [old + new for old, new in zip(totals[half], counts, strict=True)]
            _print_row(f"{chapter}.9", half, counts)
            if half in listed:
                _print_errors(texts)
    for half, counts in totals.items():
        _print_row("all", half, counts)


def _judged(key: str, texts: list[dict]) -> list[dict]:
    """The texts with what feedback says to each as a learner's answer."""
    said = [verdict(find(key), one["text"]) for one in texts]
    return [
        one | {"accepted": reply.state == RIGHT, "reply": reply.says}
        for one, reply in zip(texts, said, strict=True)
    ]


def _counts(texts: list[dict]) -> list[int]:
    """How many are right, how many of them are refused; how many wrong, how many accepted."""
    right = [one for one in texts if one["right"]]
    wrong = [one for one in texts if not one["right"]]
    return [
        len(right),
        sum(not one["accepted"] for one in right),
        len(wrong),
        sum(one["accepted"] for one in wrong),
    ]


def _print_row(report: str, half: str, counts: list[int]) -> None:
    right, refused, wrong, accepted = counts
    print(
        f"{report:8}{half:10}{right:6}{refused:9}{100 * refused / right:5.0f}"
        f"{wrong:8}{accepted:10}{100 * accepted / wrong:5.0f}"
    )


def _print_errors(texts: list[dict]) -> None:
    for one in texts:
        if one["right"] != one["accepted"]:
            what = "refused, but right" if one["right"] else f"accepted, but wrong: {one['why']}"
            print(f"  {what}\n    {one['text']}\n    > {one['reply']}")


if __name__ == "__main__":
    main(sys.argv[1:])
