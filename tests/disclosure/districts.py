"""Made-up districts, and an attacker who knows every n: on a path of its own, from students to sums."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from relsurvey.disclosure import (
    ALL,
    Dropped,
    Figure,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
)
from relsurvey.disclosure.plan import Profile

#: An item of five answers (4 and 5 are favorable), two scales: the figures of a plan, and whom each counts.
CODES = (1, 2, 3, 4, 5)
FIGURES = (
    Figure("s1", 1, "scale"),
    Figure("s2", 2, "scale"),
    Figure("i", 3, "item"),
    Figure("i", 3, "classes"),
    Figure("i", 3, "classes"),
    *(Figure("i", 3, "answers") for _ in CODES),
    Figure("i", 4, "not_counted"),
)
COUNTED = ({4, 5}, {1, 2}, {3}, *({code} for code in CODES), {0})


@dataclass(frozen=True)
class District:
    """Students: where they are, what they are, and what they answered (NaN: nothing; 0: not counted)."""

    school: np.ndarray
    team: np.ndarray
    groups: dict[str, np.ndarray]
    scales: np.ndarray
    item: np.ndarray
    merge: str

    @classmethod
    def random(cls, seed: int, tiny: bool = False, variables: int | None = None) -> District:
        """Return a district; a tiny one can be counted out by hand."""
        draw = np.random.default_rng(seed)
        schools = int(draw.integers(1, 3 if tiny else 6))
        sizes = draw.integers(2, 9 if tiny else 130, size=schools)
        school = np.repeat(np.arange(schools), sizes)
        n = len(school)
        if not tiny:
            school[draw.random(n) < draw.choice([0, 0, 0.02, 0.1])] = -1
        weights = [5, 4, 1] if tiny else [8, 8, 1, 1, 0.6, 0.5]
        groups = {
            name: draw.choice(len(weights), size=n, p=draw.dirichlet(weights))
            for name in ("v", "w")[: variables or (1 if tiny else 2)]
        }
        team = draw.choice([-1, 0, 1, 2], size=n, p=draw.dirichlet([0.3, 4, 3, 1]))
        share = draw.choice([0.1, 0.3, 0.5, 0.7, 0.9, 0.97], size=2)
        scales = (draw.random((n, 2)) < share).astype(float)
        scales[draw.random((n, 2)) < draw.choice([0, 0, 0.05])] = np.nan
        item = draw.choice(6, size=n, p=draw.dirichlet([0.3, 1, 2, 3, 4, 3])).astype(float)
        return cls(school, team, groups, scales, item, str(draw.choice(["never", "never", "ordered", "any"])))

    def unasked(self, seed: int) -> District:
        """Return the same with questions that some schools or teams, or all but a few of theirs, left out."""
        draw = np.random.default_rng(seed)
        scales, item = self.scales.copy(), self.item.copy()
        places = [mask for unit, mask in self.units().items() if unit != ALL]
        for mask in places:
            for column in (scales[:, 0], scales[:, 1], item):
                kind = draw.choice(["asked", "unasked", "few", "some"], p=[0.6, 0.2, 0.1, 0.1])
                if kind != "asked":
                    keep = {"unasked": 0, "few": int(draw.integers(1, 16)), "some": len(item)}[str(kind)]
                    some = draw.permutation(np.flatnonzero(mask))
                    column[some[keep:] if kind != "some" else some[: len(some) // 2]] = np.nan
        return replace(self, scales=scales, item=item)

    def students(self, chosen: np.ndarray, table: bool) -> Students:
        """Return the counts of the chosen students; a table holds scales alone."""
        n = [int(chosen.sum()), *(int((chosen & ~np.isnan(s)).sum()) for s in self.scales.T)]
        counts = [int((chosen & (s == 1)).sum()) for s in self.scales.T]
        if not table:
            n += [int((chosen & (self.item > 0)).sum()), int((chosen & ~np.isnan(self.item)).sum())]
            counts += [int((chosen & np.isin(self.item, list(codes))).sum()) for codes in COUNTED]
        return Students(tuple(n), tuple(counts))

    def units(self) -> dict[str, np.ndarray]:
        """Return who is in which unit."""
        found = {ALL: np.ones(len(self.school), bool)}
        for s in sorted(set(self.school.tolist()) - {-1}):
            found[f"s{s}"] = self.school == s
            for t in sorted(set(self.team[self.school == s].tolist()) - {-1}):
                found[f"s{s}t{t}"] = (self.school == s) & (self.team == t)
        return found

    def plan(self) -> Plan:
        """Return everything a view of it would show."""
        units, tables, inside = [], [], []
        for name, mask in self.units().items():
            kind = "all" if name == ALL else "team" if "t" in name else "school"
            parent = None if name == ALL else ALL if kind == "school" else name.split("t")[0]
            units.append(Unit(name, kind, parent, self.students(mask, table=False)))
            for variable, column in self.groups.items():
                cells = tuple(
                    PlannedCell(
                        None if c == column.max() else f"c{c}", self.students(mask & (column == c), True)
                    )
                    for c in range(int(column.max()) + 1)
                )
                (inside if kind == "team" else tables).append(PlannedTable(name, variable, self.merge, cells))
        return Plan(tuple(units), tuple(tables), FIGURES, tuple(inside), self.profiles())

    def profiles(self) -> tuple[Profile, ...]:
        """Return who is in which unit and category."""
        n = len(self.school)
        where = np.full(n, ALL, dtype=object)
        for unit, mask in self.units().items():
            where[mask] = unit
        found: dict[tuple[str, ...], list[int]] = {}
        columns = list(self.groups.values())
        for i in range(n):
            labels = (None if c[i] == c.max() else f"c{c[i]}" for c in columns)
            own = found.setdefault((where[i], *labels), [0, 0, 0, 0, 0])
            for k, there in enumerate((True, *~np.isnan(self.scales[i]), *(self.scales[i] == 1))):
                own[k] += int(there)
        return tuple(Profile(unit, tuple(of), tuple(n[:3]), tuple(n[3:])) for (unit, *of), n in found.items())

    def column(self, figure: int) -> tuple[np.ndarray, np.ndarray]:
        """Return who could count in a figure, and who does."""
        if FIGURES[figure].kind == "scale":
            scale = self.scales[:, figure]
            return ~np.isnan(scale), scale == 1
        could = ~np.isnan(self.item) if FIGURES[figure].kind == "not_counted" else self.item > 0
        return could, np.isin(self.item, list(COUNTED[figure - 2]))


def shown(
    district: District, released: Released, figure: int, of_variable: str | None
) -> list[tuple[np.ndarray, int, int]]:
    """Return every set of students of whom a figure is shown, and the range in which its count lies.

    Of the tables only those of one variable; None: only of the units.
    """
    could, does = district.column(figure)
    kind, of = FIGURES[figure].kind, FIGURES[figure].of
    share = next(i for i, f in enumerate(FIGURES) if f.of == of and f.kind in ("scale", "item"))
    base, favorable = district.column(share)
    found: list[tuple[np.ndarray, int, int]] = []

    def add(mask: np.ndarray, hidden: bool) -> None:
        n, count = int((mask & could).sum()), int((mask & does).sum())
        asked, good = int((mask & base).sum()), int((mask & favorable).sum())
        if hidden or not n or not asked:
            return
        coded = not 0.05 < good / asked < 0.95
        if kind in ("scale", "item"):
            top = [k for k in range(n + 1) if k / n >= 0.95] if coded and good / asked >= 0.95 else None
            low = [k for k in range(n + 1) if k / n <= 0.05] if coded and top is None else None
            ends = top or low or [count]
            found.append((mask & could, ends[0], ends[-1]))
        elif not coded and asked >= (40 if kind == "answers" else 20):
            found.append((mask & could, count, count))

    units = district.units()
    for unit, mask in units.items():
        if unit in released.units:
            add(mask, (unit, None, figure) in released.withheld)
    for (unit, variable), rows in released.tables.items():
        for row in () if isinstance(rows, Dropped) or variable != of_variable else rows:
            last = int(district.groups[variable].max())
            codes = [last if c is None else int(c[1:]) for c in row.categories]
            hidden = (unit, variable, figure) in released.withheld
            add(units[unit] & np.isin(district.groups[variable], codes), hidden)
    if kind == "scale" and of_variable is None:
        open_ = {u for u in released.units if (u, None, figure) not in released.withheld}
        schools = [u for u in released.units if u.startswith("s") and "t" not in u]
        for unit in released.units:
            others = [s for s in schools if s != unit]
            if unit in schools and len(others) >= 3 and {*others, unit} <= open_:
                add(np.any([units[s] for s in others], axis=0), False)
            if "t" in unit and {unit, unit.split("t")[0]} <= open_:
                add(units[unit.split("t")[0]] & ~units[unit], False)
    return found


def hidden(district: District, min_n: int, figure: int, of_variable: str | None) -> list[np.ndarray]:
    """Return every small group: units, those in no team or school; or cells of the tables of a variable."""
    could, _ = district.column(figure)
    units = district.units()
    found = []
    for name, mask in units.items():
        inside = [
            m for other, m in units.items() if name == ALL and other.startswith("s") and "t" not in other
        ]
        inside += [m for other, m in units.items() if other.startswith(f"{name}t")]
        rest = mask & ~np.any([np.zeros_like(mask), *inside], axis=0)
        if of_variable is None:
            found += [mask, rest]
        elif "t" not in name:
            column = district.groups[of_variable]
            for c in range(int(column.max()) + 1):
                found += [mask & (column == c), *([rest & (column == c)] if name == ALL else [])]
    found = [mask & could for mask in found]
    return [mask for mask in found if 0 < mask.sum() < min_n]


def ranges(
    sets: list[tuple[np.ndarray, int, int]], wanted: list[np.ndarray], brute: bool = False
) -> list[tuple[int, int]]:
    """Return between which counts each group lies for who knows the sets, students being alike but for them.

    By integer programs; with ``brute`` by writing down every count that every kind of student may have.
    """
    masks = [mask for mask, _, _ in sets] + wanted
    kinds, of = np.unique(np.array(masks).T, axis=0, return_inverse=True)
    sizes = np.bincount(of.reshape(-1), minlength=len(kinds))
    sums = kinds[:, : len(sets)].T.astype(float)
    low, high = (np.array([part[i] for part in sets], dtype=float) for i in (1, 2))
    member = kinds[:, len(sets) :].T.astype(float)
    sizes = np.where(kinds.any(axis=1), sizes, 0)
    if brute:
        every = np.array(list(itertools.product(*(range(n + 1) for n in sizes))))
        fits = np.all((every @ sums.T >= low) & (every @ sums.T <= high), axis=1)
        counts = every[fits] @ member.T
        return [(int(c.min()), int(c.max())) for c in counts.T]
    return list(_solved(sums.tobytes(), low.tobytes(), high.tobytes(), sizes.tobytes(), member.tobytes()))


@lru_cache(maxsize=10_000)
def _solved(*program: bytes) -> tuple[tuple[int, int], ...]:
    """Return the lowest and highest count of each group; releases that differ in one table ask much again."""
    low, high, wanted = (np.frombuffer(part) for part in (*program[1:3], program[4]))
    sizes = np.frombuffer(program[3], dtype=np.int64)
    sums = np.frombuffer(program[0]).reshape(len(low), len(sizes))
    found = []
    for row in wanted.reshape(-1, len(sizes)):
        ends = []
        for sign in (1, -1):
            for whole in (False, True):
                solved = milp(
                    sign * row,
                    integrality=np.full(len(sizes), int(whole)),
                    bounds=Bounds(0, sizes),
                    constraints=LinearConstraint(sums, low, high) if len(sums) else (),
                    options={"mip_rel_gap": 0},
                )
                # A whole solution of the linear program is the integer program's.
                if np.abs(solved.x - np.round(solved.x)).max() < 1e-7:
                    break
            ends.append(round(sign * solved.fun))
        found.append((ends[0], ends[1]))
    return tuple(found)


def told(
    district: District, released: Released, min_n: int, brute: bool = False
) -> list[tuple[int, int, int, int]]:
    """Return the small groups whose share is told to less than 50 points: figure, size, lowest, highest."""
    return list(_telling(district, released, min_n, brute))


def tells(district: District, released: Released, min_n: int, brute: bool = False) -> bool:
    """Say whether the share of any small group is told to less than 50 points."""
    return any(True for _ in _telling(district, released, min_n, brute))


def _telling(
    district: District, released: Released, min_n: int, brute: bool
) -> Iterator[tuple[int, int, int, int]]:
    tables = [(f, v) for f in range(len(FIGURES)) for v in (None, *district.groups)]
    for figure, variable in tables:
        if variable is not None and FIGURES[figure].kind != "scale":
            continue
        wanted = hidden(district, min_n, figure, variable)
        sets = shown(district, released, figure, variable)
        if wanted and sets:
            for mask, (low, high) in zip(wanted, ranges(sets, wanted, brute), strict=True):
                n = int(mask.sum())
                if high - low < math.ceil(n / 2) or low == n or high == 0:
                    yield figure, n, low, high


def rostered(district: District, min_n: int, figure: int) -> list[np.ndarray]:
    """Return every small group of a roster: units and teams, those in none, and either by every category."""
    could, _ = district.column(figure)
    found = {}
    for variable in (None, *district.groups):
        for mask in hidden(district, min_n, figure, variable):
            found[mask.tobytes()] = mask
    for name, mask in district.units().items():
        for column in district.groups.values() if "t" in name else ():
            for mine in (mask & could & (column == c) for c in range(int(column.max()) + 1)):
                found[mine.tobytes()] = mine
    return [mask for mask in found.values() if 0 < mask.sum() < min_n]


def told_together(
    district: District, released: Released, min_n: int, brute: bool = False
) -> list[tuple[int, int, int, int]]:
    """Return the same as :func:`told` for who takes all variables' tables together, on the scales."""
    bad = []
    for figure in (0, 1):
        wanted = rostered(district, min_n, figure)
        sets = [one for v in (None, *district.groups) for one in shown(district, released, figure, v)]
        if wanted and sets:
            for mask, (low, high) in zip(wanted, ranges(sets, wanted, brute), strict=True):
                n = int(mask.sum())
                if high - low < math.ceil(n / 2):
                    bad.append((figure, n, low, high))
    return bad


