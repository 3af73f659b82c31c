"""Forget a study, or a student: first said, then done."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from relsurvey.disclosure import forgetting
from relsurvey.errors import ReadError
from relsurvey.escape import slug
from relsurvey.grading import list_files, read_files, snapshots
from relsurvey.grading.formats import oneroster
from relsurvey.grading.headings import ROLE_OF, heading_key
from relsurvey.grading.mapping_sources import candidates
from relsurvey.keeping import books, log, places
from relsurvey.reading import Limits, identity
from relsurvey.reading.opening import Column, Opened, Sheet, open_file
from relsurvey.sealed import Book

#: The study that gradebooks are read for, where they are published.
MARKS = "grading-practices-view"
#: What heads a column of students' ids, without blanks: in gradebooks, and in Aeries and OneRoster's tables.
_HEADS = frozenset(
    (
        *(heading.replace(" ", "") for heading, role in ROLE_OF.items() if role == "student"),
        *("sn", "permid", "studentnumber", "studentsourcedid", "usersourcedid"),
    )
)
#: OneRoster's tables whose rows are persons.
_PEOPLE = frozenset(("users", "demographics"))
#: An id of so many signs could be a score, or an answer.
_SHORT = 3


@dataclass(frozen=True)
class Step:
    """One thing that goes.

    Attributes
    ----------
    what
        In words; it names no student.
    do
        Does it.
    """

    what: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Forgetting:
    """What would be forgotten: nothing is, until its steps are done.

    Attributes
    ----------
    steps
        What goes.
    stays
        What stays, since it is not relsurvey's to delete: a sentence each.
    """

    steps: tuple[Step, ...]
    stays: tuple[str, ...]
    _facts: dict[str, str]

    def note(self) -> None:
        """Note in the log that it was done.

        Raises
        ------
        PublishError
            If relsurvey's own folder cannot be written to.
        """
        log.note("deleted", **self._facts)


def study(instrument: str, *, files: bool = False) -> Forgetting:
    """Say what would go of a study.

    Parameters
    ----------
    instrument
        The id of its instrument.
    files
        Whether the files that were read go too.

    Raises
    ------
    ReadError
        If nothing is known of it.
    """
    home, name = identity.home(), slug(instrument)
    known = places.read().of(instrument)
    ledgers = [
        home / "releases" / f"{name}.jsonl",
        *(folder.ledger for folder in known.folders.values() if folder.ledger is not None),
    ]
    steps = [
        *(_deleted("the ledger of releases", file) for file in ledgers if file.exists()),
        *(
            _deleted("the decisions on comments", file)
            for file in (
                home / "comments" / f"{part}.jsonl" for part in (name, slug(f"{instrument}-simulated"))
            )
            if file.exists()
        ),
        *(
            _deleted("a remembered mapping", file)
            for file in sorted((home / "mappings").glob(f"{name}-*.yaml"))
            # Another instrument's name may begin alike.
            if "-" not in file.stem.removeprefix(f"{name}-")
        ),
    ]
    stays = [
        f"{folder.path}: a published view. It holds aggregates"
        f"{' and comments in the words of students' if _quotes(folder.path) else ''}; others may have copies."
        for folder in known.folders.values()
    ]
    gradebooks = [one.path for one in read_files.remembered()] if instrument == MARKS else []
    for path in (*(source.path for source in known.sources.values()), *gradebooks):
        if not path.exists():
            continue
        if files and path.is_file():
            steps.append(_deleted("a file with rows of students", path))
        elif files:
            stays.append(f"{path}: a folder of the school, with rows of students. Delete it there.")
        else:
            stays.append(f"{path}: a file of the school, with rows of students. --files deletes it too.")
    if not steps and not known.sources and not known.folders and not gradebooks:
        raise ReadError(f"Nothing is known of a study {instrument!r}. `relsurvey where` lists what is.")
    if known.sources or known.folders:
        steps.append(Step("the list of its files and folders", lambda: _unlist(instrument)))
    if gradebooks:
        steps.append(Step("the list of gradebooks read", read_files.forget))
    if any(file.exists() for file in ledgers) and known.folders:
        stays.append(
            "Without its ledger nothing more can be published to those folders: delete them first, and know "
            "that what was published can no longer be held against a later release."
        )
    return Forgetting(tuple(steps), tuple(stays), {"study": instrument, "files": "yes" if files else "no"})


def student(number: str, school: str | None = None) -> Forgetting:
    """Say what would go of a student; the id is hashed, and stands in nothing that is returned.

    Parameters
    ----------
    number
        The id, as the school's files have it.
    school
        The school's name, where two schools gave the same id.

    Raises
    ------
    ReadError
        If there is no id.
    """
    if not number.strip():
        raise ReadError("There is no id to forget: give the student's id as the school's file has it.")
    plain = identity.plain(number)
    key = identity.local_key()
    ids = [plain, *([identity.with_school(plain, school)] if school else [])]
    respondents = [identity.replaced(text, key) for text in ids]
    known, home = places.read(), identity.home()
    ledgers = {
        *(home / "releases").glob("*.jsonl"),
        *(
            folder.ledger
            for folder in known.folders.values()
            if folder.ledger is not None and folder.ledger.exists()
        ),
    }
    steps = [
        Step(
            f"the student's lines in the ledger of releases {file}",
            lambda file=file: forgetting.forget(file, respondents),  # type: ignore[misc]
        )
        for file in sorted(ledgers)
        if forgetting.holds(file, respondents)
    ]
    stays = []
    if steps:
        stays.append(
            "What was published: it holds aggregates. The same answers or marks cannot be published again "
            "without the student, since the difference would show the student's own: publish beforehand what "
            "is still needed of them. Later waves can be published."
        )
    students = {books.student(respondent) for respondent in respondents}
    for file in sorted((home / "comments").glob("*.jsonl")):
        book = books.decisions_at(file)
        if any(
            _of(comment, students)
            for entry in book.read().entries
            for comment in entry.get(books.COMMENTS, ())
        ):
            steps.append(
                Step(
                    f"what was decided of the student's comments, in {file}",
                    lambda book=book: _without(book, students),  # type: ignore[misc]
                )
            )
    stays += [
        f"{folder.path}: a published view with comments in the words of students. If one is of this student, "
        "take it back (`relsurvey comments`) and publish again before the student is forgotten, or delete "
        "the folder; others may have copies."
        for folder in known.folders.values()
        if _quotes(folder.path)
    ]
    for folder in snapshots.folders():
        kept = snapshots.Snapshots(folder, synced=True)
        found_in, broken = kept.holding(number)
        if found_in:
            steps.append(
                Step(
                    f"the student's rows in {len(found_in)} snapshots of a gradebook in {folder}",
                    lambda kept=kept: _forget_in(kept, number),  # type: ignore[misc]
                )
            )
        stays += broken
    lists, unknown = list_files.holding(number)
    steps += [
        Step(
            f"the whole list {one.path}, which names the student: make it again without them",
            lambda one=one: list_files.delete(one),  # type: ignore[misc]
        )
        for one in lists
    ]
    stays += unknown
    places_ = [(source.path, False) for source in known.sources.values()]
    for path, often in (*places_, *((one.path, True) for one in read_files.remembered())):
        found = _stands_in(path, plain, often=often)
        if found is None:
            stays.append(f"{path}: cannot be read, so it is not known whether the id stands in it.")
        elif found:
            stays.append(f"{path}: this file of the school still holds the id. Delete the row there.")
    return Forgetting(tuple(steps), tuple(stays), {"student": "one"})


def _quotes(folder: Path) -> bool:
    """Return whether a published folder, or one of a team in it, holds comments, as far as it can be read."""
    for file in (*folder.glob("*.relsurvey.json"), *folder.glob("*/*.relsurvey.json")):
        try:
            units = json.loads(file.read_text("utf-8"))["units"]
            if any(unit.get("comments") for unit in units):
                return True
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return True
    return False


def _deleted(what: str, path: Path) -> Step:
    def delete() -> None:
        try:
            for file in (path, path.with_name(f"{path.name}.lock")):
                file.unlink(missing_ok=True)
        except OSError as cause:
            raise ReadError(
                f"{path} cannot be deleted: {cause.strerror}. Close it elsewhere and try again."
            ) from cause

    return Step(f"{what}: {path}", delete)


def _unlist(instrument: str) -> None:
    with places.changed() as known:
        known.sources = {key: s for key, s in known.sources.items() if s.instrument != instrument}
        known.folders = {key: f for key, f in known.folders.items() if f.instrument != instrument}


def _of(comment: str, students: set[str]) -> bool:
    return comment.split(".")[0] in students


def _without(book: Book, students: set[str]) -> None:
    def change(entries: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        kept = []
        for entry in entries:
            comments = entry.get(books.COMMENTS)
            if isinstance(comments, list):
                left = [comment for comment in comments if not _of(comment, students)]
                if not left:
                    continue
                entry = {**entry, books.COMMENTS: left}
            kept.append(entry)
        return [*kept, {"forgotten": "one student", "when": log.now()}]

    book.rewrite(change)


def _forget_in(kept: snapshots.Snapshots, number: str) -> None:
    # Those that are broken stand in `stays`; they keep nobody from being forgotten in the others.
    with suppress(ReadError):
        kept.forget(number)


def _stands_in(path: Path, plain: str, *, often: bool) -> bool | None:
    """Say whether a file, or a table of a package, has a column of ids with this one in it; None: not known.

    In a gradebook a student can stand `often`: a row for each piece of work.
    """
    if not path.exists():
        return False
    try:
        package = oneroster.unpacked(path, Limits()) if oneroster.package(path) else nullcontext([path])
        with package as files:
            return any(_holds(file, plain, often=often) for file in files)
    except ReadError:
        return None


def _holds(file: Path, plain: str, *, often: bool) -> bool:
    opened = open_file(file, Limits())
    columns = [column for sheet in opened.sheets for column in _columns(sheet, file.stem, plain, often=often)]
    if often and not any(map(_roster, opened.sheets)):
        columns += _mapped(opened, file)
    return any(identity.plain(text) == plain for column in columns for text in column.counts())


def _mapped(opened: Opened, file: Path) -> list[Column]:
    """Return the columns that a gradebook's mapping, beside it or remembered, says to hold ids."""
    from relsurvey.grading.propose import propose

    # Not every file with rows of students is a table with a header, and a mapping may be broken.
    with suppress(ReadError):
        table = propose(opened).table
        for _, mapping in candidates(file, table.fingerprint):
            ids = {name for name, role in mapping.columns.items() if role == "student"}
            return [column.cells for column in table.columns if column.name in ids]
    return []


