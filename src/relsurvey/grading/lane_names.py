"""The lanes' names: their order, their spellings, and which are counted as vulnerable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relsurvey.analysis.sampling.columns import name_of
from relsurvey.errors import AnalysisError
from relsurvey.grading.student_tables import _heading
from relsurvey.reading.match import nearest
from relsurvey.words import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The network's five lanes, the readiest first.
LANES = ("post-secondary competitive", "promising", "potential", "vulnerable", "highly vulnerable")

#: Other spellings of them, as :func:`lane_key` makes them.
_CALLED = (
    ("post secondary competitive", "postsecondary competitive", "competitive", "competitivo",
     "competitivo para la educacion postsecundaria", "competitiva"),
    ("promising", "prometedor", "prometedora"),
    ("potential", "potencial", "con potencial"),
    ("vulnerable",),
    ("highly vulnerable", "muy vulnerable", "altamente vulnerable"),
)  # fmt: skip
_KEYS = {text: f"lane {place}" for place, texts in enumerate(_CALLED) for text in texts}

#: What stands for no lane, besides an empty cell.
_NONE = frozenset(("no lane", "none", "n/a", "na", "not assigned", "unassigned", "sin carril", ""))


def lane_key(name: str) -> str:
    """Return the form under which two spellings of one lane are equal.

    Examples
    --------
    >>> lane_key("Postsecondary_Competitive") == lane_key("post-secondary competitive")
    True
    """
    text = _heading(name.replace("-", " "))
    return _KEYS.get(text, text)


def lane_name(language: str, name: str) -> str:
    """Return a lane's name in a language; a school's own is as it is.

    Examples
    --------
    >>> lane_name("es", "highly vulnerable"), lane_name("es", "Gold")
    ('muy vulnerable', 'Gold')
    """
    for place in range(len(LANES)):
        if lane_key(name) == f"lane {place}":
            return say(language, f"grading.lanes_name_{place}")
    return name


def ordered(order: Sequence[object] | None) -> tuple[str, ...]:
    """Return the lanes in order; None: the network's five.

    Raises
    ------
    AnalysisError
        If there are fewer than two, or one stands twice.
    """
    if order is None:
        return LANES
    if isinstance(order, str):
        raise AnalysisError(
            "`order` is a list of lanes, the readiest first, such as ['ready', 'nearly', 'not yet']."
        )
    names = tuple(name_of(one).strip() for one in order)
    if len(names) < 2 or len({lane_key(one) for one in names}) < len(names) or "" in names:
        raise AnalysisError("`order` names each lane once, the readiest first; two or more.")
    return names


def vulnerable_lanes(order: Sequence[str], vulnerable: Sequence[object] | None = None) -> tuple[int, ...]:
    """Return the places of the lanes that are counted as vulnerable; none where no name says so.

    Parameters
    ----------
    order
        The lanes.
    vulnerable
        Their names; None: those called vulnerable, and of five lanes none of which is, the last two.

    Raises
    ------
    AnalysisError
        If one is not in the order.
    """
    keys = [lane_key(one) for one in order]
    if vulnerable is None:
        called = tuple(i for i, one in enumerate(order) if "vulnerab" in _heading(one))
        return called or ((3, 4) if len(order) == len(LANES) else ())
    wanted = [lane_key(name_of(one)) for one in ([vulnerable] if isinstance(vulnerable, str) else vulnerable)]
    missing = [key for key in wanted if key not in keys]
    if missing:
        raise AnalysisError("`vulnerable` names a lane that `order` does not. Name lanes of the order.")
    return tuple(sorted({keys.index(key) for key in wanted}))


def lane_places(texts: Sequence[str], order: Sequence[str], where: str) -> NDArray[np.intp]:
    """Return the place of each lane in the order, -1 for no lane.

    Raises
    ------
    AnalysisError
        If a text is none of them.
    """
    import numpy as np

    place = {lane_key(one): i for i, one in enumerate(order)}
    found = {text: place.get(lane_key(text)) for text in dict.fromkeys(texts)}
    unknown = [text for text, at in found.items() if at is None and text and lane_key(text) not in _NONE]
    if unknown:
        rows = sum(text in set(unknown) for text in texts)
        # What is near to no lane may be anything, and is not repeated.
        near = [(text, close[0]) for text in unknown if (close := nearest(text, order, at_least=0.7))]
        example = f", such as {near[0][0]!r} (nearest: {near[0][1]!r})" if near else ""
        raise AnalysisError(
            f"{where}: {rows:,} {'rows hold' if rows > 1 else 'row holds'} a lane that is none of "
            f"{', '.join(order)}{example}. Correct it, or name the lanes in `order=`, the readiest first."
        )
    at = {text: -1 if one is None else one for text, one in found.items()}
    return np.array([at[text] for text in texts], np.intp)


def lanes_words(language: str, order: Sequence[str], places: Sequence[int]) -> str:
    """Return lanes as a list in words.

    Examples
    --------
    >>> lanes_words("en", LANES, (3, 4))
    'vulnerable or highly vulnerable'
    """
    names = [lane_name(language, order[i]) for i in places]
    if len(names) == 1:
        return names[0]
    return say(language, "grading.lanes_or", first=", ".join(names[:-1]), last=names[-1])
