"""Gradebooks in the layout of Canvas' export, from facts about it: invented people, invented scores."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

READ_ONLY = "(read only)"

#: A cell: a score, "EX", "N/A", or "" where nothing was graded.
Cell = float | str


@dataclass(frozen=True)
class Item:
    """An assignment."""

    title: str
    id: int
    points: float | None
    group: str


@dataclass(frozen=True)
class Student:
    """A row; ``override`` is a score set by hand."""

    last: str
    first: str
    id: str
    sis: str
    section: str = "Period 1"
    override: float | None = None


@dataclass(frozen=True)
class Course:
    """A course as it stands in Canvas: what a file of it is made from.

    ``weights`` makes it a weighted course, ``drops`` leaves out the lowest of a group, ``uncounted`` names
    items that count for no mark, ``unposted`` items whose scores are hidden from students.
    """

    students: tuple[Student, ...]
    items: tuple[Item, ...]
    cells: tuple[tuple[Cell, ...], ...]
    weights: dict[str, float] | None = None
    drops: dict[str, int] = field(default_factory=dict)
    uncounted: frozenset[int] = frozenset()
    unposted: frozenset[int] = frozenset()
    cuts: tuple[tuple[str, float], ...] = (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))

    @property
    def groups(self) -> list[str]:
        """The groups, in order."""
        return list(self.weights or dict.fromkeys(item.group for item in self.items))

    def counted(self, row: int, group: str, *, final: bool, posted: bool = True) -> list[tuple[float, float]]:
        """Return score and points of what counts for a student in a group."""
        pairs = []
        for item, cell in zip(self.items, self.cells[row], strict=True):
            if (
                item.group != group
                or item.id in self.uncounted
                or (posted and item.id in self.unposted and not final)
            ):
                continue
            hidden = posted and item.id in self.unposted
            if isinstance(cell, str):
                if cell == "" and final:
                    pairs.append((0.0, item.points or 0.0))
            elif not hidden:
                pairs.append((cell, item.points or 0.0))
            elif final:
                pairs.append((0.0, item.points or 0.0))
        for _ in range(min(self.drops.get(group, 0), max(0, len(pairs) - 1))):
            rest = [pairs[:i] + pairs[i + 1 :] for i in range(len(pairs))]
            pairs = max(rest, key=lambda left: percent(left) or 0)
        return pairs

    def score(self, row: int, *, final: bool, posted: bool = True) -> float | None:
        """Return a student's percent in the course, unrounded."""
        by = {group: self.counted(row, group, final=final, posted=posted) for group in self.groups}
        if self.weights is None:
            return percent([pair for pairs in by.values() for pair in pairs])
        found = {group: percent(pairs) for group, pairs in by.items()}
        there = {group: value for group, value in found.items() if value is not None}
        whole = sum(self.weights[group] for group in there)
        return sum(self.weights[group] * value for group, value in there.items()) / whole if whole else None

    def letter(self, score: float | None) -> str:
        """Return the letter of a percent."""
        return "" if score is None else next(name for name, cut in self.cuts if score >= cut or cut == 0)


def percent(pairs: list[tuple[float, float]]) -> float | None:
    """Return points earned of points possible, in percent."""
    possible = sum(points for _, points in pairs)
    return 100 * sum(score for score, _ in pairs) / possible if possible else None


@dataclass(frozen=True)
class Look:
    """How the export looks: each of Canvas' variants."""

    posting: str | None = None
    sis: bool = True
    two_names: bool = False
    integration: bool = False
    root_account: bool = False
    notes: bool = False
    totals: bool = True
    period: str = ""
    letters: bool = False
    override: bool = False
    unposted: bool = True
    test_student: bool = True
    delimiter: str = ","
    comma: bool = False
    bom: bool = False
    excused: str = "EX"
    blank_rows: int = 0


