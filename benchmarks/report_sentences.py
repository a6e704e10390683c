"""How often the check of a report errs: right texts that it refuses, wrong ones that it accepts.

Of an accepted text the reply names the sentences that the check did without (`unjudged`). So there
are three outcomes: a right text is refused, accepted with something named, or plainly accepted; a
wrong one is refused, accepted with its false words named, or accepted in silence. Named is what is
false where a quote of the reply has words that stand in no right text of the same half; where all
of it stands in one, the reply names something else, and that counts as silence.

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
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hlm_teach.feedback.exercise import Exercise, find
from hlm_teach.feedback.judging import RIGHT, Verdict, verdict
from hlm_teach.feedback.kinds.parts import Several
from hlm_teach.feedback.kinds.sentence import Sentence
from hlm_teach.feedback.own_data import own_numbers

TEXTS = Path(__file__).resolve().parent / "report_sentences"
HALVES = ("tune", "held out", "held out, fresh")  # even index and more/; odd index; fresh/
COUNTED = ("right", "right_refused", "remarked", "wrong", "wrong_refused", "named", "silent")
WHO = "any name or number"  # whose data the texts on data of one's own are about


def main(wanted: list[str]) -> None:
    chapters = {one for one in wanted if not one.startswith("-")}
    known = {key[:2] for key in keys()}
    if chapters - known:
        raise SystemExit(f"no texts for {sorted(chapters - known)}; there are {sorted(known)}")
    listed = HALVES if "--list" in wanted else HALVES[:1] if "--list-tune" in wanted else ()
    heads = ("right", "refused", "remarked", "wrong", "refused", "named", "silent")
    widths = (7, 10, 10, 7, 10, 10, 10)
    print(" " * 25 + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    totals = {half: dict.fromkeys(COUNTED, 0) for half in HALVES}
    for key in keys():
        if chapters and key[:2] not in chapters:
            continue
        for half, texts in judged(key).items():
            if not texts:  # fresh/ has texts for some reports only
                continue
            counts = count(texts)
            totals[half] = {name: totals[half][name] + counts[name] for name in COUNTED}
            _print_row(key, half, counts)
            if half in listed:
                _print_errors(texts)
    for half, counts in totals.items():
        if any(counts.values()):
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
    rights = [_plain(one["text"]) for one in texts if one["right"]]
    return [
        one | {"reply": reply.says, "outcome": _outcome(one["right"], reply, rights)}
        for one, reply in zip(texts, said, strict=True)
    ]


def _outcome(right: bool, reply: Verdict, rights: list[str]) -> str:
    """What becomes of a text: refused, remarked, plain, named or silent."""
    if reply.state != RIGHT:
        return "refused"
    if right:
        return "remarked" if reply.unjudged else "plain"
    of_its_own = [
        quote for quote in reply.unjudged if not any(_plain(quote) in one for one in rights)
    ]
    return "named" if of_its_own else "silent"


def _plain(text: str) -> str:
    """The words of a text, whatever stands between them."""
    return " ".join(re.findall(r"[\w.,]*\w", text.lower()))


def _answer(exercise: Exercise, text: str) -> str | dict:
    """The answer of a learner whose report is this text; other parts, if there are any, are right."""
    if not isinstance(exercise.kind, Several):
        return text
    own = exercise.own_data is not None
    numbers = own_numbers(WHO, exercise) if own else exercise.numbers_for()
    (report,) = (name for name, kind in exercise.kind.kinds.items() if isinstance(kind, Sentence))
    return exercise.right_answer(numbers) | {report: text}


def count(texts: list[dict]) -> dict[str, int]:
    """How many texts are right and how many wrong, and what becomes of them: see `COUNTED`."""
    right = [one["outcome"] for one in texts if one["right"]]
    wrong = [one["outcome"] for one in texts if not one["right"]]
    return dict(
        right=len(right),
        right_refused=right.count("refused"),
        remarked=right.count("remarked"),
        wrong=len(wrong),
        wrong_refused=wrong.count("refused"),
        named=wrong.count("named"),
        silent=wrong.count("silent"),
    )


def _print_row(report: str, half: str, counts: dict[str, int]) -> None:
    cells = [f"{report:8}{half:17}"]
    for of, outcomes in (("right", COUNTED[1:3]), ("wrong", COUNTED[4:])):
        cells.append(f"{counts[of]:7}")
        cells += [f"{counts[one]:4}{100 * counts[one] / counts[of]:4.0f} %" for one in outcomes]
    print("".join(cells))


def _print_errors(texts: list[dict]) -> None:
    for one in texts:
        if one["right"] and one["outcome"] != "plain":
            print(f"  {one['outcome']}, but right")
        elif not one["right"] and one["outcome"] != "refused":
            print(f"  accepted ({one['outcome']}), but wrong: {one['why']}")
        else:
            continue
        print(f"    {one['text']}\n    > {one['reply']}")


if __name__ == "__main__":
    main(sys.argv[1:])
