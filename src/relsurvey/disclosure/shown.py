"""Who stands behind each figure of a view: told by the view itself, as a reader of it would tell."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.disclosure.cells import cells
from relsurvey.disclosure.rows import rows_of
from relsurvey.errors import DisclosureError
from relsurvey.instrument.crossing import crossed, pair
from relsurvey.instrument.fold import fold
from relsurvey.reading import identity
from relsurvey.scoring import question as scored_question
from relsurvey.scoring import score
from relsurvey.words import say, speaking_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.instrument import Instrument

#: A unit, a group variable and a row of its table; the last two are empty for the unit as a whole.
Key = tuple[str, str, str]

#: Twelve hex digits of a student's hash, then twelve of the student's answers.
PERSON = 12

#: What the hash of a row without an id begins with: changed in anything, it is another one.
NAMELESS = "-"

#: From here on stands what counts as no answer, such as "Not sure"; below an answer that counts.
NOT_COUNTED = 0x8000

#: What an answer to a question has in it that is favorable, and what stands for a share in a scale that is.
FAVORABLE_ANSWER, FAVORABLE_SHARE = 0x4000, 2

_ROW_NUMBER = re.compile(r"row-\d+\Z")


@dataclass(frozen=True)
class Shown:
    """The students behind each unit and row that a view shows.

    Attributes
    ----------
    min_n
        Fewest students of anything shown.
    sets
        By unit, variable and row: the students, each as a keyed hash of who it is and one of the answers.
    units
        By unit: a keyed hash of its school and team, since another release may give it another id. Empty
        where a ledger was written before it held them.
    withheld
        Shares that are left out to protect a few: unit, variable (empty for its page), and the scale or item.
    untold
        Shares of which nothing is told for any other reason, as :attr:`withheld`.
    scales, questions
        By scale the questions that it is made of; by question a hash of its words.
    answered
        Of each student four hex digits a scale, 0001 where the student has a share in it,
        :data:`FAVORABLE_SHARE` where that is favorable; then four a question, which stand for the answer:
        0000 for none, with :data:`FAVORABLE_ANSWER` in it for a favorable one, from :data:`NOT_COUNTED` on
        for one that does not count.
    by
        The group variables that the view was made by, whether or not it shows tables of them.
    cells
        By each of these variables, and those of earlier releases, who is in each school, team and category,
        by the first part of a student's hash; under "" in each school and team alone. Not known of an
        earlier release.
    """

    min_n: int
    sets: dict[Key, frozenset[str]]
    units: dict[str, str] = field(default_factory=dict)
    withheld: frozenset[Key] = frozenset()
    untold: frozenset[Key] = frozenset()
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict, repr=False)
    by: tuple[str, ...] = ()
    cells: Mapping[str, list[frozenset[str]]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class LeftOut:
    """Scales and questions that a view leaves out beside earlier releases: now, and of the wave before."""

    now: frozenset[Key] = frozenset()
    before: frozenset[Key] = frozenset()


NOTHING = LeftOut()


def shown(
    view: Mapping[str, Any],
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    *,
    key: bytes,
    ids: Literal["hashed", "as-is"] = "hashed",
    also: Collection[str] = (),
) -> Shown:
    """Return who stands behind each unit and row of a published view.

    Parameters
    ----------
    view
        The view's JSON.
    responses, answers
        The rows of its wave: codes, and labels.
    instrument
        What was asked.
    key
        What students are hashed with.
    ids
        Whether the respondents of these rows are hashed already.
    also
        Variables by which earlier releases were made.

    Raises
    ------
    DisclosureError
        If two groups or teams of the view bear the same name, so that nobody could tell them apart.

    Notes
    -----
    Read are titles and labels, not what the gate decided: the ledger then holds what readers got, whatever
    decided it. The rows of a table hold every student of its unit, so whoever is in no named row is in the
    one of other answers and none. A figure of a row may be hidden; here the row counts as shown whole.
    """
    # The labels that are read here were written with the words of what the view is of.
    with speaking_of(view.get("subject", "answers")):
        return _shown(view, responses, answers, instrument, key, ids, also)


#: Stands for a group variable where the work is meant that a unit's weeks and policies rest on.
WORK = "work"

#: The same for each week of a run chart; the row is the week.
WEEK = "week"


def of_work(view: Mapping[str, Any], work: pd.DataFrame, *, key: bytes) -> dict[Key, frozenset[str]]:
    """Return whose work stands behind the weeks and the policies of a view of marks.

    Parameters
    ----------
    view
        The view's JSON.
    work
        One row a student: ``respondent`` (hashed), ``school``, and ``work``, a number that stands for it.
    key
        What students are hashed with.
    """
    language, students = view["languages"][0], _at_work(work, ["work"], key)
    return {
        (unit["id"], WORK, ""): frozenset(students[_inside(unit, work, language)])
        for unit in view["units"]
        if unit.get("weeks") or unit.get("lab")
    }


def of_weeks(view: Mapping[str, Any], weeks: pd.DataFrame, *, key: bytes) -> dict[Key, frozenset[str]]:
    """Return whose work stands behind each week that a view of marks draws.

    Parameters
    ----------
    view
        The view's JSON.
    weeks
        One row a student and week: ``respondent`` (hashed), ``school``, ``week``, and ``work``, which stands
        for the student's work of that week.
    key
        What students are hashed with.
    """
    language, students = view["languages"][0], _at_work(weeks, ["week", "work"], key)
    return {
        (unit["id"], WEEK, week): frozenset(
            students[_inside(unit, weeks, language) & (weeks["week"] == week).to_numpy()]
        )
        for unit in view["units"]
        for week in {
            point["week"]
            for run in unit.get("weeks", ())
            for point in run["points"]
            if point.get("percent") is not None
        }
    }


def _at_work(work: pd.DataFrame, about: Sequence[str], key: bytes) -> np.ndarray:
    """Return a student's keyed hashes, one a row: who, and what some columns say."""
    import numpy as np

    own = [person(key, who) for who in work["respondent"]]
    said = zip(*(work[column] for column in about), strict=True)
    lines = [
        who + _short(key, "\x1f".join([who, *map(str, one)])) for who, one in zip(own, said, strict=True)
    ]
    return np.asarray(lines, dtype=object)


