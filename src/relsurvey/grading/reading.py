"""Gradebook files → one gradebook: what each file says, what a caller adds, and what an empty cell counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.errors import BlankChoiceError, ReadError
from relsurvey.grading import codes as code_table
from relsurvey.grading import read_files
from relsurvey.grading.formats import Part, Settings
from relsurvey.grading.gradebook import MARKS, TOTALS, Gradebook, table
from relsurvey.grading.mapping import OWN, GradebookMapping
from relsurvey.grading.mapping_sources import Given, candidates, given_mapping
from relsurvey.grading.policy import Policy
from relsurvey.grading.pooled import Pool
from relsurvey.reading.ledger import Entry
from relsurvey.reading.limits import Limits
from relsurvey.reading.match import shown
from relsurvey.reading.opening import Opened, Sheet, from_frame, open_files

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from typing_extensions import TypeIs

    from relsurvey.grading.exported import Zeroed

#: What the ledger says where nothing but its name tells of a file's course.
BY_NAME = "the file's own name was taken for the course"
#: What an empty cell can be, the first as the base.
BLANKS = ("ungraded", "zero", "excused")


@dataclass(frozen=True)
class Source:
    """A gradebook's file and what it does not say about itself.

    Attributes
    ----------
    path
        The file.
    course, teacher, term, school, section
        Of every row in it.
    """

    path: str | Path
    course: str | None = None
    teacher: str | None = None
    term: str | None = None
    school: str | None = None
    section: str | None = None


def read_gradebook(
    paths: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source | pd.DataFrame],
    *,
    blank: Literal["ungraded", "zero", "excused"] | None = None,
    codes: Mapping[str, float | str] | None = None,
    course: str | None = None,
    term: str | None = None,
    teacher: str | None = None,
    mapping: Given = None,
    school: str | None = None,
    policy: Policy | Sequence[Policy] | None = None,
    ids: Literal["as-is", "hashed"] = "as-is",
    limits: Limits | None = None,
) -> Gradebook:
    """Read gradebooks: exports as they come, and plain tables through a mapping.

    Exports that are known by themselves: Canvas, OneRoster's CSV tables, PowerSchool's StoredGrades, Aeries'
    table of grades and Google Classroom.

    Parameters
    ----------
    paths
        A file, a DataFrame, a :class:`Source`, or a list of them. OneRoster's tables are read together: name
        their folder, their ZIP file, or all of them.
    blank
        What an empty cell is: ``"ungraded"`` (left out until it is graded), ``"zero"`` or ``"excused"``. It
        must be said where it changes a mark.
    codes
        What a text in place of a number means: ``missing``, ``excused``, ``not_assigned``, ``ungraded`` (as
        if the cell were empty) or the number that it counts. ``EX`` and ``N/A`` are known. A number is a code
        only where it stands here.
    course, term, teacher, school
        What the files do not say. Without a course each file is one, by its own name.
    mapping
        How a plain table is read, and what another export does not say of itself (categories, codes, what
        courses count for): a path, a mapping, or its parts.
    policy
        The courses' own rules; they win over what the files show.
    ids
        ``"hashed"`` replaces students' ids with a keyed hash whose key stays on this machine, the same as in
        :func:`relsurvey.read`. An e-mail address names a person and is always replaced so.
    limits
        What reading a file may cost.

    Returns
    -------
    Gradebook
        With a ledger of every decision; names are not in it.

    Raises
    ------
    BlankChoiceError
        If empty cells matter and ``blank`` is None, with what each choice would do.
    ReadError
        In one sentence: what is wrong with a file, where, and what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> export = pd.DataFrame(
    ...     [["    Points Possible", "", "", "", "10.00", "(read only)", "(read only)"],
    ...      ["A, A", "1", "901", "P1", "8.00", "80.00", "80.00"]],
    ...     columns=["Student", "ID", "SIS User ID", "Section", "Quiz (77)", "Current Score", "Final Score"],
    ... )
    >>> gradebook = read_gradebook(export, course="Algebra")
    >>> gradebook.marks[["student", "course", "letter", "percent"]].values.tolist()
    [['901', 'Algebra', 'B', 80.0]]
    """
    if blank not in (None, *BLANKS):
        raise ReadError(f"blank={blank!r} is not known. Use 'ungraded', 'zero' or 'excused'.")
    if ids not in ("as-is", "hashed"):
        raise ReadError(f"ids={ids!r} is not known. Use 'as-is' or 'hashed'.")
    given = given_mapping(mapping)
    checked = code_table.table(codes)

    def settings_of(source: Source) -> Settings:
        return Settings(
            course=source.course or course,
            teacher=source.teacher or teacher,
            term=source.term or term,
            school=source.school or school,
            section=source.section,
            codes=checked,
            path=Path(source.path) if source.path else None,
        )

    listed = _listed(paths)
    pool = Pool(_parts(listed, given, settings_of, limits or Limits()))
    read_files.remember(_path(one) for one in listed if not _is_frame(one))
    pool.settle(_given_policies(policy))
    return _finished(pool, blank, ids)


def _listed(paths: Any) -> list[Any]:
    if isinstance(paths, (str, Path, Source)) or _is_frame(paths):
        return [paths]
    try:
        listed = list(paths)
    except TypeError:
        raise _no_source(paths) from None
    if not listed:
        raise ReadError("There is no file to read: the list is empty.")
    for one in listed:
        if not isinstance(one, (str, Path, Source)) and not _is_frame(one):
            raise _no_source(one)
    return listed


def _path(source: str | Path | Source) -> Path:
    return Path(source.path if isinstance(source, Source) else source)


def _parts(
    listed: Sequence[Any],
    mapping: GradebookMapping | None,
    settings_of: Callable[[Source], Settings],
    limits: Limits,
) -> list[tuple[Part, str]]:
    """Return what the sources hold, each with the file's name; OneRoster's tables together are one."""
    from relsurvey.grading.formats import oneroster

    parts: list[tuple[Part, str]] = []
    files: list[Any] = []
    for one in listed:
        if _is_frame(one) or not oneroster.package(_path(one)):
            files.append(one)
            continue
        path = _path(one)
        with oneroster.unpacked(path, limits) as unpacked:
            tables = [(oneroster.detect(opened), opened) for opened in open_files(unpacked, limits)]
        settings = settings_of(one if isinstance(one, Source) else Source(one))
        name = path.resolve().name
        read = oneroster.read(tables, mapping or _beside(path), settings, name)
        parts += [(part, name) for part in read]
    twice: list[Entry] = []
    loose: list[tuple[str | None, Opened]] = []
    said = Source("")
    seen: dict[tuple[Any, ...], str] = {}
    for opened, source in _opened(files, limits):
        stem = oneroster.detect(opened)
        if stem is not None:
            loose.append((stem, opened))
            said = source if stem == "results" else said
            continue
        same = (opened.sha256, replace(source, path=""))
        if same in seen:
            what = f"left out: {opened.file} is the same file as {seen[same]}"
            why = "a file that is given twice is read once"
            twice.append(Entry("duplicates", opened.file, 0, what, why))
            continue
        seen[same] = opened.file
        settings = settings_of(source)
        part = _noted(_named(_part(opened, mapping, settings), opened, settings), opened.notes)
        parts.append((part, opened.file))
    if loose:
        name = oneroster.NAME
        parts += [(part, name) for part in oneroster.read(loose, mapping, settings_of(said), name)]
    if twice:
        part, name = parts[0]
        parts[0] = replace(part, entries=(*part.entries, *twice)), name
    return parts


def _no_source(given: object) -> ReadError:
    return ReadError(
        f"A {type(given).__name__} cannot be read as a gradebook. "
        "Give a path, a DataFrame, a Source, or a list of them."
    )


def _is_frame(source: object) -> TypeIs[pd.DataFrame]:
    return hasattr(source, "iloc") and hasattr(source, "columns")


def _opened(sources: Sequence[Any], limits: Limits) -> Iterable[tuple[Opened, Source]]:
    files = [one if isinstance(one, Source) else Source(one) for one in sources if not _is_frame(one)]
    opened = iter(zip(open_files([Path(one.path) for one in files], limits), files, strict=True))
    frames = sum(map(_is_frame, sources))
    number = 0
    for one in sources:
        if _is_frame(one):
            number += 1
            name = f"table {number}" if frames > 1 else "table"
            found = from_frame(one)
            sheets = tuple(replace(sheet, file=name) for sheet in found.sheets)
            yield replace(found, file=name, sheets=sheets), Source("")
        else:
            yield next(opened)


def _given_policies(policy: Policy | Sequence[Policy] | None) -> tuple[Policy, ...]:
    if policy is None:
        return ()
    given = (policy,) if isinstance(policy, Policy) else tuple(policy)
    for one in given:
        if not isinstance(one, Policy):
            raise ReadError(
                f"policy= is a Policy or a list of them, not a {type(one).__name__}. "
                "Read one with Policy.from_yaml(path)."
            )
    return given


def _part(opened: Opened, mapping: GradebookMapping | None, settings: Settings) -> Part:
    """Return what a file holds, by the first layout that it has.

    A mapping that names the columns wins over every layout but Canvas'.
    """
    from relsurvey.grading.formats import aeries, canvas, classroom, plain, powerschool

    found = mapping or _beside(settings.path)
    named = found is not None and found.layout not in OWN
    chosen = mapping if named else found
    forms: tuple[Any, ...] = (canvas,) if named else (canvas, powerschool, aeries, classroom)
    for sheet in opened.sheets:
        for form in forms:
            if not form.detect(sheet):
                continue
            found_in = [one for one in opened.sheets if form.detect(one)]
            if len(found_in) > 1:
                raise _several(opened, found_in)
            part: Part = form.read(sheet, chosen, settings, opened.notes)
            if chosen is not None:
                part = replace(part, marks=chosen.with_courses(part.marks))
            return _without_others(part, opened, sheet.where)
    part = plain.read(opened, mapping, settings)
    return _without_others(part, opened, part.entries[0].where)


def _without_others(part: Part, opened: Opened, where: str) -> Part:
    """Return a part whose ledger says that the file has other sheets."""
    rest = sum(any(column.filled().any() for column in sheet.columns) for sheet in opened.sheets) - 1
    if rest < 1:
        return part
    other = Entry("other sheets", where, rest, "other sheets were left out", "this one holds the gradebook")
    return replace(part, entries=(*part.entries, other))


def _several(opened: Opened, sheets: Sequence[Sheet]) -> ReadError:
    names = " and ".join(shown(sheet.name, 30) for sheet in sheets[:4])
    return ReadError(
        f"{opened.file} holds a gradebook in each of {len(sheets)} sheets, such as {names}. "
        "Save each as a file of its own, and read them together."
    )


def _beside(path: Path | None) -> GradebookMapping | None:
    """Return the mapping that lies beside a file under its name, once a person has looked it over."""
    for _, found in candidates(path, "") if path is not None else ():
        return found if found.confirmed else None
    return None


def _named(part: Part, opened: Opened, settings: Settings) -> Part:
    """Return a part whose course has a name: without any, the file's own."""
    frames = (part.scores, part.marks, part.totals)
    if any(frame["course"].notna().any() for frame in frames):
        return part
    if settings.path is None and opened.file == "table":
        return part
    name = settings.path.stem if settings.path is not None else opened.file
    scores, marks, totals = (frame.assign(course=_repeated(name, len(frame))) for frame in frames)
    entry = Entry("given", opened.file, len(part.scores), BY_NAME, "nothing names it; course= would")
    return Part(scores, marks, totals, part.policies, (*part.entries, entry))


