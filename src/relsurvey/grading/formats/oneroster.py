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
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.grading.formats import ITEM_ID, ROW, Part, Settings
from relsurvey.grading.formats.oneroster_results import Results
from relsurvey.grading.formats.oneroster_tables import NAME, OTHERS, TABLES, called, number_of, only
from relsurvey.grading.gradebook import KEYS, MARKS, SCORES, TOTALS, table
from relsurvey.grading.policy import Policy
from relsurvey.instrument.fold import fold

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.reading.limits import Limits
    from relsurvey.reading.opening import Opened

__all__ = ["NAME", "detect", "package", "read", "unpacked"]

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
            raise ReadError(f"{name} holds {called(stem)} twice. Leave one of them.")
        if entry.flag_bits & 1:
            raise ReadError(f"{name} is protected by a password. Save a copy without one.")
        files[stem] = folder / called(stem)
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
    return stem if end in ("csv", "txt") and (stem in TABLES or stem in OTHERS) else None


def _refuse_none(name: str, kind: str, files: Collection[object]) -> None:
    if not files:
        raise ReadError(
            f"{name} is a {kind} without a table of OneRoster, such as results.csv. "
            "Name the gradebook's file itself."
        )


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


class _Reader(Results):
    """One set of tables on its way into a gradebook's tables."""

    def parts(self) -> list[Part]:
        import pandas as pd

        items = self.items()
        found = self.results(items)
        kept = len(found)
        if "enrollments" in self.tables:
            more = self.unseen(found, items)
            found = pd.concat([found, more], ignore_index=True) if len(more) else found
        by = self.students(found["student"])
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
        grades = self.look_up("users", users[first], "grades")
        rows["grade_level"] = only(grades)
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
            self.note("grading rules", without, what, "categories.csv gives no weight to all of theirs")
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
        texts = self.look_up("categories", pd.Series(ids.to_numpy(object), dtype=object), "weight")
        titles = self.look_up("categories", pd.Series(ids.to_numpy(object), dtype=object), "title")
        found: dict[str, float] = {}
        for title, text, own in zip(titles, texts, work["category"], strict=True):
            number = number_of(text) if text else None
            if number is None or number < 0 or title != own or found.setdefault(title, number) != number:
                return {}, 0
        total = sum(found.values())
        if not total:
            return {}, 0
        return {title: 100 * weight / total for title, weight in found.items()}, total
