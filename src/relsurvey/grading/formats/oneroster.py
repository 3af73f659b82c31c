"""OneRoster's CSV tables together: results joined with line items, classes, enrollments and the rest.

Tables, columns and the words of ``scoreStatus, status, role`` as 1EdTech defines them: *OneRoster CSV Tables*
1.1 (imsglobal.org/oneroster-v11-final-csv-tables) and *OneRoster CSV Binding* 1.2.1
(imsglobal.org/spec/oneroster/v1p2/bind/csv). In 1.2 line items name ``academicSessionSourcedId`` in place of
``gradingPeriodSourcedId``, and their school; categories have a ``weight``; results have ``textScore, late,
missing, incomplete, inProgress``.

``scoreDate`` is the day of the score, and the tables have none of handing in: it orders several results of
one student and line item as attempts, stays in the scores as ``score_date``, and is never taken as the day
that work was handed in. A file does not say how a category's weight is scaled; only the weights'
proportions are used. Comments, demographics, names and addresses are never read.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.grading import codes
from relsurvey.grading.formats import ITEM_ID, ROW, Part, Settings, empty
from relsurvey.grading.formats.columns import many
from relsurvey.grading.gradebook import KEYS, MARKS, SCORES, TOTALS, table
from relsurvey.grading.policy import Policy
from relsurvey.instrument.fold import fold
from relsurvey.reading import dates
from relsurvey.reading.identity import rounded
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.reading.limits import Limits
    from relsurvey.reading.opening import Opened

NAME = "OneRoster export"

#: The tables that are read, each with what it must have; the first two are needed.
TABLES = {
    "results": ("lineitemsourcedid", "studentsourcedid"),
    "lineitems": ("sourcedid", "title", "classsourcedid"),
    "classes": ("sourcedid", "title"),
    "courses": ("sourcedid", "title"),
    "enrollments": ("classsourcedid", "usersourcedid", "role"),
    "categories": ("sourcedid", "title"),
    "academicsessions": ("sourcedid", "title"),
    "orgs": ("sourcedid", "name"),
    "users": ("sourcedid",),
}
#: What a person calls them, and what is lost without the ones that can be missing.
_CALLED = {"lineitems": "lineItems", "academicsessions": "academicSessions"}
_WITHOUT = {
    "classes": "courses are the classes' ids, and no term or school is taken from them",
    "courses": "courses are named by their classes' titles",
    "enrollments": "no teacher is known, and work without a result cannot be seen",
    "categories": "work has no category",
    "academicsessions": "terms are ids",
    "orgs": "schools are ids",
    "users": "students are known by their sourcedId",
}
#: Tables of the standard that say nothing of a mark.
_OTHERS = frozenset(
    (
        "manifest", "demographics", "roles", "userprofiles", "resources", "userresources", "classresources",
        "courseresources", "scorescales", "lineitemscorescales", "resultscorescales",
        "lineitemlearningobjectiveids", "resultlearningobjectiveids",
    )
)  # fmt: skip
_STATUS = {
    "exempt": "excused", "fully graded": "scored", "partially graded": "scored", "submitted": "scored",
    "not submitted": "missing",
}  # fmt: skip
_GONE = frozenset(("tobedeleted", "inactive"))
_TRUE = frozenset(("true", "1", "yes"))
_CHUNK = 1 << 20


def package(path: Path) -> bool:
    """Say whether a path can be a package of tables: a folder, or a ZIP file that is no workbook."""
    return path.is_dir() or (path.suffix.lower() == ".zip" and path.is_file())


@contextmanager
def unpacked(path: Path, limits: Limits) -> Iterator[list[Path]]:
    """Give the tables of a package as files.

    Parameters
    ----------
    path
        A folder or a ZIP file.
    limits
        What it may cost.

    Raises
    ------
    ReadError
        If it has none, or if it is damaged, protected or too large.
    """
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if file.is_file() and _stem(file.name)]
        _refuse_none(path.resolve().name, "folder", files)
        yield files
        return
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                files = _extracted(archive, path.name, Path(folder), limits)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as cause:
            raise ReadError(f"{path.name} is damaged or no ZIP file. Export it again.") from cause
        yield files


def _extracted(archive: zipfile.ZipFile, name: str, folder: Path, limits: Limits) -> list[Path]:
    """Write the tables of an archive into a folder, by names of our own."""
    left = limits.unzipped_megabytes * 1024**2
    files: dict[str, Path] = {}
    for entry in archive.infolist():
        stem = _stem(entry.filename.replace("\\", "/").rpartition("/")[2])
        if stem is None or entry.is_dir():
            continue
        if stem in files:
            raise ReadError(f"{name} holds {_called(stem)} twice. Leave one of them.")
        if entry.flag_bits & 1:
            raise ReadError(f"{name} is protected by a password. Save a copy without one.")
        files[stem] = folder / _called(stem)
        with archive.open(entry) as source, files[stem].open("wb") as target:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ReadError(
                        f"{name} holds more than {limits.unzipped_megabytes:,} MB once unpacked. "
                        "Unpack it and name the folder, or raise `limits`."
                    )
                target.write(chunk)
    _refuse_none(name, "ZIP file", files)
    return list(files.values())


def _stem(name: str) -> str | None:
    """Return the table that a file's name says it is, or None."""
    stem, _, end = name.casefold().rpartition(".")
    return stem if end in ("csv", "txt") and (stem in TABLES or stem in _OTHERS) else None