def number(value: float | None, look: Look) -> str:
    """Return a number as the export writes it: two decimals."""
    if value is None:
        return ""
    text = str(Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return text.replace(".", ",") if look.comma else text


def table(course: Course, look: Look = Look()) -> list[list[str]]:
    """Return the export's rows."""
    names = ["LastName", "FirstName"] if look.two_names else ["Student"]
    head = [*names, "ID"]
    if look.sis:
        head += ["SIS User ID", "SIS Login ID"]
    head += ["Integration ID"] * look.integration + ["Root Account"] * look.root_account + ["Section"]
    head += ["Notes"] * look.notes
    before = len(head)
    head += [f"{item.title} ({item.id})" for item in course.items]
    suffix = f" ({look.period})" if look.period else ""
    totals: list[tuple[str, object]] = []
    kinds = [(True, "")] + ([(False, "Unposted ")] if look.unposted else [])
    if look.totals:
        for group in course.groups:
            if course.weights is None:
                for final, word in ((False, "Current"), (True, "Final")):

                    def points(row: int, group: str = group, final: bool = final) -> str:
                        return number(sum(s for s, _ in course.counted(row, group, final=final)), look)

                    totals.append((f"{group} {word} Points", points))
            for final, word in ((False, "Current"), (True, "Final")):
                for posted, hidden in kinds:

                    def share(
                        row: int, group: str = group, final: bool = final, posted: bool = posted
                    ) -> str:
                        return number(percent(course.counted(row, group, final=final, posted=posted)), look)

                    totals.append((f"{group} {hidden}{word} Score", share))
        for final, word in ((False, "Current"), (True, "Final")):
            for posted, hidden in kinds:

                def whole(row: int, final: bool = final, posted: bool = posted) -> str:
                    return number(course.score(row, final=final, posted=posted), look)

                totals.append((f"{hidden}{word} Score", whole))
        if look.letters:
            for final, word in ((False, "Current"), (True, "Final")):
                for posted, hidden in kinds:

                    def letter(row: int, final: bool = final, posted: bool = posted) -> str:
                        return course.letter(course.score(row, final=final, posted=posted))

                    totals.append((f"{hidden}{word} Grade", letter))
        if look.override:
            totals.append(("Override Score", lambda row: number(course.students[row].override, look)))
            if look.letters:
                totals.append(
                    (
                        "Override Grade",
                        lambda row: course.letter(course.students[row].override),
                    )
                )
            totals.append(("Override Status", lambda row: ""))
    head += [name + suffix for name, _ in totals]
    rows = [head]
    if look.posting:
        held = [look.posting if item.id in course.unposted else "" for item in course.items]
        rows.append([""] * before + held + [""] * len(totals))
    points_row = ["    Points Possible", *[""] * (before - 1)]
    points_row += ["" if item.points is None else number(item.points, look) for item in course.items]
    rows.append(points_row + [READ_ONLY] * len(totals))
    for at, student in enumerate(course.students):
        rows.append(
            [
                *about(student, look),
                *(cell_text(cell, look) for cell in course.cells[at]),
                *(str(make(at)) for _, make in totals),  # type: ignore[operator]
            ]
        )
    if look.test_student:
        nobody = Student("Student", "Test", "999999", "", "Period 1")
        rows.append(
            [*about(nobody, look), *[number(1, look)] * len(course.items), *[number(0, look)] * len(totals)]
        )
    rows += [[""] * len(head)] * look.blank_rows
    return rows


def about(student: Student, look: Look) -> list[str]:
    """Return what stands before a student's scores."""
    name = f"{student.last}, {student.first}"
    names = [student.last, student.first] if look.two_names else [f'="{name}"' if name[0] == "=" else name]
    found = [*names, student.id]
    if look.sis:
        found += [student.sis, f"login{student.id}"]
    found += [f"int{student.id}"] * look.integration + ["canvas.example.org"] * look.root_account
    return [*found, student.section, *["A private remark"] * look.notes]


def cell_text(cell: Cell, look: Look) -> str:
    """Return a score as the export writes it."""
    if cell == "EX":
        return look.excused
    return cell if isinstance(cell, str) else number(cell, look)


def text(course: Course, look: Look = Look()) -> bytes:
    """Return the export as the bytes of a file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=look.delimiter).writerows(table(course, look))
    return (b"\xef\xbb\xbf" if look.bom else b"") + out.getvalue().encode()


def write(path: Path, course: Course, look: Look = Look()) -> Path:
    """Write the export."""
    path.write_bytes(text(course, look))
    return path


def made(
    n: int = 30,
    groups: dict[str, int] | None = None,
    *,
    seed: int = 1,
    weights: dict[str, float] | None = None,
    blank: float = 0.1,
    start: int = 0,
) -> Course:
    """Return a course of invented students: ``groups`` says how many assignments each has."""
    draw = random.Random(seed)
    items: list[Item] = []
    for group, count in (groups or {"Homework": 8, "Tests": 4}).items():
        for k in range(count):
            items.append(
                Item(f"{group} {k + 1}", 5000 + len(items), draw.choice((5.0, 10.0, 20.0, 50.0)), group)
            )
    draw.shuffle(items)
    students = tuple(
        Student(
            f"Last{i}", f"First{i}", str(70_000 + i), f"{i + 100:06d}", draw.choice(("Period 1", "Period 2"))
        )
        for i in range(start, start + n)
    )
    cells: list[tuple[Cell, ...]] = []
    for _ in students:
        able = draw.uniform(0.4, 1.0)
        row: list[Cell] = []
        for item in items:
            chance = draw.random()
            if chance < blank:
                row.append("")
            elif chance < blank + 0.02:
                row.append(draw.choice(("EX", "N/A")))
            else:
                share = min(1.05, max(0.0, draw.gauss(able, 0.15)))
                row.append(round(share * (item.points or 0.0), draw.choice((0, 2))))
        cells.append(tuple(row))
    return Course(students, tuple(items), tuple(cells), weights)


def with_cell(course: Course, row: int, item: int, cell: Cell) -> Course:
    """Return a course in which one cell is another."""
    rows = [list(cells) for cells in course.cells]
    rows[row][item] = cell
    return replace(course, cells=tuple(map(tuple, rows)))
