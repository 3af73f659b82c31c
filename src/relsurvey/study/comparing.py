"""The verbs of a study that compare: groups, waves, schools, and whether a comparison is fair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, overload

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.errors import AnalysisError
from relsurvey.study.measuring import Measuring

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.change import Change
    from relsurvey.analysis.compare import Comparison
    from relsurvey.analysis.covariates import Adjusted
    from relsurvey.analysis.dif import DIF
    from relsurvey.analysis.models.invariance_finding import Invariance
    from relsurvey.analysis.nesting import Nesting
    from relsurvey.analysis.ordinal_invariance import OrdinalInvariance
    from relsurvey.view.material import Material


class Comparing(Measuring):
    """What can be compared; a :class:`~relsurvey.Study` has all of it."""

    def compare(self, scale: str, by: str) -> Comparison:
        """Compare the groups of a variable on a scale or on one question, in the latest wave.

        Parameters
        ----------
        scale
            The id of a scale, or of a question: a question gets intervals and no verdict (rules.md 6).
        by
            A group variable, school or team.

        Returns
        -------
        Comparison
            With ``.comparable``: whether the groups read a scale's questions alike (rules.md 10).

        Raises
        ------
        AnalysisError
            If there is no such scale or variable, or fewer than two groups have scores.
        """
        from relsurvey.analysis.comparable import NOT_CHECKED, comparability
        from relsurvey.analysis.compare import compare
        from relsurvey.scoring import keyed, question, score
        from relsurvey.view.verdicts import verdicts

        study = self._latest()
        rows, column = study.responses, study._column(by)
        alone = scale not in self.instrument.scales and scale in self.instrument.items
        if alone:
            scored, checked, found = question(rows, self.instrument, scale), NOT_CHECKED, {}
        else:
            self._known(scale)
            scored = score(rows, self.instrument, scale)
            checked = comparability(keyed(rows, self.instrument, scale), column, scale=scale, by=by)
            found = verdicts(
                self._material(),
                scale=scale,
                by=by,
                column=column,
                variables=self._published_groups(),
                min_n=MIN_N_SHOWN,
                marked=checked.marked_groups,
            )
        return compare(
            scored.score,
            column,
            scored.favorable,
            favorable_answers=scored.favorable_answers,
            order=self._order(by, column),
            scale=scale,
            by=by,
            wave=self.wave,
            verdicts=found,
            comparable=checked.mark,
            within=rows["school"] if self._schools() and by not in ("school", "team") else None,
        )

    def adjusted(
        self,
        scale: str,
        by: str,
        covariates: str | Sequence[str],
        *,
        over: Literal["school", "team"] | None = None,
    ) -> Adjusted:
        """Compare groups among students alike in other things: ANCOVA, or a mixed model over schools.

        Parameters
        ----------
        scale
            A scale's id.
        by
            A group variable.
        covariates
            Columns of the responses: group variables, school, team, grade_level, or other scales' ids.
        over
            Give each school or team a level of its own (random intercept).

        Raises
        ------
        AnalysisError
            If there is no such scale, variable or covariate, or too few groups have complete rows.
        """
        import pandas as pd

        from relsurvey.analysis.covariates import adjusted
        from relsurvey.scoring import score

        self._known(scale)
        study = self._latest()
        column = study._column(by)
        names = (covariates,) if isinstance(covariates, str) else tuple(covariates)
        beside = {
            name: pd.Series(score(study.responses, self.instrument, name).score, index=column.index)
            if name in self.instrument.scales
            else study._column(name)
            for name in names
        }
        return adjusted(
            score(study.responses, self.instrument, scale).score,
            column,
            pd.DataFrame(beside),
            cluster=None if over is None else study._column(over),
            order=self._order(by, column),
            scale=scale,
            by=by,
        )

    def _schools(self) -> bool:
        """Whether there are several schools in the latest wave."""
        rows = self._latest().responses
        return "school" in rows and len(rows["school"].dropna().unique()) > 1

    @overload
    def invariance(self, scale: str, by: str, *, ordinal: Literal[False] = False) -> Invariance: ...

    @overload
    def invariance(self, scale: str, by: str, *, ordinal: Literal[True]) -> OrdinalInvariance: ...

    def invariance(self, scale: str, by: str, *, ordinal: bool = False) -> Invariance | OrdinalInvariance:
        """Check whether groups read a scale's questions alike, by a factor model, in the latest wave.

        Parameters
        ----------
        scale
            A scale's id.
        by
            A group variable, school or team.
        ordinal
            Take answers as steps, not as measures: thresholds are then held equal too.

        Raises
        ------
        AnalysisError
            If there is no such scale or variable, or no one answered.
        """
        from relsurvey.analysis.invariance import invariance
        from relsurvey.analysis.ordinal_invariance import ordinal_invariance
        from relsurvey.scoring import keyed

        self._known(scale)
        study = self._latest()
        column = study._column(by)
        items = keyed(study.responses, self.instrument, scale)
        if ordinal:
            return ordinal_invariance(items, column, by=by, scale=scale)
        return invariance(items, column, by=by, scale=scale)

    def dif(self, scale: str, by: str) -> DIF:
        """Look question by question whether groups that answer a scale alike answer one of them otherwise.

        Parameters
        ----------
        scale
            A scale's id.
        by
            A group variable, school or team.

        Raises
        ------
        AnalysisError
            If there is no such scale or variable, or no one answered.
        """
        from relsurvey.analysis.dif import dif
        from relsurvey.scoring import keyed

        self._known(scale)
        study = self._latest()
        return dif(keyed(study.responses, self.instrument, scale), study._column(by))

    def change(
        self,
        scale: str,
        before: str | None = None,
        after: str | None = None,
        *,
        by: str | Sequence[str] = (),
        over: Literal["school", "team"] | None = None,
    ) -> Change:
        """Say whether students answer a scale otherwise than in an earlier wave.

        Parameters
        ----------
        scale
            A scale's id.
        before, after
            Waves; None takes the last two.
        by
            Group variables: how much of the change comes from another mix of these groups.
        over
            Judge the change over schools or teams, so that it speaks of others like these; None for students
            who speak for themselves (rules.md 5).

        Returns
        -------
        Change
            All students and the matched ones, one headline; judged together with the changes of the other
            scales that may be reported in both waves.

        Raises
        ------
        AnalysisError
            If there is no such scale, variable or wave, or only one wave.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_workbook
        >>> found = rs.read(demo_workbook()).change("share_power")
        >>> found.wave_before, found.wave_after, found.headline
        ('fall', 'spring', 'overlapping')
        """
        from relsurvey.analysis.change import change, change_verdicts

        self._known(scale)
        waves = self._two_waves(before, after)
        variables = (by,) if isinstance(by, str) else tuple(by)
        then, now = (self._of_wave(wave) for wave in waves)
        reported = [
            {r.scale for r in side.reliability().scales if r.verdict.reading != "one_by_one"}
            for side in (then, now)
        ]
        others = [s for s in self.instrument.scales if s != scale and all(s in of for of in reported)]
        found = [
            change(
                *(side._scored(key, (*variables, *([over] if over else []))) for side in (then, now)),
                scale=key,
                waves=waves,
                by=variables if key == scale else (),
                clusters=over,
            )
            for key in (scale, *others)
        ]
        first = self.instrument.waves.get(waves[0])
        return replace(change_verdicts(found)[0], title_before=None if first is None else first.title)

    def _two_waves(self, before: str | None, after: str | None) -> tuple[str, str]:
        waves = self.waves
        if len(waves) < 2:
            raise AnalysisError(
                "A change needs two waves; this study has "
                f"{'one' if waves else 'none'}. Read both files with wave= each."
            )
        last = waves[-1] if after is None else after
        earlier = [wave for wave in waves if wave != last]
        first = before or (earlier[-1] if after is None else ([*waves[: waves.index(last)]] or earlier)[-1])
        for wave in (first, last):
            if wave not in waves:
                raise AnalysisError(f"There is no wave {wave!r}. There are: {', '.join(waves)}.")
        if first == last:
            raise AnalysisError(f"A change needs two waves; both are {first!r}.")
        return first, last

    def _scored(self, scale: str, variables: Sequence[str]) -> pd.DataFrame:
        """Return who answered what on a scale, and the groups they are in."""
        import pandas as pd

        from relsurvey.scoring import score

        scored = score(self.responses, self.instrument, scale)
        return pd.DataFrame(
            {
                "respondent": self.responses["respondent"],
                "score": scored.score,
                "favorable": scored.favorable,
                "favorable_answers": scored.favorable_answers,
                **{name: self._column(name) for name in variables},
            }
        )

    def nesting(self, scale: str, by: Literal["school", "team", "section", "teacher"] = "school") -> Nesting:
        """Say how much of a scale lies between schools, teams, sections or teachers, in the latest wave.

        Parameters
        ----------
        scale
            A scale's id.
        by
            ``"school"``, ``"team"``, ``"section"`` or ``"teacher"``. Adults are never compared: what lies
            between sections or teachers is one number, for the analyst's notebook.

        Raises
        ------
        AnalysisError
            If there is no such scale, or no row says its school.
        """
        from relsurvey.analysis.nesting import nesting
        from relsurvey.scoring import score

        self._known(scale)
        if by not in ("school", "team", "section", "teacher"):
            raise AnalysisError(f"{by!r} is no unit. Take school, team, section or teacher.")
        rows = self._latest().responses
        if by not in rows or not rows[by].notna().any():
            raise AnalysisError(
                f"No row of this study has a value for {by!r}, so nothing can be nested in it."
            )
        column = self._latest()._column(by) if by == "team" else rows[by]
        return nesting(score(rows, self.instrument, scale).score, column, scale=scale, level=by)

    def _published_groups(self) -> tuple[str, ...]:
        rows = self._latest().responses
        return tuple(key for key in self.instrument.groups if rows[key].notna().any())

    def _material(self) -> Material:
        from relsurvey.view.material import Material

        rows = self._latest()
        return Material(
            self.instrument,
            rows.responses,
            rows.answers,
            self.wave,
            self.reliability().scales,
            self._ledger,
            self._sha256,
            self.simulated,
            self._answering(),
        )
