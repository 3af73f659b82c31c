"""Who the students are: their groups, from a survey of them or a school's list, joined by id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grades.bands import BANDS, bands
from relsurvey.grades.join import join
from relsurvey.grades.units import MIN_N_BAND
from relsurvey.instrument import Category, GroupVariable, Instrument
from relsurvey.instrument.fold import fold
from relsurvey.instrument.model import Privacy
from relsurvey.reading import Entry, Limits
from relsurvey.reading.identity import local_key, plain, replaced
from relsurvey.words import languages, texts

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading import Gradebook
    from relsurvey.practices.measures import Counted
    from relsurvey.study import Study

#: Whose group variables a list of students has, where nobody says.
USUAL = "five-elements"
#: The group variable of who answered favorably to how many questions.
RELATIONSHIPS = "relationships"
#: What a ledger says of how attendance was read.
_READ = {
    "unnamed": ("rows of attendance name no student", "they were left out"),
    "from_share": ("rates of attendance were taken as shares", "all lie between 0 and 1"),
    "blank_days": ("days of attendance have no entry", "they are not counted"),
    "parts": ("days of a student have several rows of attendance", "each is taken as a part of the day"),
}


@dataclass(frozen=True, eq=False)
class People:
    """What is known of students beside their marks.

    Attributes
    ----------
    rows
        One row a student: ``respondent`` and a column a group variable; None where nothing is known.
    groups
        The group variables.
    privacy
        The thresholds that whoever asked has set.
    ids
        Whether ``respondent`` is a keyed hash.
    entries, sha256
        How it was read.
    """

    rows: pd.DataFrame | None
    groups: dict[str, GroupVariable]
    privacy: Privacy
    ids: Literal["hashed", "as-is"] = "hashed"
    entries: tuple[Entry, ...] = ()
    sha256: tuple[str, ...] = ()


def people(
    survey: Study | None,
    students: str | Path | pd.DataFrame | None,
    instrument: str | Path | Instrument | None,
) -> People:
    """Return what is known of students.

    Raises
    ------
    AnalysisError
        If an instrument is given without students.
    ReadError
        If the list has no ids.
    """
    from relsurvey.instrument.library import find
    from relsurvey.reading.roster import read_roster

    if survey is not None:
        _free(survey.instrument, RELATIONSHIPS)
        latest = survey._latest()
        found = latest.responses
        groups = {key: g for key, g in survey.instrument.groups.items() if found[key].notna().any()}
        once = found[found["respondent"].notna()].drop_duplicates("respondent", keep="last")
        columns = ["respondent", *(["school"] if "school" in once else []), *groups]
        rows = once[columns].assign(**{RELATIONSHIPS: bands(once, _together(survey))})
        return People(
            rows.reset_index(drop=True),
            {**groups, RELATIONSHIPS: _relationships()},
            survey.instrument.privacy,
            survey._ids,
            sha256=survey._sha256,
        )
    if students is None:
        if instrument is not None:
            raise AnalysisError("An instrument names groups, not who is in them: give `students` too.")
        return People(None, {}, Privacy())
    asked = instrument if isinstance(instrument, Instrument) else find(instrument or USUAL)
    _free(asked)
    roster = read_roster(students, asked, Limits(), "hashed")
    listed = roster.students
    groups = {k: g for k, g in asked.groups.items() if k in listed and listed[k].notna().any()}
    columns = ["respondent", *(["school"] if "school" in listed else []), *groups]
    rows = listed[columns].drop_duplicates("respondent", keep="last").reset_index(drop=True)
    return People(rows, groups, asked.privacy, "hashed", roster.ledger)


def _free(asked: Instrument, *taken: str) -> None:
    """Refuse group variables that are called as a column of the measures is."""
    from relsurvey.practices.measures import ITEMS

    for name in asked.groups:
        if name in (*ITEMS.values(), *taken):
            raise AnalysisError(
                f"The group variable {name!r} of {asked.id} is called as something else in a view of marks. "
                "Rename it in the instrument."
            )


def _together(survey: Study) -> Instrument:
    """Return a survey's instrument with the scales that are read as one (rules.md 9), if there are any."""
    apart = {one.scale for one in survey.reliability().scales if one.verdict.reading == "one_by_one"}
    asked = survey.instrument
    kept = {key: scale for key, scale in asked.scales.items() if key not in apart}
    return asked.model_copy(update={"scales": kept}) if kept else asked


