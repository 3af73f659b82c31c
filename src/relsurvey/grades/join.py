"""A gradebook whose students are those of a survey: joined by id, as a roster is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook
from relsurvey.instrument.fold import fold
from relsurvey.reading import Entry, identity

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: What stands for a respondent where the file has no ids.
_NUMBERED = re.compile(r"row-\d+\Z")
HASHED = re.compile(r"[0-9a-f]{16}\Z")

Key = tuple[str, str]
"""A student's id and school as the gradebook has them; "" for no school."""


def join(gradebook: Gradebook, responses: pd.DataFrame, ids: str) -> tuple[Gradebook, tuple[Entry, ...]]:
    """Return a gradebook whose ``student`` is the survey's ``respondent``, and what was done.

    Parameters
    ----------
    gradebook
        With ids as in its files, or hashed on this machine.
    responses
        Of the survey: ``respondent``, and ``school`` where it has one.
    ids
        ``"hashed"`` or ``"as-is"``: how the survey holds ids.

    Returns
    -------
    Gradebook, tuple of Entry
        A student who is in no row has what would stand for them there.

    Raises
    ------
    AnalysisError
        If the survey has no ids, or no student of one is in the other.

    Notes
    -----
    Leading zeros do not matter. An id that two schools of the gradebook gave is the student of the school
    that the survey names; where it names neither, it is nobody's.
    """
    key = identity.local_key()
    known = _respondents(responses, ids, key)
    frames = [gradebook.scores, gradebook.marks, gradebook.totals]
    places = [_places(frame) for frame in frames]
    students = sorted({student for names, _ in places for student in names if student[0]})
    stands, unsure = _stands(students, known, _schools(responses), ids, key)
    found = set(stands.values()) & set(known.values())
    if not found:
        raise AnalysisError(_strangers(students, ids))
    scores, marks, totals = (
        frame.assign(student=_named(names, at, stands))
        for frame, (names, at) in zip(frames, places, strict=True)
    )
    matched = int(responses["respondent"].isin(found).sum())
    others = len(set(stands.values()) - found)
    said = [
        (matched, "rows belong to a student in the gradebook", "joined by id"),
        (len(responses) - matched, "rows belong to no student in the gradebook, and were kept",
         "no id, or an id that is not in it"),
        (others, "students in the gradebook are in no row", "they did not answer, or under another id"),
        (unsure, "of these have an id that two schools of the gradebook gave, so they are nobody's",
         "the survey names neither school"),
    ]  # fmt: skip
    entries = tuple(Entry("gradebook", "all files", n, what, why) for n, what, why in said if n)
    return replace(gradebook, scores=scores, marks=marks, totals=totals), entries


def _respondents(responses: pd.DataFrame, ids: str, key: bytes) -> dict[str, str]:
    """Return the survey's respondents by their keyed hash."""
    named = [str(one) for one in responses["respondent"].dropna().unique()]
    if all(_NUMBERED.match(one) for one in named):
        raise AnalysisError(
            "The survey has no students' ids, so nothing says whose marks are whose. Read it with a column "
            "of ids, as the instrument's `identity: respondent` names it."
        )
    if ids == "hashed":
        return {one: one for one in named}
    known = {}
    for one in named:
        number, _, school = one.partition(" @ ")
        whole = identity.with_school(identity.plain(number), school) if school else number
        known[identity.replaced(whole, key)] = one
    return known


def _schools(responses: pd.DataFrame) -> dict[str, set[str]]:
    """Return the schools of each respondent, as they are compared."""
    found: dict[str, set[str]] = {}
    if "school" in responses:
        pairs = responses[["respondent", "school"]].dropna().drop_duplicates()
        for respondent, school in zip(pairs["respondent"], pairs["school"], strict=True):
            found.setdefault(str(respondent), set()).add(fold(str(school)))
    return found


def _places(frame: pd.DataFrame) -> tuple[list[Key], np.ndarray]:
    """Return the students of a table with their schools, and each row's place among them."""
    import numpy as np
    import pandas as pd

    student, ids = pd.factorize(frame["student"])
    school, schools = pd.factorize(frame["school"])
    both = (student + 1).astype(np.int64) * (len(schools) + 1) + (school + 1)
    kept, at = np.unique(both, return_inverse=True)
    texts = ["", *(name_of(one).strip() for one in ids)]
    units = ["", *(name_of(one).strip() for one in schools)]
    return [(texts[k // len(units)], units[k % len(units)]) for k in kept.tolist()], at


def _stands(
    students: Sequence[Key], known: dict[str, str], schools: dict[str, set[str]], ids: str, key: bytes
) -> tuple[dict[Key, str], int]:
    """Return what stands for each student in the survey, and of how many two schools leave it open."""
    places: dict[str, set[str]] = {}
    for text, school in students:
        places.setdefault(identity.plain(text), set()).update({fold(school)} - {""})
    found: dict[Key, str] = {}
    unsure = set()
    for text, school in students:
        apart = identity.with_school(identity.plain(text), school)
        own = identity.replaced(apart, key)
        if school and own in known:
            found[text, school] = known[own]
            continue
        alone = text if text in known else identity.replaced(text, key)
        if alone not in known:
            found[text, school] = alone if ids == "hashed" else text
            continue
        respondent = known[alone]
        if len(places[identity.plain(text)]) > 1 and fold(school) not in schools.get(respondent, ()):
            unsure.add(own)
            found[text, school] = own if ids == "hashed" else identity.shown(apart)
            continue
        found[text, school] = respondent
    return found, len(unsure)


def _named(names: list[Key], at: np.ndarray, stands: dict[Key, str]) -> np.ndarray:
    import numpy as np

    found: np.ndarray = np.array([stands.get(one) for one in names], object)[at]
    return found


def _strangers(students: list[Key], ids: str) -> str:
    """Return why nobody is in both; no id is named."""
    shapes = Counter(re.sub(r"\W", "-", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text)))[:24]
                     for text, _ in students if not HASHED.match(text))  # fmt: skip
    hashes = sum(1 for text, _ in students if HASHED.match(text))
    shape, n = max(shapes.items(), key=lambda one: one[1], default=("", 0))
    if not students:
        return "The gradebook names no student. Read one with the students' ids."
    if hashes > len(students) / 2:
        theirs = "keyed hashes"
    elif n >= MIN_N_SHOWN:
        theirs = f"mostly like {shape} (9 for a digit, a for a letter)"
    else:
        theirs = "as in its file (of Canvas the SIS User ID, else Canvas' own)"
    ours = "keyed hashes of its column of student ids" if ids == "hashed" else "its column of student ids"
    return (
        f"No student is in both: the survey's ids are {ours}, the gradebook's are {theirs}. "
        "Give both the same kind of id, and hash both on this machine."
    )
