"""What OneRoster's tables say of each piece of work, of its class, and of students."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.grading import cells
from relsurvey.grading.counting import many
from relsurvey.grading.formats import ROW, empty
from relsurvey.grading.formats.oneroster_tables import (
    TRUE,
    Tables,
    by_text,
    first_of,
    frame_of,
    is_one_of,
    number_of,
    only,
    repeated,
    words_of,
)
from relsurvey.instrument.fold import fold
from relsurvey.reading.identity import rounded

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


class Items(Tables):
    """The tables, and what they say of work and students."""

    def items(self) -> pd.DataFrame:
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
        course = pd.Series(self.look_up("classes", class_, "coursesourcedid"), dtype=object)
        titled = self.look_up("courses", course, "title")
        own = self._class_titles(class_.where(empty(titled)))
        named = first_of(titled, own, repeated(self.settings.course, len(items)), class_.to_numpy(object))
        school_id = first_of(
            items["schoolsourcedid"].to_numpy(object), self.look_up("classes", class_, "schoolsourcedid")
        )
        school = self.look_up("orgs", pd.Series(school_id, dtype=object), "name")
        found = frame_of(
            {
                "id": items["sourcedid"].to_numpy(object),
                "course": named,
                "section": class_.to_numpy(object),
                "school": first_of(school, school_id, repeated(self.settings.school, len(items))),
                "subject": first_of(
                    self.look_up("courses", course, "subjects"), self.look_up("classes", class_, "subjects")
                ),
                "teacher": self._teachers(class_),
                "term": self._terms(items, class_),
                "item": items["title"].to_numpy(object),
                "category": self._categories(items),
                "category_id": items["categorysourcedid"].to_numpy(object),
                "due": self.moments(items["duedate"], "lineItems.csv", "dueDate", items[ROW]),
                "points": self._points(items),
                ROW: items[ROW].to_numpy(),
            }
        )
        low = by_text(items["resultvaluemin"], lambda text: number_of(text) not in (0.0, None), False)
        if low.any():
            what = "work has a lowest score other than 0, which was not used"
            self.note("layout", int(low.sum()), what, "a percent is of resultValueMax")
        subject = [text.split(",")[0].strip() if text else None for text in found["subject"]]
        return found.assign(subject=np.array(subject, object))

    def _class_titles(self, classes: pd.Series) -> NDArray[np.object_]:
        """Return the classes' titles; one that holds a user's family name is left out."""
        import numpy as np

        titles = self.look_up("classes", classes, "title")
        if "users" not in self.tables:
            return titles
        names = {fold(name) for name in self.tables["users"]["familyname"].dropna()}
        names = {name for name in names if len(name) > 1}
        said = {title for title in set(titles) - {None} if names & set(words_of(title))}
        if said:
            what = "titles of classes that hold a person's name were left out"
            self.note("layout", len(said), what, "a gradebook here holds no names")
        return np.array([None if title in said else title for title in titles], object)

    def _teachers(self, classes: pd.Series) -> NDArray[np.object_]:
        """Return the id of each class's teacher: the primary one, else the first."""
        import numpy as np

        if "enrollments" not in self.tables:
            return repeated(self.settings.teacher, len(classes))
        there = self.tables["enrollments"]
        there = there[is_one_of(there["role"], {"teacher"})]
        order = np.argsort(~is_one_of(there["primary"], TRUE), kind="stable")
        first = there.iloc[order].drop_duplicates("classsourcedid").set_index("classsourcedid")
        found = classes.map(first["usersourcedid"]).astype(object)
        ids = found.where(found.notna(), None).to_numpy(dtype=object)
        n = len(set(ids) - {None})
        if n:
            what = "teachers are known by their sourcedId"
            self.note("ids", n, what, "which teacher is which serves statistics alone; names are not read")
        return first_of(ids, repeated(self.settings.teacher, len(classes)))

    def _terms(self, items: pd.DataFrame, classes: pd.Series) -> NDArray[np.object_]:
        """Return each line item's term: its grading period, else its class's only term."""
        import numpy as np
        import pandas as pd

        own = first_of(items["gradingperiodsourcedid"], items["academicsessionsourcedid"])
        several = self.look_up("classes", classes, "termsourcedids")
        ids = pd.Series(first_of(own, only(several)), dtype=object)
        title = self.look_up("academicsessions", ids, "title")
        year = self.look_up("academicsessions", ids, "schoolyear")
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
        return first_of(
            np.array(told, object), ids.to_numpy(object), repeated(self.settings.term, len(items))
        )

    def _categories(self, items: pd.DataFrame) -> NDArray[np.object_]:
        import numpy as np

        found = self.look_up("categories", items["categorysourcedid"], "title")
        kinds = dict(self.mapping.kinds) if self.mapping else {}
        said = np.array([kinds.get(fold(title)) for title in items["title"]], object)
        return first_of(said, found)

    def _points(self, items: pd.DataFrame) -> NDArray[np.float64]:
        import numpy as np

        texts = items["resultvaluemax"]
        chosen = self.mapping.decimal if self.mapping else None
        sign = cells.decimal_sign(texts.dropna().unique(), chosen, "lineItems.csv")
        points = np.array(
            [np.nan if text is None else _or_nan(cells.plain_number(text, sign)) for text in texts], float
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

    def students(self, ids: pd.Series) -> dict[str, str]:
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


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number