def _refuse_none(name: str, kind: str, files: Collection[object]) -> None:
    if not files:
        raise ReadError(
            f"{name} is a {kind} without a table of OneRoster, such as results.csv. "
            "Name the gradebook's file itself."
        )


def _called(stem: str) -> str:
    return f"{_CALLED.get(stem, stem)}.csv"


def detect(opened: Opened) -> str | None:
    """Return which of OneRoster's tables a file is: by its name, else by its columns; None if it is none."""
    heads = {fold(cell) for cell in opened.sheets[0].row(0)} if opened.sheets[0].height else set()
    stem = _stem(opened.file)
    if stem is not None and ("sourcedid" in heads or heads & {"propertyname"}):
        return stem
    if stem is not None and any(name.endswith("sourcedid") for name in heads):
        return stem
    for name in ("results", "enrollments"):
        if heads.issuperset(TABLES[name]):
            return name
    if heads.issuperset(TABLES["lineitems"]) and heads & {"resultvaluemax", "categorysourcedid"}:
        return "lineitems"
    if heads.issuperset(("sourcedid", "title", "coursesourcedid")):
        return "classes"
    return None


def read(
    tables: Sequence[tuple[str | None, Opened]],
    mapping: GradebookMapping | None,
    settings: Settings,
    name: str,
) -> list[Part]:
    """Read OneRoster's tables together.

    Parameters
    ----------
    tables
        The files, each with the table that it is.
    mapping
        What they do not say of themselves: courses, codes, categories, points.
    settings
        What the caller says; it fills what the tables leave empty.
    name
        What messages call all of them.

    Returns
    -------
    list of Part
        One for each set of category weights.

    Raises
    ------
    ReadError
        If a table or a column that is needed is missing, or if rows contradict each other.
    """
    return _Reader(tables, mapping, settings, name).parts()


