"""The verbs of a study that holds a gradebook: what students say, beside the marks they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from relsurvey.errors import AnalysisError
from relsurvey.study.comparing import Comparing

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grades.beside import Beside
    from relsurvey.grading import Gradebook
    from relsurvey.grading.standing import Track
    from relsurvey.grading.trackrule import Rule


class Graded(Comparing):
    """What can be said of answers and marks together; a :class:`~relsurvey.Study` has all of it."""

    @property
    def gradebook(self) -> Gradebook | None:
        """The gradebook that was joined, or None; ``student`` there is ``respondent`` here."""
        return self._gradebook

    def with_gradebook(self, gradebook: Gradebook) -> Self:
        """Return the study with a gradebook, joined by student id.

        Leading zeros of ids do not matter. Where the study's ids are hashed, the gradebook's become the same
        hashes. Students who are in one alone are kept, and counted in the ledger.

        Parameters
        ----------
        gradebook
            As ``rs.grading.read_gradebook`` returns it.

        Raises
        ------
        AnalysisError
            If the study has no ids, or no student is in both.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_gradebook, demo_workbook
        >>> marks = rs.grading.read_gradebook(demo_gradebook(), blank="zero")
        >>> study = rs.read(demo_workbook()).with_gradebook(marks)
        >>> study.ledger[study.ledger.step == "gradebook"][["rows", "what"]].values.tolist()
        [[902, 'rows belong to a student in the gradebook']]
        """
        from relsurvey.grades.join import join

        joined, entries = join(gradebook, self.responses, self._ids)
        earlier = tuple(entry for entry in self._ledger if entry.step != "gradebook")
        return replace(self, _gradebook=joined, _ledger=(*earlier, *entries))

    def beside_grades(
        self,
        scale: str | None = None,
        *,
        by: Literal["school"] = "school",
        on_track: str | Path | dict[str, Any] | Rule | Track | None = None,
    ) -> Beside:
        """Set answers of the latest wave beside marks: D's and F's of students with strong, mixed, few.

        Parameters
        ----------
        scale
            A scale's id; None for the questions of all scales together.
        by
            Schools, and all of them together: never anything smaller.
        on_track
            Also say who is on track: a rule, as ``rs.grading.on_track`` takes it, or what that returned.

        Returns
        -------
        Beside
            ``.table`` has one row a school and band, ``.tables["trend"]`` one row a school. A school with
            fewer than 20 students in a band is left out.

        Raises
        ------
        AnalysisError
            Without a gradebook, if there is no such scale, or for sections, teachers, teams or groups.
        PolicyError
            If there is no such rule.

        Notes
        -----
        A band is made of the share of a student's answers that are favorable
        (:func:`~relsurvey.grades.bands.bands`), a D or F is any final mark of D, F or not passed. Shares have
        Wilson's interval. Whether they rise or fall over the bands is Mantel's test of trend within schools;
        of one scale it is judged together with the other scales, since one of several goes with marks by
        chance. None of it says that one causes the other.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_gradebook, demo_workbook
        >>> marks = rs.grading.read_gradebook(demo_gradebook(), blank="zero")
        >>> found = rs.read(demo_workbook()).with_gradebook(marks).beside_grades()
        >>> found.table[found.table.school.isna()][["band", "n_students", "any_df"]].round(2).values.tolist()
        [['strong', 164, 0.38], ['mixed', 112, 0.5], ['few', 58, 0.53]]
        """
        import pandas as pd

        from relsurvey.grades.bands import bands
        from relsurvey.grades.beside import beside, with_df
        from relsurvey.words import languages, texts

        if self._gradebook is None:
            raise AnalysisError(
                "This study has no marks. Give a gradebook: "
                "study.with_gradebook(rs.grading.read_gradebook(paths))."
            )
        if by != "school":
            raise AnalysisError(
                f"Answers are set beside marks for a school or for all schools, never by {by}: "
                "a smaller group would point at its teachers or students. Leave `by` out."
            )
        if scale is not None:
            self._known(scale)
        study = self._latest()
        rows = study.responses
        student = pd.Series(study._student_keys(rows["respondent"]), index=rows.index, dtype=object)
        school = rows["school"] if "school" in rows else pd.Series(None, index=rows.index, dtype=object)

        def banded(of: str | None) -> pd.DataFrame:
            band = bands(rows, self.instrument, of)
            return pd.DataFrame({"student": student, "band": band, "school": school})

        def several(one: str) -> bool:
            return len(self.instrument.scales[one].items) > 1

        df = with_df(self._gradebook)
        track = None if on_track is None else self._track(on_track)
        others = (
            () if scale is None else tuple(one for one in self._answered() if one != scale and several(one))
        )
        return beside(
            banded(scale),
            {self._student_key(name): bad for name, bad in df.items()},
            scale=scale,
            title=texts(languages(), "beside.all_questions")
            if scale is None
            else self.instrument.scales[scale].title,
            in_gradebook=self._in_gradebook(),
            on_track=None if track is None else self._standings(track),
            rule=None if track is None else track.rule,
            others=[banded(one) for one in others],
        )

    def _student_key(self, name: str) -> str:
        from relsurvey.reading.identity import join_key

        return join_key(name, self._ids)

    def _student_keys(self, respondents: pd.Series) -> list[str | None]:
        """Return what joins a row to its marks; None for a row without an id."""
        return [self._student_key(one) if isinstance(one, str) else None for one in respondents]

    def _in_gradebook(self) -> frozenset[str]:
        assert self._gradebook is not None
        frames = (self._gradebook.scores, self._gradebook.marks)
        return frozenset(
            self._student_key(str(name)) for frame in frames for name in frame["student"].dropna().unique()
        )

    def _track(self, on_track: str | Path | dict[str, Any] | Rule | Track) -> Track:
        from relsurvey.grading import on_track as by_rule
        from relsurvey.grading.standing import Track
        from relsurvey.grading.trackrule import rule_of

        if isinstance(on_track, Track):
            return on_track
        rule = rule_of(on_track)
        if rule.requires.attendance is not None or rule.requires.suspensions is not None:
            raise AnalysisError(
                f"The rule {rule.id} asks for more than marks. Work it out with "
                "rs.grading.on_track(gradebook, rule, attendance=) and give what that returns as on_track=."
            )
        return by_rule(self._gradebook, rule)

    def _standings(self, track: Track) -> dict[str, bool | None]:
        """Return who is on track, by what joins a row to its marks; ids may be those of the files."""
        from relsurvey.reading.identity import local_key, replaced

        known = self._in_gradebook()
        key = local_key()
        found: dict[str, bool | None] = {}
        for name, on in zip(track.students["student"], track.students["on_track"], strict=True):
            own = self._student_key(str(name))
            found[own if own in known or self._ids == "as-is" else replaced(str(name), key)] = on
        return found