def told_across(district: District, released: Released, min_n: int) -> list[tuple[int, int, int, int]]:
    """Return the same by Fréchet's bounds: by each variable's rows in a unit, and what these leave over."""
    bad = []
    everyone = replace(released, units=frozenset(), tables={})
    for figure in (0, 1):
        could, _ = district.column(figure)
        ways: list[tuple[np.ndarray, list[tuple[np.ndarray, int, int]]]] = []
        for unit, whole in district.units().items():
            page = shown(district, replace(everyone, units=released.units & {unit}), figure, None)
            least, most = page[0][1:] if page else (0, int((whole & could).sum()))
            for variable in district.groups:
                own = {key: rows for key, rows in released.tables.items() if key == (unit, variable)}
                rows = shown(district, replace(everyone, tables=own), figure, variable)
                rest = whole & could & ~np.any([np.zeros_like(whole), *(part for part, _, _ in rows)], axis=0)
                low = max(0, least - sum(high for _, _, high in rows))
                high = min(int(rest.sum()), most - sum(low for _, low, _ in rows))
                ways.append((whole & could, [*rows, *([(rest, low, high)] if rest.any() else [])]))
        for group in rostered(district, min_n, figure):
            n = int(group.sum())
            low, high = 0, n
            for whole, parts in ways:
                if (group & ~whole).any():
                    continue
                at = [int((group & part).sum()) for part, _, _ in parts]
                spans = list(zip(at, parts, strict=True))
                low = max(low, sum(max(0, k - int(part.sum()) + least) for k, (part, least, _) in spans))
                high = min(high, sum(min(k, most) for k, (_, _, most) in spans))
            if high - low < math.ceil(n / 2):
                bad.append((figure, n, low, high))
    return bad


def reopened(plan: Plan, released: Released) -> Iterator[tuple[str, Released]]:
    """Yield a release with one thing shown again that was hidden: a figure, a row, a table, a unit."""
    for unit, variable, figure in sorted(released.withheld, key=str):
        of = FIGURES[figure].of
        falls = {p for p in released.withheld if p[:2] == (unit, variable) and FIGURES[p[2]].of == of}
        yield f"{of} of {unit} {variable}", replace(released, withheld=released.withheld - falls)
    for table in plan.tables:
        rows = released.tables.get((table.unit, table.variable), ())
        each = tuple(Row((c.category,)) for c in table.cells if not c.students.none)
        options = [each, *((row,) for row in each)] if isinstance(rows, Dropped) else []
        for row in () if isinstance(rows, Dropped) else rows:
            if len(row.categories) > 1:
                alone = tuple(Row((c,)) for c in row.categories)
                options.append((*(other for other in rows if other != row), *alone))
        for opened in options:
            tables = {**released.tables, (table.unit, table.variable): opened}
            yield f"table {table.unit} {table.variable}", replace(released, tables=tables)
    for unit in plan.units:
        if unit.id not in released.units:
            yield f"unit {unit.id}", replace(released, units=released.units | {unit.id})
