"""The verbs of a study that measure: who answered, how reliably, in how many ways, with what care."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, overload

from relsurvey.errors import AnalysisError
from relsurvey.study.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.analysis.models.factor_finding import Factor
    from relsurvey.analysis.models.reliability_finding import Reliability, Stability
    from relsurvey.analysis.nonresponse import Nonresponse
    from relsurvey.analysis.ordinal_cfa import OrdinalFactor
    from relsurvey.analysis.response import Response
    from relsurvey.analysis.screening import Screening
    from relsurvey.analysis.weights import Weights
    from relsurvey.view.asked import Answering


class Measuring(Rows):
    """What can be measured of all students together; a :class:`~relsurvey.Study` has all of it."""

    def _keys(self, ids: pd.Series) -> list[str]:
        """Return what joins an answer to its line of the roster."""
        from relsurvey.reading.identity import join_key

        return [join_key(str(text), self._ids) for text in ids]

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

    def _answering(self) -> Answering | None:
        """Return who of the roster answered in the latest wave; None without a roster."""
        import numpy as np

        from relsurvey.scoring import score
        from relsurvey.view.asked import answering

        students = self.roster
        if students is None or not len(students):
            return None
        rows = self._latest().responses
        keys = self._keys(students["respondent"])

        def of(answered: np.ndarray) -> np.ndarray:
            came = set(self._keys(rows["respondent"][answered]))
            return np.asarray([key in came for key in keys], dtype=bool)

        scored = {
            key: of(~np.isnan(score(rows, self.instrument, key).score)) for key in self.instrument.scales
        }
        any_answer = rows[list(self.instrument.items)].notna().any(axis=1).to_numpy()
        return answering(students, of(any_answer), scored, tuple(self.instrument.groups))

    def weights(self, by: str | Sequence[str]) -> Weights:
        """Weight those who answered in the latest wave so that they are spread as the roster is.

        Parameters
        ----------
        by
            Variables that the roster has and the answers too: school, team, grade_level or group variables.
            Students without one of them have no weight.

        Returns
        -------
        Weights
            ``.weight`` one a respondent, in the order of :meth:`scores`; for
            :func:`relsurvey.analysis.weights.weighted_share` and the like.

        Raises
        ------
        AnalysisError
            Without a roster, if it lacks a variable, or if a category has students but nobody who answered.
        """
        from relsurvey.analysis.weights import rake

        names = (by,) if isinstance(by, str) else tuple(by)
        whole = self.response(names[0]) if names else None
        students = self.roster
        if whole is None or students is None:
            raise AnalysisError("Weights need at least one variable. Name what the roster knows of students.")
        for name in names[1:]:
            self.response(name)
        study = self._latest()
        # Both margins must speak of the same students: those whose line has all of the variables.
        known = students[list(names)].dropna()
        margins = {
            name: {str(k): float(n) for k, n in known[name].astype(str).value_counts().items()}
            for name in names
        }
        return rake(study.responses[list(names)], margins)

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
        from relsurvey.analysis.models.reliability_finding import Reliability
        from relsurvey.analysis.reliability import joined

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

    def _reliability(self, scale: str, by: str | None = None, group: str | None = None) -> Reliability:
        from relsurvey.analysis.reliability import reliability
        from relsurvey.scoring import keyed

        frame = keyed(self._latest().responses, self.instrument, scale)
        return reliability(
            frame, scale=scale, wave=self.wave, by=by, group=group, thresholds=self.instrument.reliability
        )

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

    @overload
    def factor(self, scale: str | None = None, *, ordinal: Literal[False] = False) -> Factor: ...

    @overload
    def factor(self, scale: str | None = None, *, ordinal: Literal[True]) -> OrdinalFactor: ...

    def factor(self, scale: str | None = None, *, ordinal: bool = False) -> Factor | OrdinalFactor:
        """Fit one factor to a scale, or one factor to each scale, to the answers of the latest wave.

        Parameters
        ----------
        scale
            A scale's id; None fits all scales together, and says whether they are answered much alike.
        ordinal
            Take answers as steps, not as measures (lavaan's WLSMV): for few answers, or very skewed ones.

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
        ['model', 'n', 'n_items', 'n_factors']
        """
        import pandas as pd

        from relsurvey.analysis.factor import factor
        from relsurvey.analysis.ordinal_cfa import ordinal_factor
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
            own = [str(item) for item in frame if item not in taken]
            taken.update(own)
            if own:
                given[key] = own
        return ordinal_factor(items, given) if ordinal else factor(items, given, wave=self.wave)

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
