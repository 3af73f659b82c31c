"""Measure how long a release is held against an earlier one: sums of a few alone, and with ranges.

    python benchmarks/releases.py [--students 22000] [--schools 10] [--questions 30] [--late 40]

Of each school some students answered after the first release. Both releases show 6 group variables. Without
ranges is what only exact elimination finds: the ratio is what it costs to know that the two releases together
leave every small group open. Seconds are the processor's and vary from machine to machine; read the ratio.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

# Loaded before anything is measured.
import scipy.optimize  # noqa: F401

from benchmarks.gate import VARIABLES
from relsurvey.disclosure.differences import differing, few_told
from relsurvey.disclosure.shown import FAVORABLE_ANSWER, FAVORABLE_SHARE, Shown

MIN_N, OF_A_SCALE = 11, 6


def releases(students: int, schools: int, questions: int, late: int) -> tuple[Shown, Shown]:
    """Return the release before some of each school answered, and the one after."""
    draw = np.random.default_rng(1)
    weights = np.geomspace(1, 15, schools)
    school = draw.choice(schools, size=students, p=weights / weights.sum())
    codes = draw.integers(1, 6, (students, questions))
    liked = codes > 3
    scales = {
        f"s{k}": tuple(f"q{i}" for i in range(first, first + OF_A_SCALE))
        for k, first in enumerate(range(0, questions, OF_A_SCALE))
    }
    shares = np.column_stack(
        [
            np.where(2 * liked[:, first : first + OF_A_SCALE].sum(axis=1) > OF_A_SCALE, FAVORABLE_SHARE, 1)
            for first in range(0, questions, OF_A_SCALE)
        ]
    )
    table = np.column_stack([shares, codes + FAVORABLE_ANSWER * liked]).astype(">u2")
    who = np.array([f"{i:012d}{i:012d}" for i in range(students)], dtype=object)
    groups = {name: draw.choice(len(p), size=students, p=p) for name, p in VARIABLES.items()}
    units = {"all": np.ones(students, dtype=bool)} | {f"s{s}": school == s for s in range(schools)}
    last = np.zeros(students, dtype=bool)
    for s in range(schools):
        last[np.flatnonzero(school == s)[-late:]] = True
    cells: dict[str, list[frozenset[str]]] = {"": [frozenset(w[:12] for w in who[u]) for u in units.values()]}
    found = []
    for here in (~last, np.ones(students, dtype=bool)):
        sets = {}
        for unit, inside in units.items():
            sets[unit, "", ""] = frozenset(who[inside & here])
            for name, own in groups.items():
                pooled = inside & here
                for c in range(len(VARIABLES[name]) - 1):
                    row = inside & here & (own == c)
                    if row.sum() >= 3 * MIN_N:
                        sets[unit, name, str(c)] = frozenset(who[row])
                        pooled &= ~row
                if pooled.sum() >= MIN_N:
                    sets[unit, name, "-"] = frozenset(who[pooled])
        answered = {str(w): row.tobytes().hex() for w, row in zip(who[here], table[here], strict=True)}
        found.append(
            Shown(
                MIN_N,
                sets,
                scales=scales,
                questions={f"q{i}": str(i) for i in range(questions)},
                answered=answered,
                by=tuple(VARIABLES),
            )
        )
    for name, own in groups.items():
        cells[name] = [
            frozenset(w[:12] for w in who[inside & (own == c)])
            for inside in units.values()
            for c in range(len(VARIABLES[name]))
        ]
    return found[0], replace(found[1], cells=cells)


def main() -> None:
    """Print what it takes with and without ranges, and what is left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (("students", 22_000), ("schools", 10), ("questions", 30), ("late", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    then, now = releases(**vars(parser.parse_args()))
    took = {}
    for name, release in (("sums alone", replace(now, cells={})), ("with ranges", now)):
        start = time.process_time()
        rows, places = differing([then], release), few_told([then], release)
        took[name] = time.process_time() - start
        print(f"{name}: {took[name]:.2f} s; {rows or 'no'} variables at fault, {len(places)} places left out")
    print(f"ratio {took['with ranges'] / took['sums alone']:.2f}")


if __name__ == "__main__":
    main()
