"""What a grid of policies may print: no number tells of 1 to 10 students whose mark depends on a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from relsurvey.analysis.stand_ins import stand_ins
from relsurvey.disclosure.plan import ALL

#: A grid is printed of so many students or more, and never tells of fewer than these.
LEAST, FEWEST = 100, 11


@dataclass(frozen=True)
class _Settled:
    """What one unit prints of each policy, and how far its true counts may lie from that.

    Attributes
    ----------
    numbers
        The count that stands for each policy.
    exact
        Of which policies that is the true count.
    low, high
        How much less, or more, the true count may be where the number is not exact: everyone who knows the
        rule knows so much. 0 where a count is coded, which tells less than is taken here.
    coded
        Whether the marks as they are now are coded.
    """

    numbers: tuple[int, ...]
    exact: tuple[bool, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    coded: bool


def settle(
    counts: Mapping[str, Sequence[int]],
    n: Mapping[str, int],
    choices: Sequence[Sequence[int]],
    min_n: int = FEWEST,
) -> dict[str, tuple[int, ...]]:
    """Return the number of students that each unit may print for each policy of a grid.

    Parameters
    ----------
    counts
        By unit, of how many students a measure holds under each policy, the marks as they are now first.
        ``"all"`` holds every student; the other units, as far as they are to be shown, do not overlap.
    n
        By unit, of how many students that is.
    choices
        Of each policy the position of every dial; all are 0 in the first.
    min_n
        Fewer students than this are never told of.

    Returns
    -------
    dict
        By unit the numbers to print, for those that may: a count of ``n``, still to be rounded, and coded
        where 5 % or fewer, or 95 % or more. Equal numbers are "about the same".

    Notes
    -----
    A unit of fewer than 100 students prints nothing. In the others the marks as they are now keep their own
    number, and each policy in turn, those that turn fewest dials first, takes the first number there that
    it is within ``min_n - 1`` students of, or else prints its own. Coded counts count as one, where coding
    begins, and other counts under ``min_n`` as ``min_n``, at either end. So any two numbers are equal or
    ``min_n`` apart, and each is within ``min_n - 1`` of the count that is taken.

    ``all`` is made up of what its units print, and of what is left: the students of no shown unit, with what
    the units keep back. That is settled likewise, and counts only where any one unit's "about the same" could
    still be just the same. Where 1 to 99 students are in no shown unit, ``all`` prints
    nothing: subtraction would give a grid of these.

    So for each unit, and for the rest, whatever is printed may as well come from marks on which no policy
    makes a difference of 1 to ``min_n - 1`` students there: who knows every n and this rule cannot say that
    there is such a group. The numbers are net: a policy that helps 15 students and hurts 4 prints 11 more.
    Net counts alone do not tell how many it hurts, so 4 cannot be told from none.

    Examples
    --------
    Of 150 students 60 now; 8 more is about the same, and 12 more is not:

    >>> grid = [(0,), (1,), (2,), (3,)]
    >>> settle({"a": [60, 68, 72, 75]}, {"a": 150}, grid)
    {'a': (60, 60, 72, 72)}

    Of all, 33 more: in the other school, which prints about the same, that would be 3.

    >>> settle({"a": [60, 90], "b": [50, 53], "all": [110, 143]}, {"a": 150, "b": 120, "all": 270}, grid[:2])
    {'a': (60, 90), 'b': (50, 50), 'all': (110, 140)}
    """
    order = sorted(range(len(choices)), key=lambda i: (sum(at > 0 for at in choices[i]), i))
    parts = [unit for unit in counts if unit != ALL and n[unit] >= LEAST]
    settled = {unit: _of_unit(counts[unit], n[unit], order, min_n) for unit in parts}
    shown = {unit: one.numbers for unit, one in settled.items()}
    if ALL in counts and n[ALL] >= LEAST:
        rest = n[ALL] - sum(n[unit] for unit in parts)
        if rest == 0 or rest >= LEAST:
            own = rest, counts[ALL][0] - sum(counts[unit][0] for unit in parts)
            whole = _of_all(counts[ALL], list(settled.values()), own, order, min_n)
            shown[ALL] = _of_unit(whole, n[ALL], order, min_n).numbers
    return shown


def _of_unit(counts: Sequence[int], n: int, order: Sequence[int], min_n: int) -> _Settled:
    edge = _edge(n)
    inner = max(edge + 1, min_n), min(n - edge - 1, n - min_n)
    first = order[0]

    def value(i: int) -> int:
        count = min(max(counts[i], edge), n - edge)
        # What is not coded and fewer than min_n at either end; that of now is on the page anyway.
        return count if count in (edge, n - edge) or i == first else min(max(count, inner[0]), inner[1])

    values = [value(i) for i in range(len(counts))]
    numbers, leaders = _stand(values, order, min_n)
    where = list(leaders)
    exact, low, high = [], [], []
    for i, number in enumerate(numbers):
        exact.append(leaders[number] == i and edge < number < n - edge and values[i] == counts[i])
        least, most = number - min_n + 1, number + min_n - 1
        for before in where[: where.index(number)]:
            least = max(least, before + min_n) if before < number else least
            most = min(most, before - min_n) if before > number else most
        free = leaders[number] != i and inner[0] <= number <= inner[1]
        low.append(min(max(least, inner[0]) - number, 0) if free else 0)
        high.append(max(min(most, inner[1]) - number, 0) if free else 0)
    coded = not edge < values[first] < n - edge
    return _Settled(tuple(numbers), tuple(exact), tuple(low), tuple(high), coded)


def _edge(n: int) -> int:
    """Return the most students of n whose share is coded: 5 %, and as many at the other end."""
    return n // 20


def _stand(
    values: Sequence[int],
    order: Sequence[int],
    min_n: int,
    allowed: Callable[[int, int], bool] = lambda i, number: True,
) -> tuple[list[int], dict[int, int]]:
    """Return the number that stands for each value, and of which value each number is the own one."""
    found = stand_ins(
        order, lambda i, j: abs(values[i] - values[j]) < min_n, lambda i, j: allowed(i, values[j])
    )
    leaders = {values[i]: i for i, j in found.items() if i == j}
    return [values[found[i]] for i in range(len(values))], leaders


def _of_all(
    counts: Sequence[int], parts: Sequence[_Settled], rest: tuple[int, int], order: Sequence[int], min_n: int
) -> list[int]:
    """Return what all may be said to be: what the parts print, and what is left as far as that tells nothing.

    Parameters
    ----------
    counts
        Of all.
    parts
        The units that print a grid.
    rest
        How many are in none of these, and of how many of them the measure holds now.
    """
    sums = [sum(part.numbers[i] for part in parts) for i in range(len(counts))]
    left = [count - printed for count, printed in zip(counts, sums, strict=True)]

    def allowed(i: int, number: int) -> bool:
        more = number - left[0]
        kept_back = [part for part in parts if not part.exact[i]]
        if (kept_back or rest[0]) and any(p.coded and p.numbers[i] != p.numbers[0] for p in parts):
            # What the code of now hides there would be left over, and known where all is.
            return False
        if rest[0]:
            return -rest[1] <= more <= rest[0] - rest[1]
        low, high = sum(part.low[i] for part in parts), sum(part.high[i] for part in parts)
        return all(low - part.low[i] <= more <= high - part.high[i] for part in kept_back)

    numbers, _ = _stand(left, order, min_n, allowed)
    return [printed + number for printed, number in zip(sums, numbers, strict=True)]