def _shown(
    view: Mapping[str, Any],
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    key: bytes,
    ids: Literal["hashed", "as-is"],
    also: Collection[str],
) -> Shown:
    import numpy as np

    named = responses["respondent"].notna()
    once = ~(named & responses.duplicated("respondent", keep="last")).to_numpy()
    reached = answers[list(instrument.items)].notna().any(axis=1).to_numpy()
    responses, answers = responses[once & reached], answers[once & reached]
    own = _students(responses, answers, instrument, key, ids)
    students = np.asarray(own, dtype=object)
    language = view["languages"][0]
    questions = {item["id"]: _hash_of_words(item["text"][language]) for item in view["items"]}
    scales = {
        scale["id"]: tuple(item for item in instrument.scales[scale["id"]].items if item in questions)
        for scale in view["scales"]
    }
    answered = _answered(own, responses, answers, instrument, [*scales], [*questions])
    sets: dict[Key, frozenset[str]] = {}
    units: dict[str, str] = {}
    for unit in view["units"]:
        units[unit["id"]] = _short(key, "\x1f".join(["unit", *_place(unit, responses, language)]))
        inside = _inside(unit, responses, language)
        sets[unit["id"], "", ""] = frozenset(students[inside])
        for table in unit["groups"]:
            variable = table["variable"]
            labels = [row["label"][language] for row in table.get("rows", ())]
            if pair(variable) is None:
                group, column = instrument.groups[variable], responses[variable]
            else:
                group, column = crossed(instrument, responses, variable)
            for name, members in rows_of(labels, column[inside], group, language):
                sets[unit["id"], variable, name] = frozenset(students[inside][members])
    least = view["provenance"]["settings"]["min_n"]
    by = tuple(dict.fromkeys(table["variable"] for unit in view["units"] for table in unit["groups"]))
    people = cells(responses, [student[:PERSON] for student in own], instrument, dict.fromkeys([*by, *also]))
    return Shown(least, sets, units, *_not_told(view), scales, questions, answered, by, people)


def _not_told(view: Mapping[str, Any]) -> tuple[frozenset[Key], frozenset[Key]]:
    """Return the shares that a view leaves out to protect a few, and those of which it tells nothing else."""
    reasons: dict[Key, set[str | None]] = {}
    for unit in view["units"]:
        pages = [("", unit["scales"]), ("", unit["items"])]
        rows = [
            (table["variable"], row["cells"]) for table in unit["groups"] for row in table.get("rows", ())
        ]
        for variable, told in (*pages, *rows):
            for cell in told:
                of = f"scale {cell['scale']}" if "scale" in cell else f"item {cell['item']}"
                reasons.setdefault((unit["id"], variable, of), set()).add(cell.get("reason"))
    withheld = frozenset(key for key, why in reasons.items() if "protected" in why)
    silent = frozenset(key for key, why in reasons.items() if not why & {None, "words_only", "protected"})
    return withheld, silent


