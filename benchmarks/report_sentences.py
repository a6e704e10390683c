"""How often the check of a report errs: right texts that it refuses, wrong ones that it accepts.

    python benchmarks/report_sentences.py [01 05 …] [--list | --list-tune]

The texts lie in report_sentences/: chNN.json for the exercise NN.9, chNN.k.json for NN.k. How
they were written says the README there. Mend a kind of error by the texts of even index and those
of more/ (tune), whose replies --list-tune prints; those of odd index (held out) and those of
fresh/ (held out, fresh) tell whether it helped, for which they must not be read when mending.
--list prints all. (Chapter 08's were written by who wrote its check: they tell less.) Where a
report is one part of an answer, the other parts are right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hlm_teach.feedback.exercise import Exercise, find
from hlm_teach.feedback.judging import RIGHT, verdict
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Sentence
from hlm_teach.feedback.own_data import own_numbers

TEXTS = Path(__file__).resolve().parent / "report_sentences"
HALVES = ("tune", "held out", "held out, fresh")  # even index and more/; odd index; fresh/
WHO = "any name or number"  # whose data the texts on data of one's own are about


def main(wanted: list[str]) -> None:
    chapters = {one for one in wanted if not one.startswith("-")}
    known = {key[:2] for key in keys()}
    if chapters - known:
        raise SystemExit(f"no texts for {sorted(chapters - known)}; there are {sorted(known)}")
    listed = HALVES if "--list" in wanted else HALVES[:1] if "--list-tune" in wanted else ()
    print(
        f"{'report':8}{'half':17}{'right':>6}{'refused':>9}{'%':>5}{'wrong':>8}{'accepted':>10}{'%':>5}"
    )
    totals = {half: [0, 0, 0, 0] for half in HALVES}
    for key in keys():
        if chapters and key[:2] not in chapters:
            continue
        for half, texts in judged(key).items():
            if not texts:  # fresh/ has texts for some reports only
                continue
            counts = count(texts)
            totals[half] = [old + new for old, new in zip(totals[half], counts, strict=True)]
            _print_row(key, half, counts)
            if half in listed:
                _print_errors(texts)
    for half, counts in totals.items():
        if any(counts):
            _print_row("all", half, counts)


def keys() -> list[str]:
    """The exercises that have texts: chNN.json are those of NN.9, chNN.k.json those of NN.k."""
    stems = sorted(file.stem[2:] for file in TEXTS.glob("ch*.json"))
    return [stem if "." in stem else f"{stem}.9" for stem in stems]


def judged(key: str, halves: tuple[str, ...] = HALVES) -> dict[str, list[dict]]:
    """By half, an exercise's texts with what feedback says to each as a learner's answer."""
    exercise, name = find(key), f"ch{key.removesuffix('.9')}.json"
    first, more, fresh = (
        json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        for file in (TEXTS / name, TEXTS / "more" / name, TEXTS / "fresh" / name)
    )
    texts = dict(zip(HALVES, (first[::2] + more, first[1::2], fresh), strict=True))
    return {half: _replied(exercise, texts[half]) for half in halves}


def _replied(exercise: Exercise, texts: list[dict]) -> list[dict]:
    said = [verdict(exercise, _answer(exercise, one["text"]), WHO) for one in texts]
    return [
        one | {"accepted": reply.state == RIGHT, "reply": reply.says}
        for one, reply in zip(texts, said, strict=True)
    ]


def _answer(exercise: Exercise, text: str) -> str | dict:
    """The answer of a learner whose report is this text; other parts, if there are any, are right."""
    if not isinstance(exercise.kind, Several):
        return text
    own = exercise.own_data is not None
    numbers = own_numbers(WHO, exercise) if own else exercise.numbers_for()
    (report,) = (name for name, kind in exercise.kind.kinds.items() if isinstance(kind, Sentence))
    return exercise.right_answer(numbers) | {report: text}


def count(texts: list[dict]) -> list[int]:
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
        f"{report:8}{half:17}{right:6}{refused:9}{100 * refused / right:5.0f}"
        f"{wrong:8}{accepted:10}{100 * accepted / wrong:5.0f}"
    )


def _print_errors(texts: list[dict]) -> None:
    for one in texts:
        if one["right"] != one["accepted"]:
            what = "refused, but right" if one["right"] else f"accepted, but wrong: {one['why']}"
            print(f"  {what}\n    {one['text']}\n    > {one['reply']}")


if __name__ == "__main__":
    main(sys.argv[1:])
