"""A school's answers with comments, as a file of it."""

from __future__ import annotations

from pathlib import Path

import relsurvey as rs
from tests.reading.belonging import HEADER, INSTRUMENT, as_csv

SCHOOLS = ("North", "South", "East", "West")


def rows(comments: dict[str, list[str]], students: int = 40, wave: str = "fall") -> list[list[str]]:
    """Return rows of four schools; the first students of a school wrote its comments."""
    made = []
    for s, school in enumerate(SCHOOLS):
        said = comments.get(school, [])
        for i in range(students):
            answers = ["Agree", "Strongly agree", "Disagree"] if i % 3 else ["Disagree", "Agree", "Agree"]
            gender, race = ("Girl", "Boy")[i % 2], ("Asian", "White")[i % 2]
            text = said[i] if i < len(said) else ""
            made.append([f"{s + 1}{i:03d}", school, wave, gender, race, *answers, text])
    return made


def file(folder: Path, comments: dict[str, list[str]], name: str = "answers.csv", **more: int) -> Path:
    path = folder / name
    path.write_text(as_csv(rows(comments, **more), HEADER), "utf-8")
    return path


def study(folder: Path, comments: dict[str, list[str]], **more: int) -> rs.Study:
    return rs.read(file(folder, comments, **more), INSTRUMENT)


def plain(n: int, what: str = "I like the class") -> list[str]:
    """Return harmless comments, each its own."""
    return [f"{what} on day {'abcdefghijklmnopqrstuvwxyz'[i]}, please more of it" for i in range(n)]
