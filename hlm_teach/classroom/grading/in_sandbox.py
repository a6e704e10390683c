"""Run submissions in the sandbox, and judge their answers in an instance of its own."""

from __future__ import annotations

import json
from typing import Any

from hlm_teach.feedback.judging import UNREADABLE

from . import sandbox
from .sandbox import Trapped
from .submission import Ran
from .tasks import Step

MOST_SKIPPED = 5
TOO_LONG = "This takes longer to judge than any answer to this exercise should: shorten it."
ODD = "This is not what an answer to this exercise looks like."


class InSandbox:
    """Submissions, each in an instance of its own; one more instance judges."""

    def __init__(self, work: int = sandbox.CELL) -> None:
        self.work = work  # that one cell may take
        self._judge: sandbox.Guest | None = None

    # ---- running -------------------------------------------------------------------------

    def run(self, steps: list[Step], files: dict[str, bytes] | None = None) -> Ran:
        """Run cells in order; one that doesn't come to an end is left out the next time."""
        skipped: dict[int, str] = {}
        spent = 0
        while True:
            left = [step for step in steps if step.place not in skipped]
            ran, ended, cost = _once(left, self.work, files)
            spent += cost
            ran.remarks = [f"{words} in cell {place + 1}" for place, words in skipped.items()]
            if ended is None:
                return ran
            place, words = ended
            if len(skipped) == MOST_SKIPPED or spent > sandbox.TOGETHER * self.work:
                ran.remarks.append(f"{words} in cell {place + 1}: cells from there on don't count")
                return ran
            skipped[place] = words

    # ---- judging -------------------------------------------------------------------------

    def judge(self, key: str, given: Any, who: str | None) -> tuple[str, str]:
        """The state of an answer and what to say to it, within a limit of work."""
        self._judge = self._judge or sandbox.room()
        sandbox.note_use()
        try:
            said, _ = self._judge.ask(call("judge", key, given, who), sandbox.JUDGING)
        except Trapped:
            self._judge.close()
            self._judge = None
            return UNREADABLE, TOO_LONG
        state, says = said.get("state"), said.get("says")
        return (str(state), str(says)) if state else (UNREADABLE, ODD)


def call(function: str, *given: Any) -> str:
    """The code that calls a function of the room with plain data, whatever is in them."""
    return f"room.{function}(*room.json.loads({json.dumps(given)!r}))"


def _once(
    steps: list[Step], work: int, files: dict[str, bytes] | None = None
) -> tuple[Ran, tuple[int, str] | None, int]:
    """One run in a fresh instance; if it is ended, the cell to blame and why; and its work."""
    ran, costs = Ran(), dict.fromkeys((step.place for step in steps), 0)
    guest = sandbox.room(files)
    before = Step(-1, "", "")
    try:
        for step in steps:
            blamed = before if step.key != before.key and before.place >= 0 else step
            try:
                if step.key != before.key:  # the answer before is let go, which may be its end
                    guest.run(call("begin", step.key), sandbox.READING)
                blamed = step
                _cell(guest, step, ran, costs, work)
            except Trapped as trap:
                costs[blamed.place] += trap.fuel
                # Of several dear cells the dearest is left out, not the one that came last.
                dearest = max(costs, key=lambda place: costs[place])
                place = dearest if trap.of_work else blamed.place
                return ran, (place, trap.words), sum(costs.values())
            before = step
        return ran, None, sum(costs.values())
    finally:
        guest.close()


def _cell(guest: sandbox.Guest, step: Step, ran: Ran, costs: dict[int, int], work: int) -> None:
    """Run one cell, and read what then stands in `answer`."""
    sandbox.note_use()
    fuel = min(work, 2 * work - sum(costs.values()))
    said, costs[step.place] = guest.ask(call("do", step.place, step.source), fuel)
    if said.get("error"):
        ran.errors[step.place] = str(said["error"])[:300]
    line, _ = guest.ask(call("read", step.key), sandbox.READING)
    if not line:
        raise Trapped("what runs cells was broken", 0)
    ran.lines.append(line)
