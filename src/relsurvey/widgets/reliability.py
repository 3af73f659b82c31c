"""How far the questions of each scale hang together, inside a notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from relsurvey.errors import AnalysisError
from relsurvey.view.pages import wave_name
from relsurvey.widgets.explorer import Choice, Explorer, distinct, named, quoted, variables
from relsurvey.words import say
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    from relsurvey.analysis.models.reliability_finding import Reliability as Found
    from relsurvey.analysis.models.reliability_finding import ScaleReliability
    from relsurvey.study import Study


class Reliability(Explorer):
    """Shows the reliability of scales: tick scales, choose a group variable, look.

    Parameters
    ----------
    study
        The study.
    scales
        Ids of the scales to begin with; None takes all.
    by
        A group variable, ``"school"``, ``"team"`` or ``"wave"``; None takes all students together.
    language
        ``"en"`` or ``"es"``; empty follows the browser.

    Attributes
    ----------
    result
        The :class:`~relsurvey.analysis.reliability.Reliability` of what is chosen.
    table
        Its table; exact, for this kernel alone.
    code
        The call that gives the same table.

    Raises
    ------
    AnalysisError
        If there is no such scale or variable, or no scale has answers.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> explorer = Reliability(rs.read(demo_workbook()), by="gender")
    >>> explorer.code
    'study.reliability(by="gender")'
    >>> explorer.choose(["share_power"])
    >>> explorer.table[["scale", "n_items"]].values.tolist()
    [['share_power', 4]]
    """

    _kind = "reliability"
    _headers = (2, 3, 3)

    def __init__(
        self,
        study: Study,
        scales: Sequence[str] | None = None,
        by: str | None = None,
        *,
        language: str = "",
    ) -> None:
        self._scales = study._answered()
        if not self._scales:
            raise AnalysisError("No question of a scale has an answer, so there is nothing to measure.")
        self._whole: dict[str, Found] = {}
        super().__init__(study, self._as_choice(scales, by), language)

    @property
    def result(self) -> Found:
        """The reliability of what is chosen.

        Raises
        ------
        AnalysisError
            If it cannot be measured.
        """
        return cast("Found", self._result())

    def choose(self, scales: Sequence[str] | None = None, by: str | None = None) -> None:
        """Choose scales and a variable, as the menus do; None takes all scales, or all students together."""
        self._choose(self._as_choice(scales, by))
        self._tell()

    def _as_choice(self, scales: Sequence[str] | None, by: str | None) -> Choice:
        return Choice(self._scales if scales is None else tuple(scales), by or "")

    def _allowed(self, choice: Choice) -> Choice:
        if not choice.what:
            raise AnalysisError("Choose at least one scale.")
        for scale in choice.what:
            self._study._known(scale)
            if scale not in self._scales:
                raise AnalysisError(f"No question of {scale!r} has an answer. Choose another scale.")
        if choice.by and not (choice.by == "wave" and self._study.waves):
            self._study._group(choice.by)
        return Choice(tuple(scale for scale in self._scales if scale in choice.what), choice.by)

    def _menu(self) -> dict[str, Any]:
        scales = self._study.instrument.scales
        units = ("school", "team", "wave") if len(self._study.waves) > 1 else ("school", "team")
        return {
            "scales": named({key: scales[key].title for key in self._scales}),
            "by": [{"id": "", "title": None}, *variables(self._study, units=units)],
        }

    def _measure(self, choice: Choice) -> Found:
        if choice.by not in self._whole:
            self._whole[choice.by] = self._study.reliability(choice.by or None)
        whole = self._whole[choice.by]
        return replace(
            whole,
            scales=tuple(s for s in whole.scales if s.scale in choice.what),
            stability=tuple(s for s in whole.stability if s.scale in choice.what),
        )

    def _code(self, choice: Choice) -> str:
        call = f"study.reliability({f'by={quoted(choice.by)}' if choice.by else ''})"
        if choice.what == self._scales:
            return call
        wanted = ", ".join(quoted(scale) for scale in choice.what)
        return f"table = {call}.table\ntable[table.scale.isin([{wanted}])].reset_index(drop=True)"

    def _named(self, language: str) -> Found:
        found, instrument = self.result, self._study.instrument
        scales = distinct({key: pick(scale.title, language) for key, scale in instrument.scales.items()})
        items = distinct({key: pick(item.text, language) for key, item in instrument.items.items()})
        present = dict.fromkeys(s.group for s in found.scales if s.group is not None)
        groups = self._group_names(self._choice.by, present, language)

        def of_wave(wave: str | None) -> str:
            return (wave_name(wave, (language,), instrument.waves) or {}).get(language, "")

        return replace(
            found,
            scales=tuple(
                replace(
                    s,
                    scale=scales[s.scale],
                    wave=of_wave(s.wave),
                    group=None if s.group is None else groups[s.group],
                    items=tuple(replace(i, item=items[i.item]) for i in s.items),
                    unreversed=tuple(items[item] for item in s.unreversed),
                )
                for s in found.scales
            ),
            stability=tuple(
                replace(s, scale=scales[s.scale], before=of_wave(s.before), after=of_wave(s.after))
                for s in found.stability
            ),
        )

    def _sentences(self, named: Found, language: str) -> list[str]:
        """Return what is said of each scale; groups of which the same is said are named together."""
        told = []
        for scale in dict.fromkeys(s.scale for s in named.scales):
            alike: dict[object, list[ScaleReliability]] = {}
            for s in named.scales:
                if s.scale == scale and (s.n >= self._min_n or s.by is None):
                    alike.setdefault((s.n_items, s.verdict, s.unreversed), []).append(s)
            part = replace(
                named,
                scales=tuple(self._joined(some) for some in alike.values()),
                stability=tuple(s for s in named.stability if s.scale == scale and s.n >= self._min_n),
            )
            told.append(part.in_words(language))
        return [words for words in told if words] or [say(language, "cell.too_few")]

    def _joined(self, some: list[ScaleReliability]) -> ScaleReliability:
        if not self._choice.by:
            return replace(some[0], group=None)
        whose = ", ".join(s.group or s.wave or "" for s in some)
        return replace(some[0], scale=f"{some[0].scale} ({whose})", group=None)

    def _picture(self) -> dict[str, Any]:
        limits = self._study.instrument.reliability
        return {
            "limits": [limits.read_singly, limits.report],
            "rows": [self._marks(s) for s in self.result.scales],
        }

    def _marks(self, s: ScaleReliability) -> list[dict[str, Any]] | None:
        if s.n < self._min_n:
            return None
        return [
            {"kind": kind, "value": _shown(value), "low": _shown(low), "high": _shown(high)}
            for kind, value, low, high in (
                ("alpha", s.alpha, s.alpha_low, s.alpha_high),
                ("omega", s.omega, s.omega_low, s.omega_high),
            )
            if not math.isnan(value)
        ]


def _shown(value: float) -> float | None:
    """Return a figure with the decimals it has in the table beside the picture."""
    return None if math.isnan(value) else round(float(value), 2)