def as_text(gradebook: Gradebook) -> Gradebook:
    """Return a gradebook whose schools and terms are text, one school written one way.

    Of several ways to write a school that differ in case and spaces, the most frequent one counts.
    """
    import pandas as pd

    names = [f[["school", "term"]] for f in (gradebook.scores, gradebook.marks, gradebook.totals) if len(f)]
    if not names:
        return gradebook
    every = pd.concat(names)
    term = {one: _plain(one) or None for one in every["term"].dropna().unique()}
    counts = every["school"].value_counts()
    written = pd.Series({one: _plain(one) for one in counts.index}, dtype=object)
    usual = {fold(name): name for name in reversed(written.tolist())}
    school = {one: usual[fold(name)] or None for one, name in written.items()}
    tables = {
        key: getattr(gradebook, key).assign(
            school=getattr(gradebook, key)["school"].map(school).astype(object),
            term=getattr(gradebook, key)["term"].map(term).astype(object),
        )
        for key in ("scores", "marks", "totals")
    }
    return replace(gradebook, **tables)


def _plain(name: object) -> str:
    return one_line(plain_text(name_of(name)))


def named(gradebook: Gradebook, known: People) -> tuple[Gradebook, tuple[Entry, ...]]:
    """Return a gradebook whose students are named as those whose groups are known, and how they were joined.

    Parameters
    ----------
    gradebook
        With ids as in its files, or hashed on this machine.
    known
        Whose groups are known. Where nobody's are, a keyed hash stands for each id (rules.md 24).

    Raises
    ------
    AnalysisError
        If no student of the gradebook is among them.
    """
    if known.rows is not None:
        joined, entries = join(gradebook, known.rows, known.ids)
        return joined, tuple(replace(entry, step="roster") for entry in entries)
    key = local_key()
    students = {one for f in (gradebook.scores, gradebook.marks) for one in f["student"].dropna().unique()}
    stands = {one: replaced(str(one), key) for one in students}
    tables = {
        name: getattr(gradebook, name).assign(student=getattr(gradebook, name)["student"].map(stands))
        for name in ("scores", "marks", "totals")
    }
    return replace(gradebook, **tables), ()


def attending(
    attendance: str | Path | pd.DataFrame | None, before: Gradebook, after: Gradebook
) -> tuple[pd.DataFrame | None, tuple[Entry, ...]]:
    """Return students' attendance by the ids that a gradebook has now, and how it was joined.

    Parameters
    ----------
    attendance
        As for :func:`relsurvey.grading.on_track`, with the ids of the gradebook's files, or hashed on this
        machine.
    before, after
        The gradebook as it was read, and as :func:`named` returned it.

    Raises
    ------
    AnalysisError
        If it has no ids, or no student of the gradebook is among them.
    """
    import pandas as pd

    from relsurvey.grading.attendance import read_attendance

    if attendance is None:
        return None, ()
    key = local_key()
    stands: dict[str, set[str]] = {}
    for name in ("scores", "marks"):
        read, now = (getattr(book, name)["student"] for book in (before, after))
        for old, new in read.to_frame().assign(new=now).dropna().drop_duplicates().to_numpy():
            for spelled in {plain(name_of(old)), replaced(name_of(old), key), str(new)}:
                stands.setdefault(spelled, set()).add(str(new))
    _, table, notes = read_attendance(attendance)
    # An id that two schools gave is nobody's here: no row of attendance says whose it is.
    one = [
        next(iter(found)) if len(found) == 1 else None
        for found in (stands.get(each) or stands.get(replaced(each, key), set()) for each in table["key"])
    ]
    known = pd.Series(one, index=table.index, dtype=object)
    kept = ["student", *(name for name in ("attendance", "suspensions") if name in table)]
    joined = table.assign(student=known)[kept].dropna(subset="student").reset_index(drop=True)
    if not len(joined):
        raise AnalysisError(
            "No student of the attendance is in the gradebook. Give both the same kind of id, and hash both "
            "on this machine."
        )
    said = [
        (len(joined), "rows of attendance belong to a student in the gradebook", "joined by id"),
        (len(table) - len(joined), "rows of attendance belong to no student in the gradebook, or to two",
         "they were left out"),
        *((n, *_READ[note]) for note, n in notes),
    ]  # fmt: skip
    return joined, tuple(Entry("attendance", "all files", n, what, why) for n, what, why in said if n)


def with_groups(counted: Counted, known: People) -> pd.DataFrame:
    """Return students' measures with their groups, one row a student and term.

    Parameters
    ----------
    counted
        The measures, of a gradebook that :func:`named` returned.
    known
        The groups.
    """
    rows = counted.rows.rename(columns={"student": "respondent"})
    if known.rows is None:
        return rows
    whole: pd.DataFrame = rows.merge(known.rows[["respondent", *known.groups]], on="respondent", how="left")
    return whole


def _relationships() -> GroupVariable:
    """Return the bands as a group variable, the least favorable first."""
    categories = tuple(
        Category(id=key, label=texts(languages(), f"practices.band_{key}")) for key in reversed(BANDS)
    )
    title = texts(languages(), "practices.relationships")
    return GroupVariable(
        id=RELATIONSHIPS,
        title=title,
        ordered=True,
        merge="ordered",
        min_n=MIN_N_BAND,
        categories=categories,
    )
