"""An export of the demo's survey as a school hands it in: renamed columns, odd labels, own words."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from relsurvey.demo import demo_workbook
from relsurvey.reading import Limits
from relsurvey.reading.opening import open_file

#: Cells that nobody but the kernel may see: ids, names, words of one's own, wherever they stand.
SECRETS = {
    "nickname": ["Lupita from room 12", "zorro"],
    "again": "nothing to say",
    "email": "{}@students.example.org",
    "answer": "ask my friend Ana Lopez about it",
    "gender": "I am Sam and that is all",
}
ALIKE = "My 9th grade teachers notice when I am having a hard day"
RENAMED = "Q7"
UNKNOWN = "Most of the time"


@cache
def _rows() -> list[list[str]]:
    sheet = open_file(Path(demo_workbook()), Limits()).sheets[0]
    return [list(row) for row in zip(*(column.cells() for column in sheet.columns), strict=True)]


def rows(number: int = 200) -> list[list[str]]:
    """Return a header and up to 200 rows: columns renamed, labels that fit nothing, words of one's own."""
    header, *answers = [list(row) for row in _rows()[:201]]
    first = header.index("My ninth-grade teachers greet me by name.")
    gender = header.index("How do you describe your gender?")
    header[first + 1] = ALIKE
    header[first + 4] = RENAMED
    for i in (4, 9):
        answers[i][first] = "Oftn"
    for i in range(20, 45):
        answers[i][first + 2] = UNKNOWN
    answers[11][first + 3] = SECRETS["answer"]
    answers[12][gender] = SECRETS["gender"]
    header += ["Nickname?", "Email Address"]
    for i, row in enumerate(answers):
        if i % 9 == 0:
            row[header.index("Nickname?") - 1] = SECRETS["again"]
        row += [SECRETS["nickname"][i] if i < 2 else "", SECRETS["email"].format(f"kid{i}")]
    return [header, *answers[:number]]


def write(path: Path, number: int = 200) -> Path:
    """Write the export as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows(number))
    return path


def hidden_cells(table: list[list[str]]) -> set[str]:
    """Return every cell that no screen may show: of ids, dates, addresses, and words of one's own."""
    header, *answers = table
    personal = ("Student ID", "Timestamp", "What else", "Nickname", "Email")
    columns = [i for i, name in enumerate(header) if name.startswith(personal)]
    cells = {row[i].strip() for row in answers for i in columns}
    return {cell for cell in cells if len(cell) > 4} | {SECRETS["answer"], SECRETS["gender"]}
