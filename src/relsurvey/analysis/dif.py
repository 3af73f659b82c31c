"""Differential item functioning: whether groups with the same overall answers answer a question alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.aggregate.matching import MatchingCounts, matching_counts
from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.analysis.functioning.dif_models import (
    Contrast,
    Judged,
    Mark,
    Matched,
    disagree,
    judged,
    matched,
)
from relsurvey.analysis.functioning.dif_tables import tables
from relsurvey.analysis.functioning.dif_words import faces, in_words
from relsurvey.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Counts anew with other questions in the total; all of them when none is named.
Counter = Callable[[tuple[str, ...]], MatchingCounts]
Purification = Literal["not asked", "not possible", "settled", "not settled", "too few left"]

#: Fewest respondents of a group that is checked (rules.md 10).
MIN_N_CHECKED = 200
#: After so many rounds purification is given up.
MOST_ROUNDS = 10


@dataclass(frozen=True)
class ItemDIF:
    """One question: matched on the total, which decides, and on the rest score beside it.

    Attributes
    ----------
    name
        The question.
    total, rest
        Its models; None where the groups were not checked.
    judged, rest_judged
        What is concluded from each.
    disagrees
        Whether the two lead to other conclusions: another mark, another kind of difference (uniform or not),
        another direction; None where that cannot be said.
    in_total
        Whether it is part of the total of the other questions: purification takes some out.
    unused
        How many of its answers nobody in the checked groups chose: they are left out of the models.
    """

    name: str
    total: Matched | None
    judged: Judged
    rest: Matched | None
    rest_judged: Judged
    disagrees: bool | None
    in_total: bool
    unused: int

    @property
    def mark(self) -> Mark:
        """``differs``, ``none`` or ``not checked``."""
        return self.judged.mark

    @property
    def contrasts(self) -> Iterator[tuple[Contrast, float, Mark]]:
        """Its groups, with p adjusted over them and mark; a question that does not differ marks no group."""
        if self.total is not None:
            for contrast, p, mark in zip(
                self.total.contrasts, self.total.group_p, self.total.marks, strict=True
            ):
                yield contrast, p, "none" if mark == "differs" and self.mark != "differs" else mark


_UNCHECKED = Judged(math.nan, math.nan, "none", "not checked")


@dataclass(frozen=True, repr=False)
class DIF(Finding):
    """Whether groups answer the questions of a scale alike at the same overall answers.

    Attributes
    ----------
    items
        One a question.
    groups, sizes
        All groups there are, and how many of each answered every question.
    checked
        The groups that were checked: those with ``min_n`` respondents or more.
    reference
        The group that the others stand beside; None: each beside all others.
    incomplete
        Respondents left out because they did not answer every question.
    min_n
        Fewest respondents of a group that is checked.
    purification
        Whether questions that differ were taken out of the total until their list stayed the same.
    rounds
        Which questions were out of the total in each round.
    """

    items: tuple[ItemDIF, ...]
    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    checked: tuple[str, ...]
    reference: str | None
    incomplete: int
    min_n: int
    purification: Purification
    rounds: tuple[tuple[str, ...], ...]

    @property
    def comparable(self) -> Literal["comparable", "differs", "not checked"]:
        """Whether the scale can be compared between the checked groups (rules.md 10)."""
        marks = {item.mark for item in self.items}
        if "differs" in marks:
            return "differs"
        return "comparable" if marks == {"none"} else "not checked"

    @property
    def marked_items(self) -> tuple[str, ...]:
        """The questions that differ."""
        return tuple(item.name for item in self.items if item.mark == "differs")

    @property
    def marked_groups(self) -> tuple[str, ...]:
        """The groups that stand out on some question: no difference of theirs is *clear* (rules.md 6)."""
        found = {
            self.checked[contrast.group]
            for item in self.items
            for contrast, _, mark in item.contrasts
            if mark == "differs"
        }
        return tuple(group for group in self.checked if group in found)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By question, by question and group, matched on the rest score, coefficients, rounds."""
        return tables(self)

    def in_words(self, language: str = "en") -> str:
        """Return which questions differ, for whom and by how much, and what that does not tell."""
        return in_words(self, language)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return questions, and questions by group; groups under ``min_n`` masked."""
        return faces(self, language, min_n)

    def beside(self, contrast: Contrast) -> str:
        """Return whom a group stands beside: the reference, or nothing for all others."""
        return "" if contrast.beside is None else self.checked[contrast.beside]


def dif(
    items: pd.DataFrame | MatchingCounts | Counter,
    groups: pd.Series | np.ndarray | Sequence[object] | None = None,
    *,
    purify: bool = True,
    min_n: int = MIN_N_CHECKED,
    reference: str | None = None,
    rest: bool = True,
) -> DIF:
    """Check whether groups with the same overall answers answer each question alike.

    Parameters
    ----------
    items
        Codes, one row a respondent and one column a question, reversed ones turned, NaN for missing; only
        respondents who answered all of them are counted. Or their counts; or a function that counts with the
        named questions in the total, with all of them when none is named.
    groups
        One group label a respondent; only with a table of rows.
    purify
        Whether questions that differ are taken out of the total, and all are checked again, until they are
        the same ones (at most ten rounds, at most half of the questions, those that differ most). A question
        is always part of its own total. Not possible from counts, which have one total.
    min_n
        Groups with fewer respondents are left out, and are *not checked*.
    reference
        The group that each other one stands beside; else each stands beside all others.
    rest
        Whether to match on the rest score too. The mark does not need it.

    Returns
    -------
    DIF
        ``.table`` (one row a question), ``.tables``, ``.comparable``, ``.marked_items``, ``.marked_groups``,
        ``.sentence``.

    Raises
    ------
    AnalysisError
        If the columns cannot be read as questions and groups, or the reference is no group.

    Notes
    -----
    Nested proportional-odds models, matched on the total with the question in it (Swaminathan & Rogers 1990;
    Zumbo 1999): total; total and group; total, group and their product. Uniform: second beside first;
    non-uniform: third beside second; the test of both, third beside first, decides. Equal to R's
    ``MASS::polr`` and ``glm``. A question *differs* when that p, adjusted by Holm over the questions, is
    below .05 and the effect is not negligible: Nagelkerke's R² changes by .035 or more (Jodoin & Gierl 2001),
    or the expected answers of a group, at the same total, lie 5 % of the question's range or more from the
    others' on average, without sign (the bound of the standardised difference: Dorans & Kulick 1986; Dorans &
    Schmitt 1991). A group of it differs when the same holds for it, Holm over the groups.

    A difference that all questions share cannot be seen: the total has it too.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> draw = np.random.default_rng(1)
    >>> sense = draw.normal(size=(800, 1))
    >>> answers = pd.DataFrame(np.clip(np.rint(3 + sense + draw.normal(size=(800, 8))), 1, 5))
    >>> girl = np.repeat([True, False], 400)
    >>> answers.loc[girl, 4] = np.minimum(answers.loc[girl, 4] + 1, 5)
    >>> found = dif(answers, np.where(girl, "girls", "boys"))
    >>> found.comparable, found.marked_items
    ('differs', ('4',))
    """
    if min_n < 1:
        raise AnalysisError("A group that is checked has at least 1 respondent. Give min_n of 1 or more.")
    count, purification = _counter(items, groups, purify)
    whole = count(())
    if not whole.names:
        raise AnalysisError("There is no question to check. Give a table with one column a question.")
    if reference is not None:
        reference = str(reference)
        if reference not in whole.groups:
            raise AnalysisError("The reference is not among the groups. Name one of the group labels.")
    sizes = whole.sizes
    chosen = [g for g, size in enumerate(sizes) if size >= min_n]
    checked = tuple(whole.groups[g] for g in chosen)
    if len(checked) < 2 or (reference is not None and reference not in checked):
        unchecked = tuple(
            ItemDIF(name, None, _UNCHECKED, None, _UNCHECKED, None, inside, 0)
            for name, inside in zip(whole.names, whole.in_total, strict=True)
        )
        return DIF(unchecked, whole.groups, sizes, (), reference, whole.incomplete, min_n, "not possible", ())
    base = None if reference is None else checked.index(reference)
    everything = range(len(whole.names))
    out: tuple[str, ...] = tuple(n for n, i in zip(whole.names, whole.in_total, strict=True) if not i)
    rounds = [out]
    counts = whole.only(chosen)
    while True:
        totals = [matched(counts, i, base) for i in everything]
        found = judged(totals)
        if purification != "settled":
            break
        differs, all_of_them = _differing(totals, found)
        if differs == out:
            purification = "settled" if all_of_them else "too few left"
            break
        if len(rounds) == MOST_ROUNDS or differs in rounds:
            purification = "not settled"
            break
        out = differs
        rounds.append(out)
        counts = _again(count, whole, out).only(chosen)
    rests: list[Matched] = [matched(counts, i, base, rest=True) for i in everything] if rest else []
    on_rest = judged(rests)
    return DIF(
        tuple(
            ItemDIF(
                whole.names[i],
                totals[i],
                found[i],
                rests[i] if rest else None,
                on_rest[i] if rest else _UNCHECKED,
                disagree((totals[i], found[i]), (rests[i], on_rest[i])) if rest else None,
                counts.in_total[i],
                int((counts.counts[i].sum(axis=(0, 1)) == 0).sum()),
            )
            for i in everything
        ),
        whole.groups,
        sizes,
        checked,
        reference,
        whole.incomplete,
        min_n,
        purification,
        tuple(rounds),
    )


def _differing(totals: list[Matched], found: list[Judged]) -> tuple[tuple[str, ...], bool]:
    """Return the questions to take out of the total, and whether they are all that differ.

    At most half of the questions, those that differ most: a question that differs much makes the others seem
    to, and what most of them share is what the groups are matched on. Two are always left.
    """
    most = max(min(len(totals) // 2, len(totals) - 2), 0)
    marked = [item for item, conclusion in zip(totals, found, strict=True) if conclusion.mark == "differs"]
    marked.sort(key=lambda item: -item.widest.points_apart / item.span)
    chosen = {item.item for item in marked[:most]}
    return tuple(item.item for item in totals if item.item in chosen), len(marked) <= most


def _counter(
    items: pd.DataFrame | MatchingCounts | Counter,
    groups: pd.Series | np.ndarray | Sequence[object] | None,
    purify: bool,
) -> tuple[Counter, Purification]:
    """Return what counts, and what is to be said of purification if all goes well."""
    import pandas as pd

    if isinstance(items, MatchingCounts) or callable(items):
        if groups is not None:
            raise AnalysisError("Counts hold their groups already. Give groups only with a table of rows.")
        if isinstance(items, MatchingCounts):
            return (lambda _: items), "not possible" if purify else "not asked"
        return items, "settled" if purify else "not asked"
    if not isinstance(items, pd.DataFrame):
        raise AnalysisError("These are no answers. Give a table of codes, counts, or a function that counts.")
    if groups is None:
        raise AnalysisError("There are no groups to compare. Give one group label a respondent.")
    return (lambda total_of: matching_counts(items, groups, total_of)), "settled" if purify else "not asked"


def _again(count: Counter, whole: MatchingCounts, out: tuple[str, ...]) -> MatchingCounts:
    """Count with some questions out of the total."""
    found = count(tuple(name for name in whole.names if name not in out))
    asked = tuple(name not in out for name in whole.names)
    if (found.names, found.groups, found.in_total) != (whole.names, whole.groups, asked):
        raise AnalysisError(
            "The function that counts gave other questions or groups the second time. "
            "It must count the same rows with only the named questions in the total."
        )
    return found
