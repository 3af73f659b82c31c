"""Text as large as fits into a box of a slide, and long lists in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

#: The smallest size of a text, in points.
SMALL = 14
#: Between two paragraphs, in points; how wide a letter is beside its size, at most; how high a line is.
GAP, _LETTER, _LINE = 6, 0.56, 1.2

T = TypeVar("T")


def _signs(width: float, size: int) -> int:
    """Return how many signs of a size fit into a line of some inches."""
    return max(int(width * 72 / (size * _LETTER)), 1)


def _lines(text: str, width: float, size: int) -> int:
    return max(-(-len(text) // _signs(width, size)), 1)


def paragraphs_high(lines: Sequence[str], width: float, size: int) -> float:
    """Return how high paragraphs are, in inches."""
    return sum(_lines(line, width, size) * size * _LINE + GAP for line in lines) / 72


def fitted(lines: Sequence[str], width: float, height: float, sizes: Sequence[int]) -> tuple[int, list[str]]:
    """Return the largest size at which paragraphs fit, and the paragraphs: cut when none is small enough."""
    for size in sizes:
        if paragraphs_high(lines, width, size) - GAP / 72 <= height:
            return size, [*lines]
    size, shown = sizes[-1], [*lines]
    while paragraphs_high(shown, width, size) - GAP / 72 > height and (longest := max(map(len, shown))) > 1:
        at = [len(line) for line in shown].index(longest)
        if longest > _signs(width, size):
            shown[at] = _shorter(shown[at], longest - max(longest // 10, 2))
        else:
            shown.pop()
    return size, shown


def _shorter(text: str, length: int) -> str:
    """Return the beginning of a text, to the end of a sentence where there is one."""
    start = text[:length].rstrip(" …")
    ends = [found.end() for found in re.finditer(r"[.!?](?= )", start)]
    return f"{start[: ends[-1]]} …" if ends else f"{start}…"


def whole(sentences: Sequence[str], width: float, height: float, size: int, more: str) -> str:
    """Return as many sentences as fit as one paragraph, in their order; ``more`` ends it where one does not.

    The first one stands whatever its length.

    Examples
    --------
    >>> whole(["Short.", "Long " * 80, "Short too."], 10, 0.6, 14, "And more.")
    'Short. Short too. And more.'
    """

    def fits(chosen: Sequence[str]) -> bool:
        return paragraphs_high([" ".join(chosen)], width, size) - GAP / 72 <= height

    said = [sentence for sentence in sentences if sentence]
    if fits(said):
        return " ".join(said)
    chosen = said[:1]
    for sentence in said[1:]:
        if fits([*chosen, sentence, more]):
            chosen.append(sentence)
    return " ".join([*chosen, more])


def rows_high(rows: Sequence[Sequence[str]], widths: Sequence[float]) -> float:
    """Return how high the rows of a table are, in inches."""
    return sum(
        max(_lines(text, width - 0.2, SMALL) for text, width in zip(row, widths, strict=True))
        * SMALL
        * _LINE
        / 72
        + 0.1
        for row in rows
    )


def chunks(values: Sequence[T], most: int) -> Iterator[tuple[list[T], str]]:
    """Yield values in parts of about the same length, each with what a title says of the part."""
    parts = -(-len(values) // most)
    for number in range(parts):
        start, stop = number * len(values) // parts, (number + 1) * len(values) // parts
        yield list(values[start:stop]), f" ({number + 1}/{parts})" if parts > 1 else ""
