"""OneRoster's CSV tables as texts: which there are, what each must have, and what one says of an id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.formats import ROW, Settings, empty
from relsurvey.instrument.fold import fold
from relsurvey.reading import dates
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading.mapping import GradebookMapping
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
OTHERS = frozenset(
    (
        "manifest", "demographics", "roles", "userprofiles", "resources", "userresources", "classresources",
        "courseresources", "scorescales", "lineitemscorescales", "resultscorescales",
        "lineitemlearningobjectiveids", "resultlearningobjectiveids",
    )
)  # fmt: skip
_GONE = frozenset(("tobedeleted", "inactive"))
TRUE = frozenset(("true", "1", "yes"))
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


def called(stem: str) -> str:
    """Return the name of a table's file, as the standard spells it."""
    return f"{_CALLED.get(stem, stem)}.csv"


class Tables:
    """One set of tables."""

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
                    f"{name} has no {called(stem)}, so it holds no scores. "
                    "Export the gradebook too: lineItems.csv and results.csv."
                )
        self._refuse_changes(by.get("manifest", ()))
        others = [called(stem) for stem in by if stem in OTHERS]
        if others:
            why = "nothing in them makes a mark, and who a student is stays out"
            self.note("other sheets", len(others), f"not read: {', '.join(sorted(others))}", why)
        for stem in TABLES:
            if stem in by:
                self.tables[stem] = self._table(stem, by[stem])
            elif stem in _WITHOUT:
                self.note("missing columns", 0, f"there is no {called(stem)}", _WITHOUT[stem])

    def note(self, step: str, rows: int, what: str, why: str) -> None:
        """Note a decision."""
        self.entries.append(Entry(step, self.where, rows, what, why))

    # Tables.

    def _refuse_changes(self, manifests: Sequence[Opened]) -> None:
        for opened in manifests:
            sheet = opened.sheets[0]
            said = {fold(row[0]): fold(row[1]) for row in map(sheet.row, range(sheet.height)) if len(row) > 1}
            for stem in ("results", "lineitems"):
                if said.get(f"file.{stem}") == "delta":
                    raise ReadError(
                        f"{self.where}: its manifest says that {called(stem)} holds only changes (delta). "
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
            frames.append(frame_of(data))
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
        gone = is_one_of(frame["status"], _GONE)
        if gone.any():
            step = "former rows" if stem == "results" else "layout"
            what = f"rows of {called(stem)} that are to be deleted were left out"
            self.note(step, int(gone.sum()), what, "their status says so")
        kept = frame[~gone]
        if stem == "enrollments":
            self.former = pairs_of(frame[gone]) - pairs_of(kept)
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
                f"{called(stem)}, row {frame.loc[nameless, ROW].iloc[0]}: there is no `sourcedId`. "
                "Fill it in, or delete the row."
            )
        said = [head for head in frame if head not in (ROW, "datelastmodified")]
        frame = frame.drop_duplicates(said)
        twice = frame["sourcedid"].duplicated()
        if twice.any():
            raise ReadError(
                f"{called(stem)} has two rows of one `sourcedId` that differ, the second in row "
                f"{frame.loc[twice, ROW].iloc[0]}. Delete the one that is not right."
            )
        return frame

    def look_up(self, stem: str, ids: pd.Series, head: str) -> NDArray[np.object_]:
        """Return what a table says in one column of some ids, None where it says nothing."""
        import numpy as np

        if stem not in self.tables:
            return np.full(len(ids), None, object)
        there = self.tables[stem].set_index("sourcedid")[head]
        found = ids.map(there).astype(object)
        return found.where(found.notna(), None).to_numpy(dtype=object)

    def moments(self, column: pd.Series, file: str, head: str, rows: pd.Series) -> NDArray[np.datetime64]:
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
        return by_text(column, by.__getitem__, by[None])


def frame_of(data: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table whose texts are objects, None where there is none: pandas would make them NaN."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in data.items()})


def repeated(value: str | None, n: int) -> NDArray[np.object_]:
    """Return a column that says one thing."""
    import numpy as np

    return np.full(n, value, object)


def first_of(*columns: Any) -> NDArray[np.object_]:
    """Return of several columns the first that says something."""
    import numpy as np

    found: NDArray[np.object_] = np.array(columns[0], object, copy=True)
    for column in columns[1:]:
        none = empty(found)
        found[none] = np.asarray(column, object)[none]
    return found


def by_text(column: pd.Series, meant: Callable[[str], Any], none: Any) -> NDArray[Any]:
    """Return what each cell means, made once for each text; ``none`` for an empty one."""
    import numpy as np
    import pandas as pd

    places, texts = pd.factorize(column)
    values = np.array([*map(meant, texts), none])
    found: NDArray[Any] = values[places]
    return found


def is_one_of(column: pd.Series, words: Collection[str]) -> NDArray[np.bool_]:
    """Return which cells hold one of some words."""
    return by_text(column, lambda text: fold(text) in words, False)


def pairs_of(enrollments: pd.DataFrame) -> set[tuple[str, str]]:
    """Return which students are in which class."""
    there = enrollments[is_one_of(enrollments["role"], {"student"})]
    return set(zip(there["classsourcedid"], there["usersourcedid"], strict=True))


def only(lists: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return of some lists with commas those that have one entry, None for the others."""
    found: NDArray[np.object_] = lists.copy()
    found[[text is not None and "," in text for text in lists]] = None
    return found


def number_of(text: str) -> float | None:
    """Return the number that a text is, None where it is anything else."""
    return cells.plain_number(text, "," if "," in text and "." not in text else ".")


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()
