"""Surveys and gradebooks side by side: what files are, whose turn it is, and which are needed still."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import ReadError, RelsurveyError
from relsurvey.loading import kinds
from relsurvey.loading.grades import GradeLoading
from relsurvey.loading.inbox import Inbox
from relsurvey.loading.kinds import Chosen
from relsurvey.loading.load import Loading

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument

SURVEY, GRADEBOOK = "survey", "gradebook"


class Both:
    """A survey and gradebooks that are being loaded, and which of the two is looked at.

    Parameters
    ----------
    loading, grades
        The two.
    told
        What a person said that the files are: ``"survey"``, ``"gradebook"``, or "" to find out.

    Attributes
    ----------
    mode
        Which of the two is looked at.
    offered
        Files that look like the other kind, until a person says what they are.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> loading = Loading()
    >>> both = Both(loading, GradeLoading(loading.limits))
    >>> both.open(demo_workbook())
    >>> both.mode
    'survey'
    """

    def __init__(self, loading: Loading, grades: GradeLoading, told: str = "") -> None:
        self.loading, self.grades = loading, grades
        self.inbox = Inbox(loading.limits.megabytes)
        self.mode = told or SURVEY
        self.offered: list[Chosen] = []
        self._told = told
        #: Files of one choice that are here, until the last has come.
        self.batch: list[Path] = []

    def open(self, source: Any, *, asked: bool = False) -> None:
        """Take the files that a caller named.

        Parameters
        ----------
        source
            A path or a source of either kind, or a list of them.
        asked
            Whether the caller named an instrument, so that they are a survey.

        Raises
        ------
        ReadError
            If one cannot be read.
        """
        from relsurvey import grading
        from relsurvey.reading import Source

        several = isinstance(source, Sequence) and not isinstance(source, str)
        sources = list(source) if several else [source]
        if not self._told and (asked or any(isinstance(one, Source) for one in sources)):
            self._told = SURVEY
        if self._told == SURVEY:
            self.loading.open(sources)
            return
        graded = [one if isinstance(one, grading.Source) else grading.Source(one) for one in sources]
        chosen = [kinds.look(Path(one.path), self.loading.limits) for one in graded]
        if self._told or any(kinds.is_gradebook(one, self._known) for one in chosen):
            self.mode = GRADEBOOK
            self.grades.given = {str(Path(one.path)): one for one in graded}
            self.grades.add(chosen)
            return
        self.loading.open(sources, opened=[one.opened for one in chosen if one.opened is not None])

    def switch(self, mode: str) -> None:
        """Read files as the other kind: those that wait for it, else those that are here.

        Raises
        ------
        RelsurveyError
            If they cannot be read so.
        """
        chosen, self.offered = self.offered, []
        before, self.mode, self._told = self.mode, mode, mode
        if not chosen and mode != before:
            if mode == GRADEBOOK and not self.grades.chosen:
                paths = [Path(one.path) for one in self.loading.sources]
                chosen = [kinds.look(path, self.loading.limits) for path in paths]
            elif mode == SURVEY and not self.loading.sources:
                chosen = [one for one in self.grades.chosen if one.opened is not None]
        if chosen:
            self._give(chosen, uploaded=all(self.inbox.holds(one.path) for one in chosen))

    def settle(self) -> None:
        """Take the files that have come together.

        As long as there is none, they say themselves what they are; later ones that look like the other kind
        wait for a word.

        Raises
        ------
        ReadError
            If one cannot be read; the others are taken.
        """
        paths, self.batch, self.offered = self.batch, [], []
        chosen, sentences = [], []
        for path in paths:
            try:
                chosen.append(kinds.look(path, self.loading.limits))
            except ReadError as error:
                sentences.append(str(error))
        graded = [one for one in chosen if kinds.is_gradebook(one, self._known)]
        if chosen and not (self._told or self.loading.sources or self.grades.chosen):
            self.mode = GRADEBOOK if graded else SURVEY
        elif self.mode == SURVEY:
            self.offered = graded
        else:
            self.offered = [one for one in chosen if kinds.is_survey(one, self._known)]
        taken = [one for one in chosen if one not in self.offered]
        try:
            if taken:
                self._give(taken, uploaded=True)
        except RelsurveyError as error:
            sentences.append(str(error))
        finally:
            self.tidy()
        if sentences:
            raise ReadError(" ".join(sentences))

    def tidy(self) -> None:
        """Remove files that were dropped and that nobody needs any more."""
        loading = self.loading
        needed = {Path(one.path) for one in loading.sources}
        needed |= {one.path for one in (*self.grades.chosen, *self.offered)}
        needed |= {loading.roster} if loading.roster is not None else set()
        self.inbox.keep(needed | set(self.batch))

    @property
    def _known(self) -> list[Instrument]:
        return [asked.instrument for asked in self.loading.menu.values()]

    def _give(self, chosen: Sequence[Chosen], *, uploaded: bool) -> None:
        """Give files to the one that is looked at."""
        if self.mode == GRADEBOOK:
            self.grades.add(chosen, uploaded=uploaded)
        else:
            opened = [one.opened for one in chosen if one.opened is not None]
            self.loading.open([one.path for one in chosen], uploaded=uploaded, opened=opened)
