"""The verbs of a study that measure: each asks one room of :mod:`relsurvey.analysis`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.errors import AnalysisError
from relsurvey.study.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.change import Change
    from relsurvey.analysis.compare import Comparison
    from relsurvey.analysis.dif import DIF
    from relsurvey.analysis.factor_finding import Factor
    from relsurvey.analysis.invariance_finding import Invariance
    from relsurvey.analysis.nesting import Nesting
    from relsurvey.analysis.nonresponse import Nonresponse
    from relsurvey.analysis.reliability import Reliability, Stability
    from relsurvey.analysis.response import Response
    from relsurvey.analysis.screening import Screening
    from relsurvey.view.material import Material


class Statistics(Rows):
    """What can be measured; a :class:`~relsurvey.Study` has all of it."""

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

        students = self.roster
        if students is None:
            raise AnalysisError(
                "Who was asked is not known. "
                "Give the list of students: study.with_roster(path), or read(roster=)."
            )
        rows = self._latest().responses
        came = rows[rows[list(self.instrument.items)].notna().any(axis=1)]["respondent"]
        keys = set(self._keys(came))
        answered = pd.Series([key in keys for key in self._keys(students["respondent"])])
        if by is not None:
            return response(students, answered, [by], wave=self.wave)
        return response(students, answered, ["school"] if "school" in students else [], wave=self.wave)

    def _keys(self, ids: pd.Series) -> list[str]:
        """Return what joins an answer to its line of the roster."""
        from relsurvey.reading.identity import join_key

        return [join_key(str(text), self._ids) for text in ids]

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
            A group variable, school or team; None for all respondents together. ``"wave"`` for every wave,
            with how far the same students kept their order from one to the next. A group without an answer on
            a scale has no row there.

        Raises
        ------
        AnalysisError
            If there is no such variable.
        """
        from relsurvey.analysis.reliability import Reliability, joined

        if by is None:
            return Reliability(tuple(self._reliability(scale).scales[0] for scale in self._answered()))
        if by == "wave":
            parts = [
                part._reliability(scale)
                for wave in self.waves
                for part in [self._of_wave(wave)]
                for scale in part._answered()
            ]
        else:
            study = self._latest()
            column = study._column(by)
            parts = [
                part._reliability(scale, by, group)
                for group in self._order(by, column)
                for part in [study._chosen(column == group)]
                for scale in part._answered()
            ]
        order = list(self.instrument.scales)
        parts.sort(key=lambda found: order.index(found.scales[0].scale))
        return joined(parts, self._stability(parts) if by == "wave" else ())

    def _stability(self, parts: list[Reliability]) -> tuple[Stability, ...]:
        """Return how far students keep their order between every two waves that follow each other."""
        import pandas as pd

        from relsurvey.aggregate import moments
        from relsurvey.analysis.reliability import stability
        from relsurvey.scoring import score

        known = {(s.scale, s.wave): s for part in parts for s in part.scales}
        found = []
        for scale in self.instrument.scales:
            for before, after in pairwise(self.waves):
                if (scale, before) not in known or (scale, after) not in known:
                    continue
                columns = []
                for wave in (before, after):
                    rows = self._of_wave(wave).responses
                    scores = pd.Series(score(rows, self.instrument, scale).score, index=rows["respondent"])
                    columns.append(scores[~scores.index.duplicated(keep="last")])
                found.append(
                    stability(
                        moments(pd.concat(columns, axis=1, join="inner", keys=[before, after])),
                        scale=scale,
                        before=before,
                        after=after,
                        reliabilities=(
                            known[scale, before].omega_or_alpha,
                            known[scale, after].omega_or_alpha,
                        ),
                    )
                )
        return tuple(found)

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
                min_n=MIN_N_SHOWN,
            ),
        )

    def factor(self, scale: str | None = None) -> Factor:
        """Fit one factor to a scale, or one factor to each scale, to the answers of the latest wave.

        Parameters
        ----------
        scale
            A scale's id; None fits all scales together, and says whether they are answered much alike.

        Raises
        ------
        AnalysisError
            If there is no such scale, or no one answered.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_workbook
        >>> found = rs.read(demo_workbook()).factor("share_power")
        >>> list(found.fit.columns[:4])
        ['model', 'n', 'groups', 'chisq']
        """
        import pandas as pd

        from relsurvey.analysis.factor import factor
        from relsurvey.scoring import keyed

        if scale is not None:
            self._known(scale)
        scales = (scale,) if scale is not None else self._answered()
        frames = [keyed(self._latest().responses, self.instrument, key) for key in scales]
        items = pd.concat(frames, axis=1)
        # A question may stand in two scales; a factor model takes each once, in its first.
        items = items.loc[:, ~items.columns.duplicated()]
        taken: set[str] = set()
        given = {}
        for key, frame in zip(scales, frames, strict=True):
            given[key] = [str(item) for item in frame if item not in taken]
            taken.update(given[key])
        return factor(items, {key: own for key, own in given.items() if own}, wave=self.wave)

    def invariance(self, scale: str, by: str) -> Invariance:
        """Check whether groups read a scale's questions alike, by a factor model, in the latest wave.

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
        from relsurvey.analysis.invariance import invariance
        from relsurvey.scoring import keyed

        self._known(scale)
        study = self._latest()
        column = study._column(by)
        items = keyed(study.responses, self.instrument, scale)
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
            scales that may be reported.

        Raises
        ------
        AnalysisError
            If there is no such scale, variable or wave, or only one wave.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_workbook
        >>> found = rs.read(demo_workbook()).change("share_power")
        >>> found.waves, found.table.columns[0]
        (('fall', 'spring'), 'scale')
        """
        from relsurvey.analysis.change import change, change_verdicts

        self._known(scale)
        waves = self._two_waves(before, after)
        variables = (by,) if isinstance(by, str) else tuple(by)
        then, now = (self._of_wave(wave) for wave in waves)
        others = [s for s in self._material().reported if s != scale and s in now._answered()]
        found = [
            change(
                *(side._scored(key, (*variables, *([over] if over else []))) for side in (then, now)),
                scale=key,
                waves=waves,
                by=variables if key == scale else (),
                clusters=over,
            )
            for key in (scale, *(key for key in others if key in then._answered()))
        ]
        return change_verdicts(found)[0]

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

    def screen(self) -> Screening:
        """Flag answers of the latest wave that may have been given without care; it removes nothing.

        Returns
        -------
        Screening
            ``.flags``, one row a respondent of the latest wave, for :meth:`Study.without`; ``.table``. Show a
            result with and without them before you decide.

        Examples
        --------
        >>> import relsurvey as rs
        >>> from relsurvey.demo import demo_workbook
        >>> study = rs.read(demo_workbook())
        >>> flags = study.screen().flags
        >>> len(flags) == len(study.where(wave="spring").responses)
        True
        """
        from relsurvey.analysis.screening import screening

        rows = self._latest().responses
        items = self.instrument.items
        return screening(
            rows[list(items)],
            scales={key: list(scale.items) for key, scale in self.instrument.scales.items()},
            reverse=[key for key, item in items.items() if item.reverse],
            seconds=rows.get("duration"),
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

    def nonresponse(self, scale: str, by: str | None = None) -> Nonresponse:
        """Say who is missing, and how far those who did not answer could move a scale's share.

        Parameters
        ----------
        scale
            A scale's id.
        by
            A group variable, school, team or grade_level that the roster has; None for all students.

        Raises
        ------
        AnalysisError
            Without a roster, or if there is no such scale or variable.
        """
        from relsurvey.analysis.nonresponse import Asked, nonresponse
        from relsurvey.scoring import score

        self._known(scale)
        students = self.roster
        asked = self.response(by).groups[: None if by else 1]
        assert students is not None
        study = self._latest()
        favorable = score(study.responses, self.instrument, scale).favorable
        marks = dict(zip(self._keys(study.responses["respondent"]), favorable, strict=True))
        mine = [marks.get(key, float("nan")) for key in self._keys(students["respondent"])]
        column = None if by is None else students[by].fillna("no entry").astype(str).tolist()
        groups = []
        for g in asked:
            chosen = [m for i, m in enumerate(mine) if g.by is None or (column and column[i] == g.group)]
            scored = [m for m in chosen if m == m]
            groups.append(Asked(g.by, g.group, g.invited, len(scored), int(sum(scored))))
        return nonresponse(groups, scale=scale)

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
