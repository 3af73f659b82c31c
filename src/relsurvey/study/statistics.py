"""The verbs of a study that measure: each asks one room of :mod:`relsurvey.analysis`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.errors import AnalysisError
from relsurvey.study.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.analysis.compare import Comparison
    from relsurvey.analysis.reliability import Reliability, Stability
    from relsurvey.analysis.response import Response
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
