"""A ninth grade's marks, ready for the gate: counted as a study is, shown and published as one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.disclosure.shown import NOTHING, LeftOut
from relsurvey.errors import AnalysisError
from relsurvey.grading import Gradebook, Snapshots
from relsurvey.grading.trackrule import Rule
from relsurvey.instrument.model import Wave
from relsurvey.practices import measures
from relsurvey.practices.cards import grading_cards
from relsurvey.practices.dials import find, ready
from relsurvey.practices.people import as_text, attending, named, people, with_groups
from relsurvey.practices.runs import Change, changes_of
from relsurvey.practices.worked import standing_by_week, standing_for
from relsurvey.reading import Entry
from relsurvey.study import Study
from relsurvey.words import speaking_of
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.change import Change as Measured
    from relsurvey.grading import Policy
    from relsurvey.grading.practices import Adoption
    from relsurvey.instrument import Instrument
    from relsurvey.practices.dials import Dials
    from relsurvey.view import View
    from relsurvey.view.material import Material
    from relsurvey.view.strategies import Strategies
    from relsurvey.view.without import Without


# repr=False: a dataclass's own repr would show rows.
@dataclass(frozen=True, eq=False, repr=False)
class GradingPractices(Study):
    """Marks of one or more terms, who has them, and what a team has agreed on: a study of marks.

    Its scales are measures: no D or F, on track by a named rule, C or better in every A-G course. The latest
    term counts, and the one before it is what it is set beside. Verbs of :class:`relsurvey.Study` that count
    and compare hold here too; there are no questions, so nothing is said of reliability.

    Attributes
    ----------
    gradebook
        As it was read.
    rule
        Who is on track; None where that is not counted.
    year_course
        The credits of a course of a whole year, where it was said.
    attendance
        One row a student, for this kernel alone, where it was given.
    adoption
        The stages that teams agreed on, or None.
    weekly
        What is followed week by week: a gradebook with due dates, or snapshots; None where nothing is.
    changes
        The days on which a policy changed.
    dials
        The grid of policies to be tried; None where none is shown.
    """

    gradebook: Gradebook | None = None
    rule: Rule | None = None
    year_course: float | None = None
    attendance: pd.DataFrame | None = None
    adoption: Adoption | None = None
    weekly: Gradebook | Snapshots | None = None
    changes: tuple[Change, ...] = ()
    dials: Dials | None = None

    def __repr__(self) -> str:
        return super().__repr__().replace("<Study", "<GradingPractices", 1)

    @classmethod
    def of(
        cls,
        gradebook: Gradebook,
        *,
        survey: Study | None = None,
        students: str | Path | pd.DataFrame | None = None,
        instrument: str | Path | Instrument | None = None,
        rule: str | Path | dict[str, Any] | Rule | None = "auto",
        year_course: float | None = None,
        attendance: str | Path | pd.DataFrame | None = None,
        adoption: Adoption | None = None,
        weekly: Gradebook | Snapshots | None = None,
        changes: Sequence[Policy | tuple[datetime.date | str, str]] | None = None,
        dials: str | Path | Dials | Literal[False] | None = None,
        terms: Sequence[str] | None = None,
        simulated: bool = False,
    ) -> GradingPractices:
        """Count marks, with what is known of the students who have them.

        Parameters
        ----------
        gradebook
            Scores and marks, as :func:`relsurvey.grading.read_gradebook` reads them.
        survey
            A survey of the same students: its groups are taken from it, and with it stands who answered it
            favorably to many questions, and who to few, as a group of its own (``relationships``).
        students
            Or a list of the students, as :meth:`relsurvey.Study.with_roster` takes it: ids and groups.
        instrument
            Whose group variables ``students`` has; None takes those of ``five-elements``.
        rule
            Who is on track: as :func:`relsurvey.grading.on_track` takes it. ``"auto"`` takes
            ``"core-failures"`` where the marks say which courses are core, and else leaves it out, as None.
        year_course
            The credits of a course of a whole year, as :func:`relsurvey.grading.on_track` takes them.
        attendance
            What a rule such as ``"ew-9"`` asks for, as :func:`relsurvey.grading.on_track` takes it, with the
            gradebook's ids.
        adoption
            What :func:`relsurvey.grading.adoption` read.
        weekly
            What is followed week by week; None takes the gradebook where its work has due dates.
        changes
            What changed during the term: policies with a first day, of a district or of schools, or days with
            a few words each; None takes the gradebook's own rules that have a first day.
        dials
            The grid of policies to try: a YAML file or :class:`Dials`; None takes those that the gradebook
            can answer, False none.
        terms
            The terms in order of time; None takes it from their names, such as ``S1`` and ``S2``, without the
            summer terms that stand beside others.
        simulated
            Whether the marks were made by a program: every page says so.

        Raises
        ------
        AnalysisError
            If there is no final mark, no student of the survey, list or attendance has one, a term is not
            there, the names of terms do not tell which came first, or it cannot be told who is on track by a
            rule that was named.
        PolicyError
            If the rule or the dials are not as they must be.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_gradebook, demo_workbook
        >>> gradebook = rs.grading.read_gradebook(demo_gradebook(), blank="zero")
        >>> marks = rs.GradingPractices.of(gradebook, survey=rs.read(demo_workbook()), simulated=True)
        >>> view = marks.view(by="gender")
        >>> view.units[0].scales[0].words["en"]
        'about 5 in 10'
        """
        import pandas as pd

        _check(gradebook, survey, students, attendance, adoption, weekly, dials)
        gradebook = as_text(gradebook)
        if survey is not None and students is not None:
            raise AnalysisError("Give `survey` or `students`, not both: each says who is in which group.")
        known = people(survey, students, instrument)
        as_read = gradebook
        gradebook, entries = named(as_read, known)
        attended, attended_entries = attending(attendance, as_read, gradebook)
        counted = measures.by_term(gradebook, rule, terms, year_course, attended)
        rows = with_groups(counted, known)
        grid, left_out = _grid(dials, gradebook)
        asked = measures.instrument().model_copy(
            update={
                "groups": known.groups,
                "waves": {term: Wave(id=term) for term in counted.terms},
                "privacy": known.privacy,
            }
        )
        answers = rows.assign(**{item: rows[item].map(_labels(asked, item)) for item in asked.items})
        return cls(
            asked,
            rows,
            answers,
            pd.DataFrame({"respondent": [], "question": [], "text": []}),
            pd.DataFrame({"unfinished": False, "few_answers": False}, index=rows.index),
            (
                *gradebook.entries,
                *known.entries,
                *counted.entries,
                *entries,
                *attended_entries,
                *(Entry("dials", "all files", 0, "a dial is left out", why) for why in left_out),
            ),
            known.sha256,
            simulated,
            known.ids,
            gradebook=gradebook,
            rule=counted.rule,
            year_course=year_course,
            attendance=attended,
            adoption=adoption,
            weekly=_with_days(gradebook) if weekly is None else _of_text(weekly),
            changes=changes_of(changes, gradebook.policies),
            dials=grid,
        )

    def change(
        self,
        scale: str,
        before: str | None = None,
        after: str | None = None,
        *,
        by: str | Sequence[str] = (),
        over: Literal["school", "team"] | None = None,
    ) -> Measured:
        """Say whether a measure is otherwise than in an earlier term: as :meth:`relsurvey.Study.change`.

        Raises
        ------
        AnalysisError
            If the measure counts all terms so far, beside what :meth:`relsurvey.Study.change` raises.
        """
        if scale in measures.CUMULATIVE:
            raise AnalysisError(
                f"{scale!r} counts all terms so far, so it is not compared with the term before. "
                f"Compare {next(iter(self.instrument.scales))!r}."
            )
        kept = {key: one for key, one in self.instrument.scales.items() if key not in measures.CUMULATIVE}
        each = replace(self, instrument=self.instrument.model_copy(update={"scales": kept}))
        return super(GradingPractices, each).change(scale, before, after, by=by, over=over)

    def _material(self) -> Material:
        from relsurvey.view.material import Material

        rows = self._latest()
        students = len(rows.responses)
        return Material(
            self.instrument,
            rows.responses,
            rows.answers,
            self.wave,
            tuple(measures.counted(scale, students) for scale in self._answered()),
            self._ledger,
            self._sha256,
            self.simulated,
            subject="marks",
            cumulative=measures.CUMULATIVE,
        )

    def _work(self) -> pd.DataFrame | None:
        books = [] if self.gradebook is None or self.dials is None else [self.gradebook]
        if isinstance(self.weekly, Gradebook):
            books += [self.weekly] if self.weekly is not self.gradebook else []
        elif self.weekly is not None:
            books += self.weekly.whole()[0].values()
        return standing_for(books)

    def _weeks(self) -> pd.DataFrame | None:
        return None if self.weekly is None else standing_by_week(self.weekly)

    def _view(
        self,
        by: str | Sequence[str] | None,
        min_n: int | None,
        floor: int,
        strategies: str | Path | Strategies | None,
        *,
        comments: bool = False,
        left_out: LeftOut = NOTHING,
        without: Without | None = None,
    ) -> View:
        from relsurvey.practices.pages import with_practices

        cards = grading_cards() if strategies is None else strategies
        view = super()._view(by, min_n, floor, cards, left_out=left_out, without=without)
        with speaking_of("marks"):
            return with_practices(view, self, left_out.now)


def _check(
    gradebook: object,
    survey: object,
    students: object,
    attendance: object,
    adoption: object,
    weekly: object,
    dials: object,
) -> None:
    """Refuse what is not what it must be, in a sentence that says how to get it."""
    import pandas as pd

    from relsurvey.grading.practices import Adoption
    from relsurvey.practices.dials import Dials

    for given, kinds, what in (
        (gradebook, Gradebook, "Give what `rs.grading.read_gradebook` returned."),
        (students, (str, Path, pd.DataFrame, type(None)), "`students` is a file or a DataFrame of students."),
        (
            attendance,
            (str, Path, pd.DataFrame, type(None)),
            "`attendance` is a file or a DataFrame by student, such as `rs.grading.attendance(…).students`.",
        ),
        (survey, (Study, type(None)), "`survey` is a survey of the same students: what `rs.read` returned."),
        (adoption, (Adoption, type(None)), "`adoption` is what `rs.grading.adoption` returned."),
        (
            weekly,
            (Gradebook, Snapshots, type(None)),
            "`weekly` is a gradebook with due dates, or `rs.grading.Snapshots`.",
        ),
    ):
        if not isinstance(given, kinds):
            raise AnalysisError(what)
    if dials is not None and dials is not False and not isinstance(dials, (str, Path, Dials)):
        raise AnalysisError("`dials` is the path of a YAML file; False shows no policies to try.")


def _of_text(weekly: Gradebook | Snapshots) -> Gradebook | Snapshots:
    return as_text(weekly) if isinstance(weekly, Gradebook) else weekly


def _labels(asked: Instrument, item: str) -> dict[float, str]:
    """Return what stands in `answers` for each code of an item."""
    return {o.code: pick(o.label, "en") for o in asked.options_of(item).options if o.code is not None}


def _grid(
    dials: str | Path | Dials | Literal[False] | None, gradebook: Gradebook
) -> tuple[Dials | None, tuple[str, ...]]:
    """Return the grid that is asked for or can be answered, and why other dials are left out."""
    if dials is False:
        return None, ()
    if dials is not None:
        return find(dials), ()
    return ready(gradebook) if len(gradebook.scores) else (None, ())


def _with_days(gradebook: Gradebook) -> Gradebook | None:
    """Return a gradebook whose work can be followed by its due dates; None where it has none."""
    return gradebook if len(gradebook.scores) and gradebook.scores["due"].notna().any() else None
