"""The one object a notebook holds, and the function that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.errors import AnalysisError
from relsurvey.instrument import Instrument
from relsurvey.instrument.keys import NEVER_PUBLISHED
from relsurvey.reading import Entry, Limits, Mapping, Roster, Source
from relsurvey.reading import read as _read

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.compare import Comparison
    from relsurvey.analysis.reliability import Reliability
    from relsurvey.analysis.response import Response
    from relsurvey.publish import Published
    from relsurvey.view import View
    from relsurvey.view.material import Material

#: Fewest students of anything shown inside an app, and of anything that leaves it (rules.md 16).
MIN_N_APP, MIN_N_FILE = 10, 11


def read(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    instrument: str | Path | Instrument | None = None,
    *,
    mapping: str | Path | Mapping | dict[str, Any] | None = None,
    wave: str | None = None,
    school: str | None = None,
    roster: str | Path | pd.DataFrame | None = None,
    strict: bool = True,
    keep: Literal["last", "first", "all"] = "last",
    ids: Literal["hashed", "as-is"] = "hashed",
    limits: Limits | None = None,
) -> Study:
    """Read survey answers into a :class:`Study`, accounting for every row and label.

    Parameters
    ----------
    source
        A path (``.xlsx``, ``.xls``, ``.ods``, ``.csv``, ``.tsv``, ``.sav``, ``.dta``), a DataFrame,
        or a list of paths or :class:`Source`.
    instrument
        The id of a ready instrument, the path of a YAML file, or an :class:`Instrument`; None recognises a
        ready one.
    mapping
        Which column is which question and which label which answer, where names and wordings do not say: the
        path of a YAML file, a :class:`Mapping`, or its parts as a dict. ``relsurvey check`` proposes one, and
        one that was used is remembered for the next file with the same header.
    wave, school
        The wave or school of every row, where the file does not say.
    roster
        Who was asked, as :meth:`Study.with_roster` takes it.
    strict
        Whether a missing question or an answer that fits no option is an error (else a ledger line).
    keep
        Which row to keep of a respondent who answered more than once in a wave.
    ids
        ``"hashed"`` replaces respondent and teacher ids by a keyed hash; ``"as-is"`` keeps them.
    limits
        What reading one file may cost.

    Returns
    -------
    Study

    Raises
    ------
    ReadError
        If a file cannot be read, in one sentence.
    MatchError
        If questions or answers do not fit the instrument, with the nearest match.
    InstrumentError
        If the instrument is not right.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> study = rs.read(demo_workbook())
    >>> study.instrument.id, study.waves, list(study.ledger.columns)
    ('five-elements', ('fall', 'spring'), ['step', 'where', 'rows', 'what', 'why', 'effect'])
    """
    reading = _read(
        source,
        instrument,
        mapping=mapping,
        wave=wave,
        school=school,
        strict=strict,
        keep=keep,
        ids=ids,
        limits=limits,
    )
    study = Study(
        reading.instrument,
        reading.responses,
        reading.answers,
        reading.comments,
        reading.flags,
        reading.ledger,
        reading.sha256,
        reading.simulated,
        ids,
    )
    return study if roster is None else study.with_roster(roster, limits=limits)


@dataclass(frozen=True, eq=False)
class Study:
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
        Respondent, question, text; the index is the position of the row in ``responses``. Never published.
    flags
        One row a respondent and wave, one truth value a flag: ``unfinished`` (the file says so) and
        ``few_answers`` (too few for any scale). They remove nothing: :meth:`without` does.
    roster
        Who was asked: one row a student, or None. Students who opted out are not in it.
    """

    instrument: Instrument
    responses: pd.DataFrame
    answers: pd.DataFrame
    comments: pd.DataFrame
    flags: pd.DataFrame
    _ledger: tuple[Entry, ...]
    _sha256: tuple[str, ...]
    simulated: bool = False
    _ids: Literal["hashed", "as-is"] = "hashed"
    _roster: Roster | None = None

    @property
    def roster(self) -> pd.DataFrame | None:
        """Who was asked: one row a student, or None without a roster; nobody who opted out is in it."""
        return None if self._roster is None else self._roster.students

    @property
    def ledger(self) -> pd.DataFrame:
        """Every decision taken while reading: ``step, where, rows, what, why`` and ``effect``.

        ``effect`` says what ``rows`` counts: rows in, less rows out, are rows kept; answers add up to the
        questions times the rows whose labels were matched.
        """
        from relsurvey.reading.ledger import as_table

        return as_table(self._ledger)

    @property
    def waves(self) -> tuple[str, ...]:
        """The waves there are, in the instrument's order, others last."""
        if "wave" not in self.responses:
            return ()
        found = [str(w) for w in self.responses["wave"].dropna().unique()]
        known = [w for w in self.instrument.waves if w in found]
        return (*known, *sorted(w for w in found if w not in known))

    @property
    def wave(self) -> str | None:
        """The latest wave, which every verb uses."""
        return self.waves[-1] if self.waves else None

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
        from relsurvey.reading.roster import join, read_roster

        who = read_roster(roster, self.instrument, limits or Limits(), self._ids)
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

    def response(self, by: str | None = None) -> Response:
        """Return who answered in the latest wave, against the roster: look at it before any result.

        Parameters
        ----------
        by
            A group variable, school, team or grade_level that the roster has; None for all students together,
            and by school where the roster has schools.

        Raises
        ------
        AnalysisError
            Without a roster, or if the roster does not have that variable.
        """
        import pandas as pd

        from relsurvey.analysis.response import response
        from relsurvey.reading.identity import join_key

        students = self.roster
        if students is None:
            raise AnalysisError(
                "Who was asked is not known. "
                "Give the list of students: study.with_roster(path), or read(roster=)."
            )
        rows = self._latest().responses
        came = rows[rows[list(self.instrument.items)].notna().any(axis=1)]["respondent"]
        keys = {join_key(str(text), self._ids) for text in came}
        answered = pd.Series([join_key(str(text), self._ids) in keys for text in students["respondent"]])
        if by is not None:
            return response(students, answered, [by], wave=self.wave)
        return response(students, answered, ["school"] if "school" in students else [], wave=self.wave)

    def _latest(self) -> Study:
        """Return the rows of the latest wave, with their index kept."""
        if self.wave is None:
            return self
        chosen = self.responses["wave"] == self.wave
        return replace(self, responses=self.responses[chosen], answers=self.answers[chosen])

    def scores(self) -> pd.DataFrame:
        """Return one column a scale, one row a respondent of the latest wave; NaN for too few answers."""
        import pandas as pd

        from relsurvey.scoring import score

        rows = self._latest().responses
        return pd.DataFrame(
            {key: score(rows, self.instrument, key).score for key in self.instrument.scales}, index=rows.index
        )

    def items(self, scale: str) -> pd.DataFrame:
        """Return the statistics of a scale's items, keyed (reversed ones turned).

        Parameters
        ----------
        scale
            A scale's id.

        Returns
        -------
        DataFrame
            ``item, n, mean, sd, favorable, r_item_rest, alpha_if_deleted``; ``favorable`` is the share of
            answers (0-1) that are favorable.

        Raises
        ------
        AnalysisError
            If there is no such scale, or it has no answers.
        """
        import pandas as pd

        from relsurvey.scoring import favorable_shares

        self._known(scale)
        shares = favorable_shares(self._latest().responses, self.instrument, scale)
        statistics = self._reliability(scale).scales[0].items
        return pd.DataFrame(
            [
                (s.item, s.n, s.mean, s.sd, shares[s.item], s.r_item_rest, s.alpha_if_deleted)
                for s in statistics
            ],
            columns=["item", "n", "mean", "sd", "favorable", "r_item_rest", "alpha_if_deleted"],
        )

    def reliability(self, by: str | None = None) -> Reliability:
        """Return the reliability of every scale: of all respondents of the latest wave, or within each group.

        Parameters
        ----------
        by
            A group variable, school or team; None for all respondents together. A group without an answer
            on a scale has no row there.

        Raises
        ------
        AnalysisError
            If there is no such variable.
        """
        from relsurvey.analysis.reliability import Reliability

        if by is None:
            return Reliability(tuple(self._reliability(scale).scales[0] for scale in self._answered()))
        study = self._latest()
        column = study._column(by)
        parts = [
            part._reliability(scale, by, group).scales[0]
            for group in self._order(by, column)
            for chosen in [column == group]
            for part in [replace(study, responses=study.responses[chosen], answers=study.answers[chosen])]
            for scale in part._answered()
        ]
        order = list(self.instrument.scales)
        return Reliability(tuple(sorted(parts, key=lambda found: order.index(found.scale))))

    def _reliability(self, scale: str, by: str | None = None, group: str | None = None) -> Reliability:
        from relsurvey.analysis.reliability import reliability
        from relsurvey.scoring import keyed

        frame = keyed(self._latest().responses, self.instrument, scale)
        return reliability(
            frame, scale=scale, wave=self.wave, by=by, group=group, thresholds=self.instrument.reliability
        )

    def compare(self, scale: str, by: str) -> Comparison:
        """Compare the groups of a variable on a scale, in the latest wave.

        Parameters
        ----------
        scale
            A scale's id.
        by
            A group variable, school or team.

        Raises
        ------
        AnalysisError
            If there is no such scale or variable, or fewer than two groups have scores.
        """
        from relsurvey.analysis.compare import compare
        from relsurvey.scoring import score
        from relsurvey.view.verdicts import verdicts

        self._known(scale)
        rows = self._latest().responses
        column = self._latest()._column(by)
        scored = score(rows, self.instrument, scale)
        return compare(
            scored.score,
            column,
            scored.favorable,
            favorable_answers=scored.favorable_answers,
            order=self._order(by, column),
            scale=scale,
            by=by,
            wave=self.wave,
            verdicts=verdicts(
                self._material(),
                scale=scale,
                by=by,
                column=column,
                variables=self._published_groups(),
                min_n=MIN_N_APP,
            ),
        )

    def view(self, by: str | Sequence[str] | None = None, min_n: int | None = None) -> View:
        """Return the view of the latest wave, after the gate.

        Parameters
        ----------
        by
            Group variables; None takes the instrument's.
        min_n
            Fewest students of anything shown; the largest of this, the instrument's and the rules' wins.

        Raises
        ------
        AnalysisError
            If a variable is not one of the instrument's.
        DisclosureError
            If the gate refuses.
        """
        return self._view(by, min_n, MIN_N_APP)

    def _view(self, by: str | Sequence[str] | None, min_n: int | None, floor: int) -> View:
        from relsurvey.view.build import build

        variables = self._published_groups() if by is None else tuple([by] if isinstance(by, str) else by)
        for variable in variables:
            if variable not in self.instrument.groups:
                self._group(variable)
                raise AnalysisError(
                    f"{variable!r} is a unit, not a group: every view already has its schools and teams. "
                    "Leave it out of `by`."
                )
        return build(
            self._material(), by=variables, min_n=max(min_n or 0, self.instrument.privacy.min_n, floor)
        )

    def publish(
        self,
        out: str | Path,
        by: str | Sequence[str] | None = None,
        formats: Sequence[Literal["voila", "html"]] = ("voila", "html"),
        min_n: int | None = None,
    ) -> Published:
        """Write the view's doors to a folder.

        Parameters
        ----------
        out
            The folder; it is made.
        by
            Group variables; None takes the instrument's.
        formats
            ``"html"``: one self-contained file, for which at least 11 students stand behind everything;
            ``"voila"``: the app that ``relsurvey serve`` serves.
        min_n
            Fewest students of anything shown; a larger one wins.

        Returns
        -------
        Published
            Where each door is.

        Raises
        ------
        AnalysisError, DisclosureError
            As :meth:`view` does.
        PublishError
            If a format is not known or the folder cannot be written.
        """
        from relsurvey.publish import publish

        floor = MIN_N_FILE if "html" in formats else MIN_N_APP
        return publish(self._view(by, min_n, floor), Path(out), tuple(formats))

    def _known(self, scale: str) -> None:
        if scale not in self.instrument.scales:
            raise AnalysisError(
                f"There is no scale {scale!r} in {self.instrument.id}. "
                f"It has: {', '.join(self.instrument.scales)}."
            )

    def _group(self, by: str) -> str:
        if by in NEVER_PUBLISHED:
            raise AnalysisError(
                f"Students are never compared by {by}: that would rank adults. "
                "Use a group variable, school or team."
            )
        if by not in self.instrument.groups and by not in ("school", "team", "grade_level"):
            raise AnalysisError(
                f"{by!r} is not a group variable of {self.instrument.id}. "
                f"It has: {', '.join(self.instrument.groups) or 'none'}."
            )
        if by not in self.responses or not self._latest().responses[by].notna().any():
            raise AnalysisError(
                f"No row of this study has a value for {by!r}, so nothing can be compared by it."
            )
        return by

    def _column(self, by: str) -> pd.Series:
        """Return each row's group; a team whose name stands in several schools is named with its school."""
        column = self.responses[self._group(by)]
        if by == "team" and "school" in self.responses:
            school = self.responses["school"]
            if self.responses[["school", "team"]].drop_duplicates()["team"].dropna().duplicated().any():
                return (school + ": " + column).rename("team")
        return column

    def _order(self, by: str, column: pd.Series) -> tuple[str, ...]:
        found = [str(v) for v in column.dropna().unique()]
        listed = [c.id for c in self.instrument.groups[by].categories] if by in self.instrument.groups else []
        return (*[c for c in listed if c in found], *sorted(v for v in found if v not in listed))

    def _answered(self) -> tuple[str, ...]:
        rows = self._latest().responses
        return tuple(
            k for k, s in self.instrument.scales.items() if rows[list(s.items)].notna().any(axis=None)
        )

    def _published_groups(self) -> tuple[str, ...]:
        rows = self._latest().responses
        return tuple(key for key in self.instrument.groups if rows[key].notna().any())

    def _material(self) -> Material:
        from relsurvey.view.material import Material

        rows = self._latest()
        whole = None if self.roster is None or not len(self.roster) else self.response().groups[0]
        return Material(
            self.instrument,
            rows.responses,
            rows.answers,
            self.wave,
            self.reliability().scales,
            self._ledger,
            self._sha256,
            self.simulated,
            None if whole is None else whole.invited,
            None if whole is None else whole.answered,
        )