def _students(
    responses: pd.DataFrame, answers: pd.DataFrame, instrument: Instrument, key: bytes, ids: str
) -> list[str]:
    """Return a student's keyed hashes, one a row: who, and what was answered to which question.

    Only what was answered is hashed, so that a question nobody had answered yet changes no one. A row without
    an id is known by all that it says: to change it is to leave and to join.
    """
    import numpy as np

    said: list[list[str]] = [[] for _ in range(len(responses))]
    for item in instrument.items:
        codes, labels = responses[item].to_numpy(dtype=float), answers[item].notna().to_numpy()
        for i in np.flatnonzero(labels).tolist():
            said[i].append(f"{item}={codes[i]:g}")
    about = [c for c in ("school", "team", *instrument.groups) if c in responses]
    described = responses[about].astype(object).to_numpy()
    seen: dict[str, int] = {}
    found = []
    for i, respondent in enumerate(responses["respondent"]):
        if not isinstance(respondent, str) or _ROW_NUMBER.match(respondent):
            what = "\x1f".join(
                [*said[i], *(f"{name}={v}" for name, v in zip(about, described[i], strict=True))]
            )
            seen[what] = seen.get(what, 0) + 1
            own = NAMELESS + _short(key, f"row\x1e{seen[what]}\x1e{what}")[1:]
        else:
            own = person(key, respondent if ids == "hashed" else _hashed(respondent))
        found.append(own + _short(key, "\x1f".join([own, *said[i]])))
    return found


def _answered(
    students: Sequence[str],
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    scales: Sequence[str],
    questions: Sequence[str],
) -> dict[str, str]:
    """Return what stands for each student's share in each scale and answer to each question.

    An answer stands by its label: another number for it is no other answer, and another sign of what is
    favorable neither.
    """
    import numpy as np

    table = np.zeros((len(students), len(scales) + len(questions)), dtype=">u2")
    for column, scale in enumerate(scales):
        favorable = score(responses, instrument, scale).favorable
        table[:, column] = np.select([favorable == 1, favorable == 0], [FAVORABLE_SHARE, 1])
    for column, question in enumerate(questions, len(scales)):
        labels = answers[question]
        counted = responses[question].notna().to_numpy()
        codes = {
            label: 1 + int(_hash_of_words(str(label)), 16) % (FAVORABLE_ANSWER - 1)
            for label in labels.dropna().unique()
        }
        own = labels.map(codes).fillna(0).to_numpy(dtype=np.int64)
        liked = counted & (scored_question(responses, instrument, question).favorable == 1)
        table[:, column] = np.where(counted | (own == 0), own, NOT_COUNTED + own) + liked * FAVORABLE_ANSWER
    return {student: row.tobytes().hex() for student, row in zip(students, table, strict=True)}


def _hash_of_words(text: str) -> str:
    return hashlib.sha256(fold(text).encode()).hexdigest()[:PERSON]


def identified(responses: pd.DataFrame) -> bool:
    """Say whether rows bear ids of students, and not only their place in the file.

    Examples
    --------
    >>> import pandas as pd
    >>> [identified(pd.DataFrame({"respondent": who})) for who in (["row-1", None], ["row-1", "a7"])]
    [False, True]
    """
    return any(isinstance(r, str) and not _ROW_NUMBER.match(r) for r in responses["respondent"])


def person(key: bytes, respondent: str) -> str:
    """Return what the lines of a student with an id begin with."""
    return _short(key, f"id\x1e{respondent}")


def _hashed(respondent: str) -> str:
    """Return what stands for an id that was kept as it is where ids are hashed: one student in both."""
    number, *school = respondent.split(" @ ")
    return identity.replaced("\x1f".join([number, *school]), identity.local_key())


def _short(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:PERSON]


def _inside(unit: Mapping[str, Any], responses: pd.DataFrame, language: str) -> np.ndarray:
    """Return which rows are a unit's."""
    import numpy as np

    inside = np.ones(len(responses), dtype=bool)
    for column, name in zip(("school", "team"), _place(unit, responses, language), strict=False):
        inside &= (responses[column] == name).to_numpy(dtype=bool)
    return inside


def _place(unit: Mapping[str, Any], responses: pd.DataFrame, language: str) -> tuple[str, ...]:
    """Return a unit's school and team, as far as it has them."""
    if unit["kind"] == "all":
        return ()
    title = unit["title"][language]
    if unit["kind"] == "school":
        return (title,)
    pairs = responses[["school", "team"]].dropna().drop_duplicates()
    places = [
        (school, team)
        for school, team in zip(pairs["school"], pairs["team"], strict=True)
        if say(language, "unit.team", school=school, team=team) == title
    ]
    if len(places) != 1:
        raise DisclosureError(f"Two teams are shown as {title!r}: name them apart in the file.")
    return places[0]