def _noted(part: Part, notes: Sequence[str]) -> Part:
    """Return a part whose ledger says, where it begins, how the file was opened."""
    entries = list(part.entries)
    for i, entry in enumerate(entries):
        if entry.step == "open":
            entries[i] = replace(entry, why="; ".join((entry.why, *notes)))
            break
    return replace(part, entries=tuple(entries))


def _repeated(value: object, n: int) -> NDArray[np.object_]:
    import numpy as np

    return np.full(n, value, object)


def _finished(pool: Pool, blank: str | None, ids: str) -> Gradebook:

    from relsurvey.grading.exported import Marks

    scores = _without_own(pool.scores)
    blanks = scores["status"].eq("ungraded").to_numpy(dtype=bool)
    count = int(blanks.sum())
    bare = Gradebook(scores, table(MARKS, {}, 0), table(TOTALS, {}, 0), pool.policies)
    marks = Marks(bare, _without_own(pool.marks), _without_own(pool.totals))
    if count and blank is None:
        zeroed = marks.zeroed()
        if zeroed.changed:
            raise _ask(pool.where, count, zeroed, len(marks.rows))
        what = "cells are empty, and no mark depends on what they count"
        pool.note("empty cells", count, what, "they were kept as not graded yet")
    elif count:
        pool.note("empty cells", count, f"empty cells were read as {blank}", f'blank="{blank}"')
    chosen = blank or BLANKS[0]
    if count and chosen == "zero":
        status = scores["status"].mask(blanks, "missing")
        scores = scores.assign(status=status, raw=scores["raw"].mask(blanks, 0.0))
    elif count and chosen == "excused":
        scores = scores.assign(status=scores["status"].mask(blanks, "excused"))
    finished = marks.finished(chosen, pool.note)
    letters = [column for column in pool.totals if str(column).endswith("_letter")]
    totals = _without_own(pool.totals).drop(columns=letters)
    students = int(finished["student"].nunique())
    addresses = finished["student"].astype(str).str.contains("@").to_numpy(dtype=bool)
    if ids == "hashed":
        scores, finished, totals = _hashed((scores, finished, totals))
        why = "a keyed hash whose key stays on this machine"
        pool.note("ids", students, "students' ids replaced", why)
    elif addresses.any():
        n = int(finished.loc[addresses, "student"].nunique())
        scores, finished, totals = _hashed((scores, finished, totals), "@")
        why = "an address names a person; a keyed hash, whose key stays on this machine, stands for it"
        pool.note("ids", n, "students' e-mail addresses were replaced", why)
    else:
        why = "ids='as-is': this gradebook holds the file's own ids"
        pool.note("ids", students, "students' ids kept as they are", why)
    pool.note_kept()
    known = blank if count else None
    return Gradebook(scores, finished, totals, pool.policies, known, tuple(pool.entries))


