"""A study: what was read, made smaller, checked against a roster, shown and published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.disclosure.shown import NOTHING, LeftOut
from relsurvey.errors import AnalysisError, DisclosureError
from relsurvey.reading import Entry, Limits
from relsurvey.study.graded import Graded
from relsurvey.study.releasing import beside_earlier

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.publish import Published
    from relsurvey.publish.write import Format
    from relsurvey.view import View
    from relsurvey.view.strategies import Strategies
    from relsurvey.view.without import Without


class Study(Graded):
    """Survey answers that fit an instrument, and the ledger of how they came to.

    Every verb returns a new object and uses the latest wave unless told otherwise (:meth:`where`).

    Attributes
    ----------
    instrument
        What was asked.
    responses
        One row a respondent and wave, in file order: identity keys, group ids, item ids. Items are float
        codes as answered (not reversed), NaN for none or not counted.
    answers
        The same with every label kept.
    comments
        Respondent, question, text; the index is the position of the row in ``responses``. Unpublished until a
        person releases them (``relsurvey comments``), and then shown in the app alone.
    flags
        One row a respondent and wave, one truth value a flag: ``unfinished`` (the file says so) and
        ``few_answers`` (too few for any scale). They remove nothing: :meth:`without` does.
    roster
        Who was asked: one row a student, or None. Students who opted out are not in it.
    gradebook
        The marks of these students, or None.
    """

    @property
    def ledger(self) -> pd.DataFrame:
        """Every decision taken while reading: ``step, where, rows, what, why`` and ``effect``.

        ``effect`` says what ``rows`` counts: rows in, less rows out, are rows kept; answers add up to the
        questions times the rows whose labels were matched.
        """
        from relsurvey.reading.ledger import as_table

        return as_table(self._ledger)

    def __repr__(self) -> str:
        from relsurvey.words import students_words

        waves = f", waves {', '.join(self.waves)}" if self.waves else ""
        people = students_words(["en"], self.responses["respondent"].nunique())["en"]
        return f"<Study {self.instrument.id}: {people}{waves}{', simulated' if self.simulated else ''}>"

    def where(self, wave: str | None = None, school: str | None = None, team: str | None = None) -> Study:
        """Return a smaller study.

        Parameters
        ----------
        wave, school, team
            What to keep; None keeps all.

        Raises
        ------
        AnalysisError
            If no row is left, naming what there is.
        """
        from relsurvey.reading.part import chosen
        from relsurvey.reading.roster import narrowed

        wanted = {"wave": wave, "school": school, "team": team}
        keep, entry = chosen(self.responses, wanted)
        if entry is None:
            return self
        return replace(self._kept(keep, entry), _roster=narrowed(self._roster, wanted))

    def without(self, flags: str | Sequence[str] | pd.Series | np.ndarray) -> Study:
        """Return a study without the rows that carry a flag.

        Parameters
        ----------
        flags
            The name of a flag of :attr:`flags`, several names, or truth values, one a row of ``responses``.

        Raises
        ------
        AnalysisError
            If there is no such flag, or no row is left.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_workbook
        >>> study = rs.read(demo_workbook())
        >>> len(study.without("few_answers").responses) + int(study.flags.few_answers.sum())
        902
        """
        from relsurvey.reading.part import flagged

        return self._kept(*flagged(self.responses, self.flags, flags))

    def _kept(self, keep: np.ndarray, entry: Entry) -> Study:
        from relsurvey.reading.part import without

        responses, answers, comments, flags = without(
            keep, self.responses, self.answers, self.comments, self.flags
        )
        return replace(
            self,
            responses=responses,
            answers=answers,
            comments=comments,
            flags=flags,
            _ledger=(*self._ledger, entry),
        )

    def with_roster(self, roster: str | Path | pd.DataFrame, *, limits: Limits | None = None) -> Study:
        """Return the study with a list of who was asked, joined by student id.

        Leading zeros of ids do not matter. Students who opted out are left out. What the file does not say
        of a student (school, team, groups), the roster fills in; where the two differ, the student's own
        answer stays. All of it is in the ledger.

        Parameters
        ----------
        roster
            A path or a DataFrame: one row a student, a column with the id (``student_id``, or as the
            instrument names it), and any of school, team, grade_level, the group variables and ``opt_out``.
        limits
            What reading the file may cost.

        Raises
        ------
        ReadError
            If it has no ids, says of opting out what is neither yes nor no, or leaves no row.
        """
        from relsurvey.keeping import note_read
        from relsurvey.reading.roster import join, read_roster

        who = read_roster(roster, self.instrument, limits or Limits(), self._ids)
        if isinstance(roster, (str, Path)) and not self.simulated:
            note_read([roster], self.instrument, roster=True)
        joined = join(self.responses, self.answers, self.comments, self.flags, self._ledger, who, self._ids)
        return replace(
            self,
            responses=joined.responses,
            answers=joined.answers,
            comments=joined.comments,
            flags=joined.flags,
            _ledger=joined.ledger,
            _roster=who,
        )

    def view(
        self,
        by: str | Sequence[str] | None = None,
        min_n: int | None = None,
        strategies: str | Path | Strategies | None = None,
        without: Without | None = None,
    ) -> View:
        """Return the view of the latest wave, after the gate, with what changed since the wave before.

        Parameters
        ----------
        by
            Group variables; None takes the instrument's. A pair, as ``"gender*grade"``, is a table of both
            together, for all schools alone.
        min_n
            Fewest students of anything shown; the largest of this, the instrument's and the rules' wins.
        strategies
            What a team could try, on the page *Next step*: a YAML file's path; None takes the ready cards.
        without
            Tables to leave out, by school, or ``"all"`` for all schools together: ``{"Lincoln": ["home"],
            "all": ["ell"]}``. Their groups stay protected as if they were shown, and more may be shown
            elsewhere: so people choose which table gives way, not the gate.

        Raises
        ------
        InstrumentError
            If the file of strategies is not right.
        AnalysisError
            If a variable is not one of the instrument's, a pair not two of them, or there is no such table
            to leave out.
        DisclosureError
            If the gate refuses, or a pair is asked of one school.
        """
        return self._view(by, min_n, MIN_N_SHOWN, strategies, without=without)

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
        from relsurvey.view.build import build
        from relsurvey.view.strategies import find

        offered = find(strategies)
        variables = self._published_groups() if by is None else self._named(by)
        before = self._before()
        view = build(
            self._material(),
            earlier=None if before is None else before._material(),
            by=variables,
            min_n=max(min_n or 0, self.instrument.privacy.min_n, floor),
            strategies=offered,
            left_out=left_out,
            without=without,
        )
        return self._with_comments(view) if comments else view

    def _work(self) -> pd.DataFrame | None:
        """Return whose work stands behind a view, beside the answers; a survey has none."""
        return None

    def _weeks(self) -> pd.DataFrame | None:
        """Return the same week by week."""
        return None

    def _named(self, by: str | Sequence[str]) -> tuple[str, ...]:
        """Return the group variables that a view is asked for, then the pairs of them."""
        from relsurvey.instrument.crossing import CROSS, pair

        names: dict[str, None] = {}
        pairs: dict[frozenset[str], str] = {}
        for name in [by] if isinstance(by, str) else by:
            parts = (name,) if CROSS not in name else pair(name)
            if parts is None or (len(parts) == 2 and parts[0] == parts[1]):
                raise AnalysisError(
                    f"{name!r} is no pair: name two different group variables, joined by one {CROSS}."
                )
            for part in parts:
                if part not in self.instrument.groups:
                    self._group(part)
                    raise AnalysisError(
                        f"{part!r} is a unit, not a group: every view already has its schools and teams. "
                        "Leave it out of `by`."
                    )
            if len(parts) == 2:
                pairs.setdefault(frozenset(parts), CROSS.join(parts))
            else:
                names[name] = None
        return (*names, *pairs.values())

    def _with_comments(self, view: View) -> View:
        """Return a view with the comments that a person released, on the pages of their schools."""
        from relsurvey.comments import released

        found = released(
            self._latest().responses,
            self.comments,
            self.instrument,
            min_n=view.provenance.settings.min_n,
            languages=view.languages,
            ids=self._ids,
            simulated=self.simulated,
        )
        units = [unit.model_copy(update={"comments": found.get(unit.id, [])}) for unit in view.units]
        return view.model_copy(update={"units": units})

    def publish(
        self,
        out: str | Path,
        by: str | Sequence[str] | None = None,
        formats: Sequence[Format] = ("voila", "html"),
        min_n: int | None = None,
        ledger: str | Path | None = None,
        strategies: str | Path | Strategies | None = None,
        cards: str | Path | Sequence[str | Path] | None = None,
        each: Literal["school", "team"] | None = None,
        without: Without | None = None,
    ) -> Published:
        """Write the view's doors to a folder, and the release to its ledger.

        What was published of the same wave before counts: two releases that differ by a few students would
        give them away together, and the second one is refused. Where they differ so on single scales or
        questions alone, those are left out of the second one. So does what is shown of the wave before this
        one, beside it. Simulated answers have no ledger.

        Parameters
        ----------
        out
            The folder; it is made.
        by
            Group variables, as in :meth:`view`; a pair stands in no file that travels.
        formats
            ``"html"``: one self-contained file; ``"voila"``: the app that ``relsurvey serve`` serves;
            ``"excel"``: a workbook; ``"slides"``: a deck to present, both once in each language of the
            instrument (``view.pptx`` in its first, ``view.es.pptx``). At least 11 students stand behind
            everything where one of them is a file that travels: all but the app.
        min_n
            Fewest students of anything shown; a larger one wins.
        ledger
            The ledger of releases; None takes the instrument's own in relsurvey's folder. It may not lie
            beside a view.
        strategies
            As for :meth:`view`.
        cards
            Files that teams saved from the page *Next step* in earlier waves, or the folder of them: each
            unit's page opens with its own, the latest first, three at most.
        each
            ``"school"`` or ``"team"``: a folder for each one, an ``index.html`` that leads to them, and
            ``teams.yaml`` for ``relsurvey serve``. The gate works on all of them together.
        without
            Tables to leave out, as for :meth:`view`.

        Returns
        -------
        Published
            Where each door is, and in ``notes`` a sentence for each team's file, scale or question that is
            left out.

        Raises
        ------
        AnalysisError, DisclosureError, InstrumentError
            As :meth:`view` does.
        DisclosureError
            If a small group would follow from this release and an earlier one, or the ledger of what was
            published is missing or damaged.
        PublishError
            If a format is not known, there is nothing to write for ``each``, or the folder cannot be written.
        ReadError
            If a file of ``cards`` is none that a team saved.
        """
        from relsurvey import keeping
        from relsurvey.instrument.crossing import CROSS
        from relsurvey.publish import publish
        from relsurvey.publish.write import TRAVELS, least
        from relsurvey.view.cards import attach
        from relsurvey.view.cards import read as read_cards
        from relsurvey.view.left_out import left_out_anew

        travels = TRAVELS & set(formats)
        if travels and any(CROSS in name for name in ([by] if isinstance(by, str) else by or ())):
            raise DisclosureError(
                f"Two variables together stand in no file that travels ({', '.join(sorted(travels))}): "
                "publish the app alone (voila), or leave the pair out of `by`."
            )
        saved = {} if cards is None else read_cards(cards)
        usual = least(formats, self.instrument)
        folder, book = Path(out), None if ledger is None else Path(ledger)

        def attempt(left: LeftOut) -> Published:
            def note(json: str) -> None:
                self._record(json, left, folder, formats, book)
                keeping.note_published(folder, self.instrument, self.wave, formats, usual, min_n, book)

            comments = "voila" in formats
            view = self._view(by, min_n, usual, strategies, comments=comments, left_out=left, without=without)
            view, notes = attach(
                view, saved, instrument=self.instrument.id, wave=self.wave, waves=self.instrument.waves
            )
            published = publish(
                view, folder, tuple(formats), each=each, before=None if self.simulated else note
            )
            return replace(published, notes=notes)

        published, left = beside_earlier(attempt)
        more = left_out_anew(published.view, left)
        return replace(published, notes=(*published.notes, *more))

    def _record(
        self,
        view: str,
        left: LeftOut,
        out: Path | None = None,
        formats: Sequence[Format] = (),
        ledger: Path | None = None,
    ) -> None:
        """Hold a view against its ledger, and note it there if it goes anywhere."""
        from relsurvey.disclosure.release import Answers, record

        rows, before = self._latest(), self._before()
        record(
            view,
            rows.responses,
            rows.answers,
            self.instrument,
            wave=self.wave,
            before=None if before is None else Answers(before.wave, before.responses, before.answers),
            out=out,
            formats=formats,
            ledger=ledger,
            ids=self._ids,
            work=self._work(),
            weeks=self._weeks(),
            left_out=left,
        )

    def _rehearsed(
        self,
        by: str | Sequence[str] | None,
        min_n: int | None,
        strategies: str | Path | None = None,
        without: Without | None = None,
    ) -> View:
        """Return the view as it would be published beside earlier releases; nothing is written."""

        def attempt(left: LeftOut) -> View:
            view = self._view(by, min_n, MIN_N_SHOWN, strategies, left_out=left, without=without)
            if not self.simulated:
                self._record(view.to_json(), left)
            return view

        return beside_earlier(attempt)[0]