def _columns(sheet: Sheet, stem: str, plain: str, *, often: bool) -> list[Column]:
    """Return the columns of ids: by their headings, or else by what is in them."""
    heads = _HEADS
    if _roster(sheet) and stem.casefold() in _PEOPLE:
        heads |= {"sourcedid", "identifier"}
    headed = [column for column in sheet.columns if _headed(column, heads)]
    # Results and pieces of work are numbered too.
    if _roster(sheet) or (headed and len(plain) <= _SHORT):
        return headed
    others = [column for column in sheet.columns if (often and len(plain) > _SHORT) or _differs(column)]
    return headed + others


def _roster(sheet: Sheet) -> bool:
    """Say whether a sheet is a table of OneRoster."""
    return sheet.height > 0 and any(_bare(column[0]).endswith("sourcedid") for column in sheet.columns)


def _headed(column: Column, heads: frozenset[str]) -> bool:
    texts = column.counts()
    # Under "Student" there may be names alone.
    return any(_bare(text) in heads for text in texts) and any(
        sign.isdigit() for text in texts for sign in text
    )


def _differs(column: Column) -> bool:
    """Say whether texts differ from row to row, as ids do; answers such as 4 do not, nor do scores."""
    counts = {text: n for text, n in column.counts().items() if text.strip()}
    return len(counts) * 4 >= sum(counts.values())


def _bare(heading: str) -> str:
    return heading_key(heading).replace(" ", "")