def _without_own(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the columns that only putting files together needs."""
    return frame.drop(columns=[column for column in frame if str(column).startswith("_")])


def _ask(where: str, cells: int, zeroed: Zeroed, marks: int) -> BlankChoiceError:
    changed, low = zeroed.changed, zeroed.low_before
    return BlankChoiceError(
        f"{where}: {cells:,} {'cell is' if cells == 1 else 'cells are'} empty, and that decides marks. "
        'Choose blank="ungraded" (left out until graded; the other two are counted against it), blank="zero" '
        f'(counts as 0: changes {changed:,} of {marks:,} marks) or blank="excused" '
        f"(never counts: changes 0 of {marks:,} marks).",
        cells,
        {"ungraded": 0, "zero": changed, "excused": 0},
        marks,
        {"ungraded": low, "zero": zeroed.low_after, "excused": low},
    )


def _hashed(frames: Sequence[pd.DataFrame], only: str = "") -> list[pd.DataFrame]:
    """Return tables whose students are keyed hashes; ``only`` those whose id holds a sign."""
    from relsurvey.reading.identity import local_key, replaced

    key = local_key()
    by: dict[str, str] = {}
    for frame in frames:
        for text in frame["student"].dropna().unique():
            by.setdefault(text, replaced(text, key) if only in text else text)
    return [frame.assign(student=frame["student"].map(by)) for frame in frames]
