"""Every malformed call of every public function: `python benchmarks/malformed_calls.py [name …]`.

Prints what is neither a finite result nor an error that names the argument, and the counts. The
tests run one in forty of these, continuous integration all (tests/cases/test_malformed_calls.py).
"""

from __future__ import annotations

import collections
import os
import sys
from pathlib import Path

os.environ["HLM_TEACH_PROGRESS"] = "off"
os.environ["TQDM_DISABLE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from malformed_calls import malformed_calls, verdict


def main(names: set[str] | None) -> None:
    counts: dict[str, collections.Counter] = {}
    for call in malformed_calls(names):
        found = verdict(call)
        kind = found if found in ("fine", "refused") else "wrong"
        counts.setdefault(call.name, collections.Counter())[kind] += 1
        if kind == "wrong":
            print(f"{call.name}({call.argument} = {call.what}): {found}", flush=True)
    total = sum(counts.values(), collections.Counter())
    fewest = min(sum(c.values()) for c in counts.values())
    print(f"{sum(total.values())} calls of {len(counts)} functions, at least {fewest} each: ")
    print(dict(total))


if __name__ == "__main__":
    main(set(sys.argv[1:]) or None)
