"""Several files as one gradebook: students made one, repeated rows left out, each course's own rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError
from relsurvey.escape import slug
from relsurvey.grading.formats import ITEM_ID, ROW, Part
from relsurvey.grading.gradebook import KEYS, MARKS, SCORES, TOTALS, table
from relsurvey.grading.policy import Policy
from relsurvey.reading.ledger import Entry

if TYPE_CHECKING:
    import pandas as pd

#: Which part a row came from.
_PART = "_part"

#: A whole number as a spreadsheet may have kept it.
_FLOAT = re.compile(r"([0-9]+)[.,]0+\Z")

_TWO_MARKS = "Two files hold different marks of a student in one course and term. Name the terms apart."


class Pool:
    """The parts of several files, on their way into one gradebook.

    Attributes
    ----------
    scores, marks, totals, policies
        As in a gradebook, with columns of their own that start with ``_``.
    files
        The files' names.
    entries
        How they were read.
    """

    def __init__(self, parts: Sequence[tuple[Part, str]]) -> None:
        self.files = [file for _, file in parts]
        self.parts = [part for part, _ in parts]
        self.entries: list[Entry] = [entry for part, _ in parts for entry in part.entries]
        self.scores = self._stacked("scores", SCORES)
        self.marks = self._stacked("marks", MARKS)
        self.totals = self._stacked("totals", TOTALS)
        self.policies: tuple[Policy, ...] = ()
        self._out = 0

    @property
    def where(self) -> str:
        """What messages call the files."""
        return self.files[0] if len(self.files) == 1 else f"{len(self.files)} files"

    def note(self, step: str, rows: int, what: str, why: str) -> None:
        """Write a line of the ledger."""
        self.entries.append(Entry(step, self.where, rows, what, why))

    def note_kept(self) -> None:
        """Let the ledger end with how many rows of all files are kept."""
        kept = [entry for entry in self.entries if entry.effect == "rows kept"]
        self.entries = [entry for entry in self.entries if entry.effect != "rows kept"]
        rows = sum(entry.rows for entry in kept) - self._out
        self.note("rows kept", rows, "rows were read", "what every mark is made from")

    def _stacked(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        import pandas as pd

        parts: list[pd.DataFrame] = [getattr(part, name) for part in self.parts]
        frames = [frame.assign(**{_PART: i}) for i, frame in enumerate(parts) if len(frame)]
        if not frames:
            return table(columns, {_PART: []}, 0)
        return frames[0].reset_index(drop=True) if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def settle(self, given: Sequence[Policy]) -> None:
        """Make students one, leave repeated rows out, and find the courses' own rules.

        Parameters
        ----------
        given
            The courses' own rules as the caller has them.

        Raises
        ------
        ReadError
            If rows of one student contradict each other.
        """
        if not len(self.scores) and not len(self.marks):
            raise ReadError(
                f"{self.files[0]} holds neither scores nor marks. Check that it is the right file."
            )
        self._spell()
        self._pool()
        self._once()
        own = self._rules()
        everywhere = any(policy.scope is None or policy.scope.level == "district" for policy in given)
        if given:
            what = "the courses' own rules were given"
            self.note("grading rules", len(given), what, "they win over what the files show")
        self.policies = tuple(given) if everywhere else (*own, *given)

    def _spell(self) -> None:
        """Make ids alike that differ by zeros which a spreadsheet drops, or by the ``.0`` that it adds."""
        import pandas as pd

        from relsurvey.reading.identity import plain

        frames = (self.scores, self.marks, self.totals)
        known = pd.unique(pd.concat([frame["student"] for frame in frames], ignore_index=True).dropna())
        longest: dict[str, str] = {}
        for text in known:
            key, whole = plain(text), _FLOAT.sub(r"\1", text)
            if len(whole) > len(longest.get(key, "")):
                longest[key] = whole
        changed = {text: longest[plain(text)] for text in known if longest[plain(text)] != text}
        for frame in frames if changed else ():
            frame["student"] = frame["student"].replace(changed)
        floats = sum(bool(_FLOAT.match(text)) for text in changed)
        if floats:
            what = "ids with .0 behind them were read without it"
            self.note("id spelling", floats, what, "a spreadsheet adds it to whole numbers")
        if len(changed) > floats:
            what = "ids spelled with and without leading zeros were made alike"
            why = "spreadsheets drop the zeros; one id is one student"
            self.note("id spelling", len(changed) - floats, what, why)

    def _pool(self) -> None:
        """Keep one of each score; say who stands in several rows.

        Raises
        ------
        ReadError
            If two rows differ, naming them.
        """
        scores = self.scores
        if not len(scores) or ROW not in scores:
            return
        keys = [*KEYS, "item", "attempt"]
        twice = scores.duplicated(keys, keep=False)
        if twice.any() and ITEM_ID in scores and self._apart(twice):
            twice = self.scores.duplicated(keys, keep=False)
        scores = self.scores
        people = scores[[*KEYS, _PART]].drop_duplicates() if len(self.parts) > 1 else scores[:0]
        several = people.duplicated(list(KEYS))
        if several.any():
            what = "students stand in two files of one course, and their work there was put together"
            self.note("shared ids", int(several.sum()), what, "one id is one student")
        if not twice.any():
            return
        inside = scores[twice]
        # Work that was not assigned in one section gives way to the same work in the other.
        idle = inside["status"].eq("not_assigned") & ~inside.groupby(keys, dropna=False)["status"].transform(
            lambda s: (s == "not_assigned").all()
        )
        inside = inside[~idle]
        same = [column for column in ("raw", "status", "code", "points_possible") if column in scores]
        kept = inside.drop_duplicates([*keys, *same])
        differ = kept.duplicated(keys, keep=False)
        if differ.any():
            raise ReadError(self._differing(kept[differ], keys))
        out = scores.index[twice].difference(kept.index)
        self._out = len(scores.loc[out, [_PART, ROW]].drop_duplicates())
        what = f"{len(out):,} scores that stand in two rows were kept once"
        self.note("duplicates", self._out, what, "the rows say the same of one student and course")
        self._sections()
        self.scores = scores.drop(index=out).reset_index(drop=True)

    def _sections(self) -> None:
        """Join the sections of a student who stands in several rows, as Canvas writes them."""
        if not len(self.marks) or "section" not in self.marks:
            return
        twice = self.marks.duplicated(list(KEYS), keep=False)
        if twice.any():
            joined = (
                self.marks[twice]
                .groupby(list(KEYS), dropna=False)["section"]
                .transform(lambda s: " and ".join(dict.fromkeys(s.dropna())) or None)
            )
            self.marks.loc[twice, "section"] = joined

    def _apart(self, twice: pd.Series) -> bool:
        """Name items apart that share a title in two files and are two; say whether there were any."""
        inside = self.scores.loc[twice, ["course", "item", ITEM_ID]].drop_duplicates()
        shared = inside[inside.duplicated(["course", "item"], keep=False)]
        if not len(shared):
            return False
        wanted = set(zip(shared["course"], shared["item"], strict=True))
        rows = zip(self.scores["course"], self.scores["item"], self.scores[ITEM_ID], strict=True)
        named = [f"{item} ({id_})" if (course, item) in wanted else item for course, item, id_ in rows]
        self.scores = self.scores.assign(item=named)
        what = "assignments of one title in two files of a course keep their number in it"
        self.note("layout", len(wanted), what, "students stand in both, and Canvas tells the two apart")
        return True

    def _differing(self, rows: pd.DataFrame, keys: Sequence[str]) -> str:
        first = rows[rows.groupby(list(keys), dropna=False, sort=False).ngroup().eq(0)]
        places = [
            f"row {int(row)} of {self.files[int(part)]}"
            for part, row in zip(first[_PART], first[ROW], strict=True)
        ]
        more = len(rows[[_PART, ROW]].drop_duplicates()) - len(places)
        return (
            f"{' and '.join(dict.fromkeys(places))} are one student's in one course and term, and differ"
            f"{f' (so do {more} more rows)' if more > 0 else ''}. Delete the one that is not right, or name "
            "the courses, terms or schools apart."
        )

    def _once(self) -> None:
        """Keep one mark and one row of totals of each student, course and term."""
        for name in ("marks", "totals"):
            frame: pd.DataFrame = getattr(self, name)
            twice = frame.duplicated(list(KEYS), keep=False)
            if not twice.any():
                continue
            said = [c for c in frame if c not in (*KEYS, _PART, ROW, "section")]
            kept = frame.drop_duplicates([*KEYS, *said])
            differ = kept.duplicated(list(KEYS), keep=False)
            if differ.any() and name == "marks":
                raise ReadError(self._differing(kept[differ], KEYS) if ROW in kept else _TWO_MARKS)
            if differ.any():
                students = int(kept[differ].duplicated(list(KEYS)).sum())
                what = "exported marks of students with work in two files were set aside, and computed"
                self.note("marks", students, what, "each is of one file alone")
            setattr(self, name, kept[~differ].reset_index(drop=True))

    def _rules(self) -> tuple[Policy, ...]:
        """Return the rules that the files show: one policy where they are alike, else one a course."""
        by: dict[Any, tuple[Policy, ...]] = {}
        for part in self.parts:
            frame = part.scores if len(part.scores) else part.marks
            for course in frame["course"].unique():
                rules = part.policies or (Policy(),)
                if _alike(by.setdefault(course, rules), rules):
                    continue
                what = "two files of one course follow different rules; those of the first were taken"
                self.note("grading rules", 1, what, "name the courses apart, or give policy=")
        found = list(by.items())
        if all(_alike(rules, found[0][1]) for _, rules in found):
            return found[0][1]
        scoped = []
        for number, (course, rules) in enumerate(found, 1):
            for rule in rules:
                scope = {"level": "course", "ids": [str(course)]}
                scoped.append(rule.but(id=slug(str(course)) or f"course-{number}", scope=scope))
        return tuple(scoped)


def _alike(one: Sequence[Policy], other: Sequence[Policy]) -> bool:
    return len(one) == len(other) and all(
        a.model_dump(exclude={"id", "title"}) == b.model_dump(exclude={"id", "title"})
        for a, b in zip(one, other, strict=True)
    )
