"""Terms in order of time, however a file has them."""

from __future__ import annotations

from itertools import permutations

import pytest

from relsurvey.grading.terms import in_time

ORDERED = [
    ("Q1", "Q2", "Q3", "Q4"),
    ("S1", "S2"),
    ("T1", "T2", "T3"),
    ("MP2", "MP9", "MP10"),
    ("P1", "P2", "P11"),
    ("T1", "T2", "T3", "T4"),
    ("A1 2025-26", "A2 2025-26"),
    ("2025 Fall", "2026 Spring"),
    ("S2-24-25", "S1-25-26"),
    ("Grade 9 Q1", "Grade 9 Q2"),
    ("Year 1", "Year 2"),
    ("FA25", "SP26"),
    ("1", "2", "10"),
    ("Quarter 1", "Q2", "3rd Quarter", "Fourth quarter"),
    ("Semester 1", "Semester 2"),
    ("1st Semester", "2nd Semester"),
    ("Primer semestre", "2.º semestre"),
    ("Trimester 1", "Trimester 2", "Trimester 3"),
    ("Q1", "Q2", "S1", "Q3", "S2"),
    ("S1", "S2", "Y1"),
    ("S1", "S2", "Summer"),
    ("Fall", "Winter", "Spring", "Summer"),
    ("Otoño", "Primavera"),
    ("Fall Semester", "Spring Semester"),
    ("Fall 2025", "Spring 2026"),
    ("Spring 2025", "Summer 2025", "Fall 2025", "Winter 2026"),
    ("Fall 2025", "Winter 2025", "Spring 2026"),
    ("Fall 2024", "Winter 2025", "Spring 2025"),
    ("Fall '24", "Spring '25", "Fall '25"),
    ("2024-25 S1", "2024-25 S2", "2025-26 S1"),
    ("S1 24-25", "S2 24-25", "S1 25-26"),
    ("SY2024-25 Q4", "SY2025-26 Q1"),
    ("S2 (2024–2025)", "S1 (2025–2026)"),
    ("S1 2025", "S2 2025"),
    ("S1 2025", "S2 2026"),
    ("S1 2024", "S2 2025", "S1 2025", "S2 2026"),
    ("2023-24", "2024-25"),
    ("2024", "2025"),
    ("Marking Period 2", "Marking Period 3"),
    ("Semester One", "Semester Two"),
    ("Semestre Uno", "Semestre Dos"),
    ("Sem I", "Sem II"),
    ("Quarter I", "Quarter II", "Quarter III", "Quarter IV"),
    ("1er semestre", "2do semestre"),
    ("1.er trimestre", "2.do trimestre", "3ro trimestre"),
    ("1ra etapa", "2da etapa", "3era etapa", "4ta etapa"),
    ("S1", "S2", "Summer 2026"),
    ("S1", "S2", "SS"),
    ("Q1", "Q2", "Q3", "Q4", "Final"),
    ("S1 2025-26", "S2 2025-26", "Final 2025-26"),
    ("F25", "S26", "F26"),
    ("F25", "W26", "S26"),
    ("F2025", "S2026"),
    ("Aug", "Dec", "Jan", "May"),
    ("Term 1 (Aug-Oct)", "Term 2 (Oct-Dec)", "Term 3 (Jan-Mar)"),
    ("S1 (Fall)", "S2 (Spring)"),
    ("Diciembre", "Enero", "Junio"),
    ("December 2025", "January 2026", "September 2026"),
]


@pytest.mark.parametrize("terms", ORDERED, ids=lambda terms: terms[-1])
def test_known_terms_are_in_order_of_time_however_they_come(terms):
    assert {in_time(one) for one in list(permutations(terms))[:120]} == {terms}


@pytest.mark.parametrize(
    "terms",
    [
        ("Blue", "Gold"),
        ("Q1", "Progress"),
        ("Fall", "S2"),
        ("Fall", "Spring 2026"),
        ("Q1", "Quarter 1"),
        ("Term 1", "Q2"),
        ("10/3/2025", "1/16/2026"),
        ("2025-10-03", "2026-01-16"),
        ("", "S1"),
        ("1a", "1b"),
        ("S2 25", "S1 26"),
        ("11/12/2025", "09/10/2026"),
        ("2025/11/12", "2026/09/10"),
        ("T1 2025", "T2 2025", "T3 2026"),
        ("Unit ፩", "Unit ፪"),
        ("1" * 5000, "1" * 5001),
        ("Fall 2025 Q1 Q2", "Spring"),
        ("T1 2025", "T2 2025", "T3 2026", "Q9"),
        ("S1", "S2", "Semester 3"),
        ("S1", "S2", "Summer 2025", "Summer 2026"),
        ("Q1", "Dec"),
        ("Fall", "F25"),
        ("Dec", "Jan 2026"),
        ("December", "Dec"),
        ("Midterm", "Final"),
        ("S1 (Fall 2025)", "S2 (Spring 2025)"),
        ("S1 (north)", "S1 (south)"),
    ],
)
def test_what_names_do_not_tell_is_not_guessed(terms):
    assert {in_time(one) for one in permutations(terms)} == {None}


def test_one_term_or_none_is_in_order():
    assert in_time([]) == ()
    assert in_time(["Blue"]) == ("Blue",)