class _Reader:
    """One set of tables on its way into a gradebook's tables."""

    def __init__(
        self,
        tables: Sequence[tuple[str | None, Opened]],
        mapping: GradebookMapping | None,
        settings: Settings,
        name: str,
    ) -> None:
        self.mapping, self.settings, self.where = mapping, settings, name
        self.codes = {**(mapping.codes if mapping else {}), **settings.codes}
        self.entries: list[Entry] = []
        self.former: set[tuple[str, str]] = set()
        self.tables: dict[str, pd.DataFrame] = {}
        by: dict[str, list[Opened]] = {}
        for stem, opened in tables:
            if stem is None:
                raise ReadError(
                    f"{opened.file} of {name} has no column that ends in `sourcedId` in its first row. "
                    "Export it again, with its header."
                )
            by.setdefault(stem, []).append(opened)
        for stem in ("results", "lineitems"):
            if stem not in by:
                raise ReadError(
                    f"{name} has no {_called(stem)}, so it holds no scores. "
                    "Export the gradebook too: lineItems.csv and results.csv."
                )
        self._refuse_changes(by.get("manifest", ()))
        others = [_called(stem) for stem in by if stem in _OTHERS]
        if others:
            why = "nothing in them makes a mark, and who a student is stays out"
            self.note("other sheets", len(others), f"not read: {', '.join(sorted(others))}", why)
        for stem in TABLES:
            if stem in by:
                self.tables[stem] = self._table(stem, by[stem])
            elif stem in _WITHOUT:
                self.note("missing columns", 0, f"there is no {_called(stem)}", _WITHOUT[stem])

    def note(self, step: str, rows: int, what: str, why: str) -> None:
        self.entries.append(Entry(step, self.where, rows, what, why))

    # Tables.

    def _refuse_changes(self, manifests: Sequence[Opened]) -> None:
        for opened in manifests:
            sheet = opened.sheets[0]
            said = {fold(row[0]): fold(row[1]) for row in map(sheet.row, range(sheet.height)) if len(row) > 1}
            for stem in ("results", "lineitems"):
                if said.get(f"file.{stem}") == "delta":
                    raise ReadError(
                        f"{self.where}: its manifest says that {_called(stem)} holds only changes (delta). "
                        "Export all of it (bulk): marks need every score."
                    )

    def _table(self, stem: str, files: Sequence[Opened]) -> pd.DataFrame:
        """Return a table as texts, None where a cell is empty; rows that are to be deleted are left out."""
        import numpy as np
        import pandas as pd

        frames = []
        for opened in files:
            sheet = opened.sheets[0]
            heads = [fold(cell) for cell in sheet.row(0)]
            for needed in TABLES[stem]:
                if needed not in heads:
                    raise ReadError(
                        f"{sheet.where} has no column `{_SPELLED.get(needed, needed)}` in its first row. "
                        "Export it again, with its header."
                    )
            wanted = [i for i, head in enumerate(heads) if head in _READ[stem] and head not in heads[:i]]
            data = {heads[i]: sheet.columns[i].take(slice(1, None)).map(str.strip).objects() for i in wanted}
            data[ROW] = np.arange(1, sheet.height) + sheet.first
            frames.append(_frame(data))
        frame = frames[0]
        if len(frames) > 1:
            frame = pd.concat(frames, ignore_index=True)
            frame = frame.astype(object).where(frame.notna(), None).astype({ROW: int})
        for head in _READ[stem]:
            if head not in frame:
                frame[head] = np.full(len(frame), None, object)
        blank = frame[[head for head in frame if head != ROW]].isna().all(axis=1).to_numpy(dtype=bool)
        if stem == "results":
            self.note("open", len(frame), "rows stand under the header of results.csv", f"an {NAME}")
            if blank.any():
                self.note("blank rows", int(blank.sum()), "left out", "they hold nothing")
        frame = frame[~blank]
        gone = _is(frame["status"], _GONE)
        if gone.any():
            step = "former rows" if stem == "results" else "layout"
            what = f"rows of {_called(stem)} that are to be deleted were left out"
            self.note(step, int(gone.sum()), what, "their status says so")
        kept = frame[~gone]
        if stem == "enrollments":
            self.former = _pairs(frame[gone]) - _pairs(kept)
        if "sourcedid" in TABLES[stem]:
            kept = self._once(stem, kept)
        return kept.reset_index(drop=True)

    def _once(self, stem: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table in which each id stands once.

        Raises
        ------
        ReadError
            If a row has no id, or if one id stands with two things.
        """
        nameless = frame["sourcedid"].isna()
        if nameless.any():
            raise ReadError(
                f"{_called(stem)}, row {frame.loc[nameless, ROW].iloc[0]}: there is no `sourcedId`. "
                "Fill it in, or delete the row."
            )
        said = [head for head in frame if head not in (ROW, "datelastmodified")]
        frame = frame.drop_duplicates(said)
        twice = frame["sourcedid"].duplicated()
        if twice.any():
            raise ReadError(
                f"{_called(stem)} has two rows of one `sourcedId` that differ, the second in row "
                f"{frame.loc[twice, ROW].iloc[0]}. Delete the one that is not right."
            )
        return frame

    def _look_up(self, stem: str, ids: pd.Series, head: str) -> NDArray[np.object_]:
        """Return what a table says in one column of some ids, None where it says nothing."""
        import numpy as np

        if stem not in self.tables:
            return np.full(len(ids), None, object)
        there = self.tables[stem].set_index("sourcedid")[head]
        found = ids.map(there).astype(object)
        return found.where(found.notna(), None).to_numpy(dtype=object)

    # Line items.

    def _items(self) -> pd.DataFrame:
        """Return what is known of each piece of work, a row a line item."""
        import numpy as np
        import pandas as pd

        items = self.tables["lineitems"]
        lost = items["classsourcedid"].isna() | items["title"].isna()
        if lost.any():
            raise ReadError(
                f"lineItems.csv, row {items.loc[lost, ROW].iloc[0]}: there is no title or no class. "
                "Fill it in, or delete the row."
            )
        class_ = items["classsourcedid"]
        course = pd.Series(self._look_up("classes", class_, "coursesourcedid"), dtype=object)
        titled = self._look_up("courses", course, "title")
        own = self._class_titles(class_.where(empty(titled)))
        named = _first(titled, own, _given(self.settings.course, len(items)), class_.to_numpy(object))
        school_id = _first(
            items["schoolsourcedid"].to_numpy(object), self._look_up("classes", class_, "schoolsourcedid")
        )
        school = self._look_up("orgs", pd.Series(school_id, dtype=object), "name")
        found = _frame(
            {
                "id": items["sourcedid"].to_numpy(object),
                "course": named,
                "section": class_.to_numpy(object),
                "school": _first(school, school_id, _given(self.settings.school, len(items))),
                "subject": _first(
                    self._look_up("courses", course, "subjects"), self._look_up("classes", class_, "subjects")
                ),
                "teacher": self._teachers(class_),
                "term": self._terms(items, class_),
                "item": items["title"].to_numpy(object),
                "category": self._categories(items),
                "category_id": items["categorysourcedid"].to_numpy(object),
                "due": self._moments(items["duedate"], "lineItems.csv", "dueDate", items[ROW]),
                "points": self._points(items),
                ROW: items[ROW].to_numpy(),
            }
        )
        low = _by_text(items["resultvaluemin"], lambda text: _number(text) not in (0.0, None), False)
        if low.any():
            what = "work has a lowest score other than 0, which was not used"
            self.note("layout", int(low.sum()), what, "a percent is of resultValueMax")
        subject = [text.split(",")[0].strip() if text else None for text in found["subject"]]
        return found.assign(subject=np.array(subject, object))

    def _class_titles(self, classes: pd.Series) -> NDArray[np.object_]:
        """Return the classes' titles; one that holds a user's family name is left out."""
        import numpy as np

        titles = self._look_up("classes", classes, "title")
        if "users" not in self.tables:
            return titles
        names = {fold(name) for name in self.tables["users"]["familyname"].dropna()}
        names = {name for name in names if len(name) > 1}
        said = {title for title in set(titles) - {None} if names & set(_words(title))}
        if said:
            what = "titles of classes that hold a person's name were left out"
            self.note("layout", len(said), what, "a gradebook here holds no names")
        return np.array([None if title in said else title for title in titles], object)

    def _teachers(self, classes: pd.Series) -> NDArray[np.object_]:
        """Return the id of each class's teacher: the primary one, else the first."""
        import numpy as np

        if "enrollments" not in self.tables:
            return _given(self.settings.teacher, len(classes))
        there = self.tables["enrollments"]
        there = there[_is(there["role"], {"teacher"})]
        order = np.argsort(~_is(there["primary"], _TRUE), kind="stable")
        first = there.iloc[order].drop_duplicates("classsourcedid").set_index("classsourcedid")
        found = classes.map(first["usersourcedid"]).astype(object)
        ids = found.where(found.notna(), None).to_numpy(dtype=object)
        n = len(set(ids) - {None})
        if n:
            what = "teachers are known by their sourcedId"
            self.note("ids", n, what, "which teacher is which serves statistics alone; names are not read")
        return _first(ids, _given(self.settings.teacher, len(classes)))

    def _terms(self, items: pd.DataFrame, classes: pd.Series) -> NDArray[np.object_]:
        """Return each line item's term: its grading period, else its class's only term."""
        import numpy as np
        import pandas as pd

        own = _first(items["gradingperiodsourcedid"], items["academicsessionsourcedid"])
        several = self._look_up("classes", classes, "termsourcedids")
        ids = pd.Series(_first(own, _one(several)), dtype=object)
        title = self._look_up("academicsessions", ids, "title")
        year = self._look_up("academicsessions", ids, "schoolyear")
        shared: dict[str, set[str]] = {}
        for text, when in zip(title, year, strict=True):
            if text is not None:
                shared.setdefault(text, set()).add(when or "")
        told = [
            f"{text} {when}" if text is not None and when and len(shared[text]) > 1 else text
            for text, when in zip(title, year, strict=True)
        ]
        if any(len(years) > 1 for years in shared.values()):
            what = "terms of one title in several years have the year in theirs"
            self.note("layout", len(shared), what, "academicSessions.csv names the years")
        unknown = ids.notna().to_numpy(dtype=bool) & empty(title)
        if unknown.any() and "academicsessions" in self.tables:
            what = "line items name a term that academicSessions.csv lacks, and its id was taken"
            self.note("layout", int(unknown.sum()), what, "the two tables do not fit together")
        return _first(np.array(told, object), ids.to_numpy(object), _given(self.settings.term, len(items)))

    def _categories(self, items: pd.DataFrame) -> NDArray[np.object_]:
        import numpy as np

        found = self._look_up("categories", items["categorysourcedid"], "title")
        kinds = dict(self.mapping.kinds) if self.mapping else {}
        kinds |= {fold(title): kind for title, kind in self.settings.categories.items()}
        said = np.array([kinds.get(fold(title)) for title in items["title"]], object)
        return _first(said, found)

    def _points(self, items: pd.DataFrame) -> NDArray[np.float64]:
        import numpy as np

        texts = items["resultvaluemax"]
        comma = codes.decimal_comma(texts.dropna(), "lineItems.csv", semicolons=False)
        points = np.array(
            [np.nan if text is None else _or_nan(codes.number_of(text, comma=comma)) for text in texts], float
        )
        if self.mapping is not None and self.mapping.points is not None:
            points = np.where(texts.isna(), self.mapping.points, points)
        wrong = np.isnan(points) | (points < 0)
        if wrong.any():
            raise ReadError(
                f"lineItems.csv does not say of how many points {many(int(wrong.sum()), 'line item')} can be "
                f"(resultValueMax), the first in row {items.loc[wrong, ROW].iloc[0]}. "
                "Fill it in with a number of 0 or more."
            )
        if (points == 0).any():
            what = "work of 0 points possible adds to the points earned alone"
            self.note("layout", int((points == 0).sum()), what, "that is extra credit")
        return points

    def _moments(self, column: pd.Series, file: str, head: str, rows: pd.Series) -> NDArray[np.datetime64]:
        """Return a column of dates, NaT where it is empty.

        Raises
        ------
        ReadError
            If one is no date, or if day and month cannot be told apart.
        """
        import numpy as np

        texts = [text for text in column.unique() if text is not None]
        said = self.mapping.dates if self.mapping else None
        first = dates.day_first(texts) if said is None else said == "day first"
        by: dict[Any, np.datetime64] = {None: np.datetime64("NaT", "s")}
        for text in texts:
            moment = dates.moment(text, day_first=first)
            try:
                year, month, day, hour, minute, second = moment or (0,) * 6
                stamp = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
                by[text] = np.datetime64(stamp, "s")
            except ValueError:
                row = rows[column == text].iloc[0]
                raise ReadError(
                    f"{file}, row {row}: `{head}` holds no date that can be read. Write dates as 2026-03-06."
                ) from None
        return _by_text(column, by.__getitem__, by[None])

    # Students.

    def _students(self, ids: pd.Series) -> dict[str, str]:
        """Return by a user's sourcedId what the student is known by: the identifier, where there is one.

        Raises
        ------
        ReadError
            If an id was rounded away, or is another student's.
        """
        known = {text: text for text in ids.unique()}
        if "users" in self.tables:
            users = self.tables["users"]
            users = users[users["sourcedid"].isin(list(known)) & users["identifier"].notna()]
            shared = set(users.loc[users["identifier"].duplicated(keep=False), "identifier"])
            own = users[~users["identifier"].isin(shared)]
            known |= dict(zip(own["sourcedid"], own["identifier"], strict=True))
            what = "students are known by their `identifier`"
            self.note("id spelling", len(own), what, "it is the district's number, as other lists have it")
            without = len(known) - len(own)
            if without:
                why = "their identifier is empty, or stands with several users"
                self.note("id spelling", without, "students are known by their sourcedId", why)
        if any(map(rounded, known.values())):
            raise ReadError(
                f"{self.where} holds ids such as 1.2E+05: a spreadsheet rounded them. "
                "Export it again and do not save it in a spreadsheet."
            )
        if len(set(known.values())) < len(known):
            raise ReadError(
                f"{self.where}: the `identifier` of a student is another one's `sourcedId`. "
                "Fill in the identifiers in users.csv."
            )
        return known

    # Results.

    def _results(self, items: pd.DataFrame) -> pd.DataFrame:
        """Return the results with what they mean, a row each that has a line item."""
        import numpy as np
        import pandas as pd

        rows = self.tables["results"]
        lost = rows["studentsourcedid"].isna() | rows["lineitemsourcedid"].isna()
        if lost.any():
            raise ReadError(
                f"results.csv, row {rows.loc[lost, ROW].iloc[0]}: there is no student or no line item. "
                "Fill it in, or delete the row."
            )
        at = pd.Index(items["id"]).get_indexer(rows["lineitemsourcedid"])
        if (at < 0).any():
            what = "results of work that lineItems.csv does not have were left out"
            self.note("former rows", int((at < 0).sum()), what, "nobody knows of how many points they are")
        rows, at = rows[at >= 0], at[at >= 0]
        left = self._left(rows["studentsourcedid"], items["section"].to_numpy(object)[at])
        if left.any():
            what = "results of students who have left the class were left out"
            self.note("former rows", int(left.sum()), what, "their enrollment is to be deleted")
        rows, at = rows[~left].reset_index(drop=True), at[~left]
        if not len(rows):
            raise ReadError(
                f"{self.where}: no row of results.csv counts: its line items or its students are not in the "
                "other tables. Check that the tables are of one export."
            )
        day = self._moments(rows["scoredate"], "results.csv", "scoreDate", rows[ROW])
        modified = self._moments(rows["datelastmodified"], "results.csv", "dateLastModified", rows[ROW])
        both = np.concatenate([day, modified])
        both = both[~np.isnat(both)]
        self.last = both.max() if len(both) else np.datetime64("NaT", "s")
        found = self._meant(rows, items["due"].to_numpy()[at])
        found = found.assign(at=at, day=day, student=rows["studentsourcedid"], **{ROW: rows[ROW]})
        return self._attempts(found)

    def _left(self, students: pd.Series, classes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Return which results are of students whose enrollment in that class is to be deleted."""
        import numpy as np

        if not self.former:
            return np.zeros(len(students), bool)
        pairs = zip(classes, students, strict=True)
        return np.fromiter((pair in self.former for pair in pairs), bool, len(students))

    def _meant(self, rows: pd.DataFrame, due: NDArray[np.datetime64]) -> pd.DataFrame:
        """Return number, status and code of each result.

        Raises
        ------
        ReadError
            If a score or a status is nothing that is known.
        """
        import numpy as np
        import pandas as pd

        # A score in words stands where the number would; both are read alike.
        cell = _first(rows["score"], rows["textscore"])
        texts = list(dict.fromkeys(cell))
        comma = codes.decimal_comma([t for t in texts if t], "results.csv", semicolons=False)
        read = codes.cells([text or "" for text in texts], self.codes, comma=comma)
        place = {text: i for i, text in enumerate(texts)}
        at = np.array([place[text] for text in cell], np.intp)
        if not read.known[at].all():
            self._refuse(pd.Series(cell)[~read.known[at]], rows[ROW][~read.known[at]], "score")
        raw, status, code = read.raw[at], read.status[at].copy(), read.code[at].copy()
        words = _STATUS | {fold(text): meant for text, meant in self.codes.items() if isinstance(meant, str)}
        said = _by_text(rows["scorestatus"], lambda text: words.get(fold(text), "?"), "scored").astype(object)
        unknown = said == "?"
        if unknown.any():
            self._refuse(rows["scorestatus"][unknown], rows[ROW][unknown], "scoreStatus")
        said = np.where(_is(rows["missing"], _TRUE) & (said == "scored"), "missing", said)
        number = ~np.isnan(raw)
        firm = np.isin(said, ("excused", "not_assigned"))
        # Work without a due date, or with no score that has a day, compares as not later.
        later = due > self.last
        none = (said == "missing") & ~(number & (raw != 0)) & np.isin(status, ("scored", "ungraded"))
        waits = none & later & ~number
        none &= ~waits
        if waits.any():
            what = "results are not submitted for work due after the last score, and are empty cells"
            self.note("score cells", int(waits.sum()), what, "that work is not missing yet")
        word = rows["scorestatus"].to_numpy(object)
        status[firm | none], code[firm | none] = said[firm | none], word[firm | none]
        code[none & empty(code)] = "missing"
        raw = np.where(firm, np.nan, raw)
        part = _is(rows["scorestatus"], {"partially graded"}) & number
        late = _is(rows["late"], _TRUE) & (status == "scored")
        status[late] = "late"
        for n, what, why in (
            (int(part.sum()), "scores are of work graded in part", "kept as they are"),
            (int(none.sum()), "results are missing work", "they were not submitted, and have no score or 0"),
            (int((status == "excused").sum()), "results are excused and count for nothing", "exempt"),
            (int(late.sum()), "scores are of late work; how many days late, no table says", "`late` is true"),
        ):
            if n:
                self.note("score cells", n, what, why)
        return _frame({"raw": raw, "status": status, "code": code})

    def _refuse(self, texts: pd.Series, rows: pd.Series, head: str) -> None:
        counts = {str(text): int(n) for text, n in texts.value_counts().items()}
        codes.refuse_unknown(counts, "results.csv", f"row {rows.iloc[0]}, column {head}")

    def _attempts(self, found: pd.DataFrame) -> pd.DataFrame:
        """Return one row an attempt: repeated rows once, and no row that a later one replaced.

        Raises
        ------
        ReadError
            If nothing tells two results of one student and line item apart.
        """
        import numpy as np

        key = ["student", "at"]
        again = found.duplicated([*key, "raw", "status", "code", "day"]).to_numpy(dtype=bool)
        if again.any():
            what = "results that stand twice were kept once"
            self.note("duplicates", int(again.sum()), what, "the rows say the same of one student and work")
            found = found[~again]
        found = found.assign(attempt=np.ones(len(found), np.int16))
        several = found.duplicated(key, keep=False)
        if not several.any():
            return found.reset_index(drop=True)
        inside = found[several]
        alike = inside["day"].isna() | inside.duplicated([*key, "day"], keep=False)
        if alike.any():
            raise ReadError(
                f"results.csv has {many(int(alike.sum()), 'result')} beside another of the same student and "
                "line item, and no scoreDate tells which came first: see row "
                f"{inside.loc[alike, ROW].iloc[0]}. Delete those that do not count."
            )
        inside = inside.sort_values([*key, "day"], kind="stable")
        last = ~inside.duplicated(key, keep="last")
        numbered = inside["status"].isin(("scored", "late"))
        ends = inside.assign(final=inside["status"].where(last)).groupby(key)["final"].transform("last")
        counted = numbered & ~ends.isin(("excused", "not_assigned"))
        none = ~inside.assign(counted=counted).groupby(key)["counted"].transform("any")
        kept = inside[counted | (none & last)]
        if len(kept) < len(inside):
            what = "results that a later one of the same student and work replaced were left out"
            self.note("duplicates", len(inside) - len(kept), what, "in the order of scoreDate")
        attempt = kept.groupby(key, sort=False).cumcount().add(1).astype(np.int16)
        more = int((attempt > 1).sum())
        if more:
            what = "results are later attempts; without a `retake` rule the first one counts"
            self.note("layout", more, what, "in the order of scoreDate")
        found.loc[kept.index, "attempt"] = attempt
        return found.drop(index=inside.index.difference(kept.index)).sort_index().reset_index(drop=True)

    def _unseen(self, found: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
        """Return the empty cells: enrolled students' work without a result, due when they were there."""
        import numpy as np
        import pandas as pd

        there = self.tables["enrollments"]
        there = there[_is(there["role"], {"student"})]
        begin = self._moments(there["begindate"], "enrollments.csv", "beginDate", there[ROW])
        end = self._moments(there["enddate"], "enrollments.csv", "endDate", there[ROW])
        there = _frame(
            {
                "section": there["classsourcedid"].to_numpy(object),
                "student": there["usersourcedid"].to_numpy(object),
                "begin": begin,
                "end": end,
            }
        )
        used = items.assign(at=np.arange(len(items)))[["section", "at", "due"]]
        pairs = there.merge(used, on="section")
        due = pairs["due"].to_numpy("datetime64[s]")
        day = due.astype("datetime64[D]")
        out = (day < pairs["begin"].to_numpy("datetime64[D]")) | (
            day > pairs["end"].to_numpy("datetime64[D]")
        )
        out |= due > self.last
        pairs = pairs[~out].drop_duplicates(["student", "at"])
        have = pd.MultiIndex.from_frame(found[["student", "at"]])
        pairs = pairs[~pd.MultiIndex.from_frame(pairs[["student", "at"]]).isin(have)]
        if len(pairs):
            what = "enrolled students have no result for a piece of work: an empty cell"
            why = "work due after the last score, or outside a student's enrollment, is none"
            self.note("empty cells", len(pairs), what, why)
        n = len(pairs)
        return _frame(
            {
                "raw": np.full(n, np.nan),
                "status": np.full(n, "ungraded", object),
                "code": np.full(n, "", object),
                "at": pairs["at"].to_numpy(),
                "day": np.full(n, np.datetime64("NaT"), "datetime64[s]"),
                "student": pairs["student"].to_numpy(object),
                ROW: np.zeros(n, int),
                "attempt": np.ones(n, np.int16),
            }
        )

    # Together.

    def parts(self) -> list[Part]:
        import pandas as pd

        items = self._items()
        found = self._results(items)
        kept = len(found)
        if "enrollments" in self.tables:
            more = self._unseen(found, items)
            found = pd.concat([found, more], ignore_index=True) if len(more) else found
        by = self._students(found["student"])
        at = found["at"].to_numpy()
        rows: dict[str, Any] = {"student": found["student"].map(by).to_numpy(object)}
        for name in ("school", "course", "section", "teacher", "term", "category", "due"):
            rows[name] = items[name].to_numpy()[at]
        rows["item"] = self._told_apart(rows, items, at)
        rows |= {"points_possible": items["points"].to_numpy()[at], "score_date": found["day"].to_numpy()}
        rows |= {name: found[name].to_numpy() for name in ("raw", "status", "code", "attempt", ROW)}
        rows[ITEM_ID] = items["id"].to_numpy(object)[at]
        scores = table(SCORES, rows, len(found))
        self._beyond(scores)
        what = "`scoreDate` is kept as `score_date`, and is no day of handing in"
        self.note("layout", kept, what, "late and make-up rules need one, and no table has it")
        self.note("rows kept", kept, "rows were read", "each is a result")
        return self._by_rules(scores, self._marks(scores, found["student"], items, at), items, at)

    def _beyond(self, scores: pd.DataFrame) -> None:
        above = int(((scores["raw"] > scores["points_possible"]) & (scores["points_possible"] > 0)).sum())
        below = int((scores["raw"] < 0).sum())
        if above:
            self.note("score cells", above, "scores are above their points possible", "kept: extra credit")
        if below:
            self.note("score cells", below, "scores are below zero", "kept: points were taken off")

    def _told_apart(
        self, rows: Mapping[str, Any], items: pd.DataFrame, at: NDArray[np.intp]
    ) -> NDArray[np.object_]:
        """Return the titles; where a student has two line items of one title in a course, with a number."""
        import pandas as pd

        titles = items["item"].to_numpy(object).copy()
        keys = pd.DataFrame({key: rows[key] for key in KEYS}).assign(item=titles[at], at=at)
        one = keys.drop_duplicates()
        shared = one[one.duplicated([*KEYS, "item"], keep=False)]
        if not len(shared):
            return titles[at]
        taken = set(titles)
        seen: dict[Any, int] = {}
        number = 0
        for i in sorted(shared["at"].unique()):
            key = (items["school"][i], items["course"][i], items["term"][i], titles[i])
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                new = f"{titles[i]} ({seen[key]})"
                while new in taken:
                    seen[key] += 1
                    new = f"{titles[i]} ({seen[key]})"
                taken.add(new)
                titles[i] = new
                number += 1
        what = "work that shares its title in a course got a number"
        self.note("layout", number, what, "a student has results for both")
        return titles[at]

    def _marks(
        self, scores: pd.DataFrame, users: pd.Series, items: pd.DataFrame, at: NDArray[np.intp]
    ) -> pd.DataFrame:
        """Return a row a mark, without letter and percent: they are computed."""
        first = ~scores.duplicated(list(KEYS)).to_numpy(dtype=bool)
        rows: dict[str, Any] = {key: scores.loc[first, key].to_numpy(object) for key in (*KEYS, "section")}
        rows["subject"] = items["subject"].to_numpy(object)[at][first]
        grades = self._look_up("users", users[first], "grades")
        rows["grade_level"] = _one(grades)
        marks = table(MARKS, rows, int(first.sum()))
        return self.mapping.with_courses(marks) if self.mapping else marks

    def _by_rules(
        self, scores: pd.DataFrame, marks: pd.DataFrame, items: pd.DataFrame, at: NDArray[np.intp]
    ) -> list[Part]:
        """Return a part for each set of weights that courses have."""
        used = items.iloc[sorted(set(at.tolist()))]
        by: dict[tuple[tuple[str, float], ...], list[Any]] = {}
        scaled = without = 0
        for course, work in used.groupby("course", sort=False):
            weights, total = self._weights(work)
            without += total == 0
            scaled += bool(weights) and abs(total - 100) > 0.015
            by.setdefault(tuple(sorted(weights.items())), []).append(course)
        weighted = sum(len(courses) for shares, courses in by.items() if shares)
        if weighted:
            self.note("grading rules", weighted, "courses weight their categories", "categories.csv says so")
        if scaled:
            what = "courses' weights were scaled: those of the categories they use do not sum to 100"
            self.note(
                "grading rules", scaled, what, "a category without work leaves its weight to the others"
            )
        if without:
            what = "courses add their points up"
            self.note(
                "grading rules", without, what, "categories.csv gives no weight to all of theirs"
            )
        parts = []
        for shares, courses in by.items():
            title = {"en": "As exported", "es": "Como se exportó"}
            own = (Policy(id="as-exported", title=title, weights=dict(shares)),) if shares else ()
            inside, theirs = scores["course"].isin(courses), marks["course"].isin(courses)
            entries, self.entries = tuple(self.entries), []
            parts.append(
                Part(
                    scores[inside].reset_index(drop=True),
                    marks[theirs].reset_index(drop=True),
                    table(TOTALS, {}, 0),
                    own,
                    entries,
                )
            )
        return parts

    def _weights(self, work: pd.DataFrame) -> tuple[dict[str, float], float]:
        """Return the weights of a course's categories in percent, and what they sum to in the file."""
        import pandas as pd

        ids = work["category_id"]
        texts = self._look_up("categories", pd.Series(ids.to_numpy(object), dtype=object), "weight")
        titles = self._look_up("categories", pd.Series(ids.to_numpy(object), dtype=object), "title")
        found: dict[str, float] = {}
        for title, text, own in zip(titles, texts, work["category"], strict=True):
            number = _number(text) if text else None
            if number is None or number < 0 or title != own or found.setdefault(title, number) != number:
                return {}, 0
        total = sum(found.values())
        if not total:
            return {}, 0
        return {title: 100 * weight / total for title, weight in found.items()}, total


_READ = {
    "results": (
        "status", "datelastmodified", "lineitemsourcedid", "studentsourcedid", "scorestatus", "score",
        "textscore", "scoredate", "late", "missing",
    ),
    "lineitems": (
        "sourcedid", "status", "datelastmodified", "title", "duedate", "classsourcedid", "categorysourcedid",
        "gradingperiodsourcedid", "academicsessionsourcedid", "schoolsourcedid", "resultvaluemin",
        "resultvaluemax",
    ),
    "classes": (
        "sourcedid", "status", "title", "coursesourcedid", "schoolsourcedid", "termsourcedids", "subjects",
    ),
    "courses": ("sourcedid", "status", "title", "subjects"),
    "enrollments": ("status", "classsourcedid", "usersourcedid", "role", "primary", "begindate", "enddate"),
    "categories": ("sourcedid", "status", "title", "weight"),
    "academicsessions": ("sourcedid", "status", "title", "schoolyear"),
    "orgs": ("sourcedid", "status", "name"),
    "users": ("sourcedid", "status", "identifier", "familyname", "grades"),
}  # fmt: skip
_SPELLED = {
    "lineitemsourcedid": "lineItemSourcedId", "studentsourcedid": "studentSourcedId",
    "sourcedid": "sourcedId", "classsourcedid": "classSourcedId", "usersourcedid": "userSourcedId",
}  # fmt: skip


def _frame(data: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table whose texts are objects, None where there is none: pandas would make them NaN."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in data.items()})


def _given(value: str | None, n: int) -> NDArray[np.object_]:
    import numpy as np

    return np.full(n, value, object)


def _first(*columns: Any) -> NDArray[np.object_]:
    """Return of several columns the first that says something."""
    import numpy as np

    found: NDArray[np.object_] = np.array(columns[0], object, copy=True)
    for column in columns[1:]:
        none = empty(found)
        found[none] = np.asarray(column, object)[none]
    return found


def _by_text(column: pd.Series, meant: Callable[[str], Any], none: Any) -> NDArray[Any]:
    """Return what each cell means, made once for each text; ``none`` for an empty one."""
    import numpy as np
    import pandas as pd

    places, texts = pd.factorize(column)
    values = np.array([*map(meant, texts), none])
    found: NDArray[Any] = values[places]
    return found


def _is(column: pd.Series, words: Collection[str]) -> NDArray[np.bool_]:
    """Return which cells hold one of some words."""
    return _by_text(column, lambda text: fold(text) in words, False)


def _pairs(enrollments: pd.DataFrame) -> set[tuple[str, str]]:
    """Return which students are in which class."""
    there = enrollments[_is(enrollments["role"], {"student"})]
    return set(zip(there["classsourcedid"], there["usersourcedid"], strict=True))


def _one(lists: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return of some lists with commas those that have one entry, None for the others."""
    found: NDArray[np.object_] = lists.copy()
    found[[text is not None and "," in text for text in lists]] = None
    return found


def _number(text: str) -> float | None:
    return codes.number_of(text, comma="," in text and "." not in text)


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()
