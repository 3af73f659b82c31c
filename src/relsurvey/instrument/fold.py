"""Text compared as people see it: case, blanks, apostrophes and dashes do not matter."""

from __future__ import annotations

import re
import unicodedata

_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None),
    }
)
_BLANKS = re.compile(r"\s+")


def fold(text: str) -> str:
    r"""Return the form under which two spellings of one label are equal; accents are kept.

    Examples
    --------
    >>> fold("I don’t\u00a0 know ") == fold("I don't know")
    True
    """
    if text.isascii():
        # Most text, and a reading folds each of it several times: of all that follows, this is left.
        return " ".join(text.replace("`", "'").split()).casefold()
    # The table comes before NFKC too, which makes a lone acute accent a blank and a combining one.
    folded = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    return _BLANKS.sub(" ", folded).strip().casefold()
