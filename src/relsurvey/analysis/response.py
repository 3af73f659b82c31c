"""Who answered, against the roster: the first thing to look at, before any result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding
from relsurvey.errors import AnalysisError
from relsurvey.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Invited:
    """One group of the roster: how many were asked, and how many of them answered."""

    by: str | None
    group: str | None
    invited: int
    answered: int

    @property
    def rate(self) -> float:
        """The share that answered, 0-1."""
        return self.answered / self.invited


@dataclass(frozen=True, repr=False)
class Response(Finding):
    """Who answered in one wave: numbers once, and every face of them.

    Attributes
    ----------
    wave
        The wave, or None.
    groups
        All students first, then the groups of each variable.
    """

    wave: str | None
    groups: tuple[Invited, ...]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``response``, one row a group: ``by, group, invited, answered, rate``."""
        import pandas as pd

        rows = [(g.by, g.group, g.invited, g.answered, g.rate) for g in self.groups]
        return {"response": pd.DataFrame(rows, columns=["by", "group", "invited", "answered", "rate"])}

    def shown(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> list[tuple[str, str, str]]:
        """Return each group's name, how many were asked and the share that answered.

        Groups in which fewer than ``min_n`` were asked, answered, or did not answer are masked.
        """

        def of(key: str, **values: object) -> str:
            return say(language, f"response.{key}", min_n=min_n, **values)

        lines = []
        for g in self.groups:
            name = of("all") if g.by is None else f"{g.by}: {g.group}"
            if g.invited < min_n:
                lines.append((name, of("under"), of("too_few")))
                continue
            missing = g.invited - g.answered
            if g.answered < min_n:
                rate = of("few_answered")
            elif 0 < missing < min_n:
                rate = of("few_missing", percent=100 * (g.invited - min_n) // g.invited)
            else:
                rate = f"{100 * g.rate:.0f} %"
            lines.append((name, str(g.invited), rate))
        return lines

    def in_words(self, language: str = "en") -> str:
        """Return what share answered, and from which groups the fewest did."""
        whole, *parts = self.groups
        said = [say(language, "response.whole", percent=round(100 * whole.rate), invited=whole.invited)]
        large = [g for g in parts if g.invited >= MIN_N_FILE]
        low = min(large, key=lambda g: g.rate, default=None)
        if low is not None and low.rate < whole.rate - 0.05:
            said.append(say(language, "response.lowest", group=low.group, percent=round(100 * low.rate)))
        if whole.rate < 0.85:
            said.append(say(language, "response.half" if whole.rate < 0.5 else "response.some"))
        return " ".join(said)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return who answered as it is shown: small groups masked."""
        head = tuple(say(language, f"response.head_{key}") for key in ("who", "asked", "answered"))
        return (Face(say(language, "response.title"), head, tuple(self.shown(language, min_n))),)


def response(
    students: pd.DataFrame, answered: pd.Series, by: Sequence[str] = (), *, wave: str | None = None
) -> Response:
    """Return who answered.

    Parameters
    ----------
    students
        One row a student who was asked; a column for each variable of ``by``.
    answered
        Whether each of them answered, in the same order.
    by
        Variables to break it down by.
    wave
        The wave that ``answered`` speaks of.

    Raises
    ------
    AnalysisError
        If nobody was asked, or a variable is not on the roster.

    Examples
    --------
    >>> import pandas as pd
    >>> roster = pd.DataFrame({"school": ["North"] * 40 + ["South"] * 60})
    >>> answered = pd.Series([True] * 30 + [False] * 10 + [True] * 20 + [False] * 40)
    >>> found = response(roster, answered, ["school"])
    >>> found.table["rate"].round(2).tolist()
    [0.5, 0.75, 0.33]
    """
    if not len(students):
        raise AnalysisError("The roster names no student, so no response rate can be given.")
    came = answered.to_numpy(dtype=bool)
    groups = [Invited(None, None, len(students), int(came.sum()))]
    for variable in by:
        if variable not in students or not students[variable].notna().any():
            have = [column for column in students if column != "respondent"]
            raise AnalysisError(
                f"The roster has no column for {variable!r}. "
                f"It has: {', '.join(map(str, have)) or 'ids alone'}."
            )
        column = students[variable].fillna("no entry").astype(str)
        for group in sorted(column.unique()):
            chosen = (column == group).to_numpy()
            groups.append(Invited(variable, group, int(chosen.sum()), int(came[chosen].sum())))
    return Response(wave, tuple(groups))
