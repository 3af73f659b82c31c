"""Who answered, against the roster: the first thing to look at, before any result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
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


@dataclass(frozen=True)
class Response:
    """Who answered in one wave: numbers once, and every face of them.

    Attributes
    ----------
    wave
        The wave, or None.
    groups
        All students first, then the groups of each variable.
    min_n
        Groups in which fewer were asked, answered, or did not answer are masked in what a notebook shows.
    """

    wave: str | None
    groups: tuple[Invited, ...]
    min_n: int = 10

    @property
    def table(self) -> pd.DataFrame:
        """One row a group: ``by, group, invited, answered, rate``; exact, for this kernel alone."""
        import pandas as pd

        return pd.DataFrame(
            [(g.by, g.group, g.invited, g.answered, g.rate) for g in self.groups],
            columns=["by", "group", "invited", "answered", "rate"],
        )

    def shown(self) -> list[tuple[str, str, str]]:
        """Return each group's name, how many were asked and the share that answered; small ones masked."""
        lines = []
        for g in self.groups:
            name = "all students" if g.by is None else f"{g.by}: {g.group}"
            if g.invited < self.min_n:
                lines.append((name, f"under {self.min_n}", "too few to show"))
                continue
            missing = g.invited - g.answered
            if g.answered < self.min_n:
                rate = f"fewer than {self.min_n} answered"
            elif 0 < missing < self.min_n:
                rate = f"all but a few ({100 * (g.invited - self.min_n) // g.invited} % or more)"
            else:
                rate = f"{100 * g.rate:.0f} %"
            lines.append((name, str(g.invited), rate))
        return lines

    @property
    def sentence(self) -> str:
        """What share answered, and from which groups the fewest did."""
        whole, *parts = self.groups
        said = say("en", "response.whole", percent=round(100 * whole.rate), invited=whole.invited)
        large = [g for g in parts if g.invited >= self.min_n]
        low = min(large, key=lambda g: g.rate, default=None)
        if low is not None and low.rate < whole.rate - 0.05:
            said += " " + say("en", "response.lowest", group=low.group, percent=round(100 * low.rate))
        if whole.rate < 0.5:
            return said + " " + say("en", "response.half")
        return said + (" " + say("en", "response.some") if whole.rate < 0.85 else "")

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col'>{text}</th>" for text in ("who", "asked", "answered"))
        body = "".join(
            "<tr>" + "".join(f"<td>{html_text(cell)}</td>" for cell in line) + "</tr>"
            for line in self.shown()
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{html_text(self.sentence)}</p>{table}"


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
