"""Gradebook files and what a person chose: read again after every change, used when they fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import BlankChoiceError, MatchError, RelsurveyError
from relsurvey.instrument.fold import fold
from relsurvey.loading.choices import History
from relsurvey.loading.drafts import Draft, draft_of
from relsurvey.loading.grades_alone import Alone, File, look_alone, only_tried
from relsurvey.loading.grades_choices import FIELDS, GradeChoices, grade_call, source_call
from relsurvey.loading.kinds import Chosen

if TYPE_CHECKING:
    from relsurvey.grading import Gradebook, Source
    from relsurvey.grading.mapping import GradebookMapping
    from relsurvey.reading import Limits

#: So many ways of reading the same files are kept, so that undo takes no time.
_KEPT = 4


@dataclass(frozen=True)
class Tried:
    """What came of reading the files with the choices of now.

    Attributes
    ----------
    base
        The gradebook with empty cells as not graded yet; None where the files cannot be read.
    asked
        What each choice for empty cells would do, where it matters.
    gradebook
        What was read, or None where something is left to say.
    error
        Why the files cannot be read together.
    """

    base: Gradebook | None = None
    asked: BlankChoiceError | None = None
    gradebook: Gradebook | None = None
    error: str = ""


class GradeLoading:
    """What a person does to get from gradebook files to a gradebook.

    Parameters
    ----------
    limits
        What reading one file may cost.

    Examples
    --------
    >>> import tempfile
    >>> from relsurvey.loading import kinds
    >>> from relsurvey.reading import Limits
    >>> path = Path(tempfile.mkdtemp()) / "marks.csv"
    >>> _ = path.write_text("Student ID,Course,Letter Grade" + chr(10) + "s1,Algebra,B" + chr(10))
    >>> loading = GradeLoading(Limits())
    >>> loading.add([kinds.look(path, Limits())])
    >>> loading.use()
    Gradebook: 0 scores, 1 marks, fewer than 10 students; empty cells: none
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.chosen: list[Chosen] = []
        #: Files that were dropped: the code names them as if they lay beside the notebook.
        self.uploaded: set[Path] = set()
        self.given: dict[str, Source] = {}
        self.history = History(GradeChoices())
        #: Counts up whenever files come or go.
        self.begun = 0
        self.draft: Draft | None = None
        #: Whether there are plain tables with different headers: no one mapping speaks of both.
        self.apart = False
        self._alone: dict[str, Alone] = {}
        self._read_before: dict[str, Gradebook | RelsurveyError] = {}
        self._tried: Tried | None = None

    def add(self, chosen: Sequence[Chosen], *, uploaded: bool = False) -> None:
        """Take more files; one of the same name takes the other's place."""
        new = {one.path.name: str(one.path) for one in chosen} if uploaded else {}
        gone = {str(one.path): new[one.path.name] for one in self.chosen if one.path.name in new}
        if gone:
            now = self.history.now
            said = {gone.get(file, file): of for file, of in now.said.items()}
            self.history = History(replace(now, said=said))
        self.chosen = [*(one for one in self.chosen if str(one.path) not in gone), *chosen]
        self.uploaded |= {one.path for one in chosen} if uploaded else set()
        self._start()

    def remove(self, key: str) -> Sequence[Path]:
        """Leave a file out, and return where its parts are."""
        parts = [part.path for file in self.files for part in file.parts if file.key == key]
        self.chosen = [one for one in self.chosen if one.path not in parts]
        self._start()
        return parts

    def choose(self, choices: GradeChoices) -> None:
        """Go on with other choices."""
        self.history.add(choices)
        self._tried = None

    def move(self, step: int) -> None:
        """Undo (-1) or do again (1)."""
        if self.history.move(step):
            self._tried = None

    @property
    def files(self) -> list[File]:
        """The files; OneRoster's tables that came one by one are one of them, the last."""
        loose = tuple(one for one in self.chosen if one.table)
        files = [File(one.path, (one,), one.path.name) for one in self.chosen if not one.table]
        if loose:
            lead = next((one for one in loose if one.table == "results"), loose[0])
            files.append(File(lead.path, loose, ", ".join(one.path.name for one in loose)))
        return files

    def alone(self, file: File) -> Alone:
        """Return what a file holds by itself, with the codes of now."""
        return self._known_alone(file, self.history.now.codes)

    @property
    def unmatched(self) -> list[tuple[str, int, tuple[str, ...]]]:
        """Texts that stand for no number, explained or not: the text, how many cells, in which columns."""
        found: dict[str, tuple[str, int, tuple[str, ...]]] = {}
        for file in self.files:
            # As without any code: what was explained stands here still, and can be changed.
            for one in self._known_alone(file, {}).unmatched:
                text, rows, where = found.get(fold(one.found), (one.found, 0, ()))
                found[fold(one.found)] = (text, rows + one.rows, (*where, one.where))
        return list(found.values())

    @property
    def tried(self) -> Tried:
        """What came of reading the files with the choices of now."""
        if self._tried is None:
            self._tried = self._try()
        return self._tried

    @property
    def proposed(self) -> dict[str, str]:
        """By title the category that the files' totals tell, where it is one in all files."""
        found: dict[str, str] = {}
        unclear: set[str] = set()
        for file in self.files:
            for title, kind in self.alone(file).categories.items():
                if kind is None or found.setdefault(title, kind) != kind:
                    unclear.add(title)
        return {title: kind for title, kind in found.items() if title not in unclear}

    def use(self) -> Gradebook:
        """Return the gradebook; a mapping that was needed is remembered for the next file with this header.

        Raises
        ------
        RelsurveyError
            If something is left to say.
        """
        if self.tried.gradebook is None:
            raise MatchError("The gradebook is not ready yet: settle what is left first.")
        return self._read(self._sources(), self._blank, self.history.now.codes, self._mapping())

    @property
    def mapping(self) -> GradebookMapping | None:
        """The mapping that the files are read with; None where they need none."""
        from relsurvey.grading.mapping_sources import given_mapping

        return given_mapping(self._mapping())

    @property
    def code(self) -> str:
        """The call that does the same as :meth:`use`; empty as long as there is nothing to use."""
        if self.tried.gradebook is None:
            return ""
        sources = []
        for file in self.files:
            said = self._said(file)
            for part in file.parts:
                path = part.path.name if part.path in self.uploaded else str(part.path)
                sources.append(source_call(path, said if part.path == file.path else {}))
        parts = [part.path for file in self.files for part in file.parts]
        names = [path.name for path in parts if path in self.uploaded]
        codes = self.history.now.codes
        return grade_call(sources, blank=self._blank, codes=codes, mapping=self._mapping(), beside=names)

    # From here on: what follows from files and choices.

    def _start(self) -> None:
        self.begun += 1
        self._tried, self._read_before = None, {}
        keys = {file.key for file in self.files}
        self._alone = {key: of for key, of in self._alone.items() if json.loads(key)[0] in keys}
        drafts = {}
        for file in self.files:
            opened = file.parts[0].opened
            if file.plain and opened is not None:
                try:
                    draft = draft_of(file.path, opened)
                except RelsurveyError:
                    continue  # reading it says the same, beside its name
                drafts[draft.table.fingerprint] = draft
        self.apart = len(drafts) > 1
        before = self.draft
        self.draft = next(iter(drafts.values())) if len(drafts) == 1 else None
        if before is not None and (
            self.draft is None or self.draft.table.fingerprint != before.table.fingerprint
        ):
            now = self.history.now
            kept = GradeChoices(now.said, now.codes, now.blank, now.categories, now.confirmed)
            self.history = History(kept)

    def _said(self, file: File) -> dict[str, str]:
        """Return what is said of a file: by the caller, and since then by a person."""
        given = self.given.get(file.key)
        said = {name: getattr(given, name) for name in FIELDS if given is not None and getattr(given, name)}
        now = self.history.now.said.get(file.key, {})
        return said | dict(now)

    def said(self, file: File, name: str) -> str:
        """Return what is said of a file; "" where nobody said."""
        return self._said(file).get(name, "")

    def _sources(self) -> list[Source]:
        from relsurvey.grading import Source

        sources = []
        for file in self.files:
            said = self._said(file)
            sources += [Source(part.path, **(said if part.path == file.path else {})) for part in file.parts]
        return sources

    @property
    def _blank(self) -> Any:
        """What an empty cell is, where it matters."""
        return self.history.now.blank if self.tried.asked is not None else None

    def _table(self) -> dict[str, Any] | None:
        """Return how a plain table is read, where it has to be said."""
        draft, now = self.draft, self.history.now
        if draft is None or (draft.settled and not draft.known and not now.of_table):
            return None
        return draft.parts(now)

    def _mapping(self) -> dict[str, Any] | None:
        """Return the parts of the mapping; None where the files need none."""
        now, draft = self.history.now, self.draft
        kinds_of = {**(self.proposed if now.confirmed else {}), **now.categories}
        table = self._table()
        if not kinds_of or self.apart:
            return table
        if table is None:
            # A mapping speaks of all files: with one for Canvas, a plain table needs its own lines too.
            table = draft.parts(now) if draft is not None else {"layout": "canvas"}
        return {**table, "categories": {**table.get("categories", {}), **kinds_of}}

    def _read(
        self,
        sources: Sequence[Source],
        blank: Any,
        codes: Mapping[str, float | str],
        mapping: dict[str, Any] | None,
    ) -> Gradebook:
        from relsurvey.grading import read_gradebook

        given = list(sources)
        return read_gradebook(given, blank=blank, codes=codes or None, mapping=mapping, limits=self.limits)

    def _reading(self, blank: Any) -> Gradebook:
        """Read all files; what was read so before is not read again, and nothing is remembered of it."""
        mapping = only_tried(self._mapping())
        codes = self.history.now.codes
        sources = self._sources()
        key = json.dumps([[*map(repr, sources)], blank, list(codes.items()), mapping], default=str)
        found = self._read_before.get(key)
        if found is None:
            try:
                found = self._read(sources, blank, codes, mapping)
            except RelsurveyError as error:
                found = error
            while len(self._read_before) >= _KEPT:
                del self._read_before[next(iter(self._read_before))]
            self._read_before[key] = found
        if isinstance(found, RelsurveyError):
            raise found
        return found

    def _try(self) -> Tried:
        files = self.files
        if not files or any(alone.error or alone.unmatched for alone in map(self.alone, files)):
            return Tried()
        asked = None
        try:
            try:
                found = self._reading(None)
            except BlankChoiceError as error:
                asked = error
                found = self._reading("ungraded")
            chosen = self.history.now.blank
            if asked is None:
                return Tried(found, None, found)
            # Under another choice the same cells are read: nothing new can be wrong.
            return Tried(found, asked, self._reading(chosen) if chosen else None)
        except RelsurveyError as error:
            return Tried(error=str(error))

    def _known_alone(self, file: File, codes: Mapping[str, float | str]) -> Alone:
        table = self._table() if file.plain else None
        key = json.dumps([file.key, list(codes.items()), table], default=str)
        if key not in self._alone:
            self._alone[key] = look_alone(file, codes, table, self.limits)
        return self._alone[key]

    def names(self) -> Iterable[str]:
        """Yield what a message may quote: names of files, sheets, columns and work."""
        from relsurvey.grading.formats.canvas_layout import layout_of
        from relsurvey.loading.shown import column_name

        for one in self.chosen:
            yield one.path.name
            if one.opened is None:
                continue
            yield one.opened.file
            for sheet in one.opened.sheets:
                yield sheet.name
                if one.form.startswith("Canvas"):
                    try:
                        yield from (title for _, title, _ in layout_of(sheet).items)
                    except RelsurveyError:
                        continue
        if self.draft is not None:
            yield from (column_name(column.name, "") for column in self.draft.table.columns)
