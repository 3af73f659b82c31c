"""Attack the gate on many made-up districts: ``python -m tests.robustness.attacker_districts --number 1000``.

The attacker knows the roster, so every n, and whatever the release shows; integer programs tell between which
counts each small group lies, and Fréchet's bounds what the tables of other variables tell of it. Every
twentieth district also has what was hidden shown again, one by one: what the attacker then finds, the audit
must find. A district is told by its number alone.
"""

from __future__ import annotations

import argparse
import sys

from relsurvey.disclosure import exposures
from relsurvey.disclosure.gate import release
from relsurvey.errors import DisclosureError
from tests.disclosure.districts import District, reopened, told, told_across

MIN_N = 11


def main() -> int:
    """Attack; return 1 if any small group was told too closely, or the audit missed one."""
    options = argparse.ArgumentParser()
    options.add_argument("--number", type=int, default=1000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--reopen-every", type=int, default=20)
    chosen = options.parse_args()
    broken = missed = refused = withheld = again = exposed = 0
    for seed in range(chosen.first, chosen.first + chosen.number):
        district = District.random(seed)
        plan = district.plan()
        try:
            released = release(plan, MIN_N)
        except DisclosureError:
            refused += 1
            continue
        withheld += bool(released.withheld)
        if found := told(district, released, MIN_N) + told_across(district, released, MIN_N):
            broken += 1
            print(f"district {seed}: {found}", flush=True)
        for what, other in reopened(plan, released) if seed % chosen.reopen_every == 0 else ():
            again += 1
            if told(district, other, MIN_N) or told_across(district, other, MIN_N):
                exposed += 1
                if not exposures(plan, other, MIN_N):
                    missed += 1
                    print(f"district {seed}: the audit misses {what}", flush=True)
    print(
        f"{chosen.number} districts: {broken} broken, {refused} refused, {withheld} with figures withheld; "
        f"{again} shown again, of which {exposed} expose a small group, {missed} missed by the audit"
    )
    return int(broken + missed > 0)


if __name__ == "__main__":
    sys.exit(main())
