"""Text made safe for the place it goes to: HTML, a script element, YAML, one line, a path."""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

#: What YAML takes for a line end, or does not take at all; JSON leaves most of it as it is.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")
#: What moves a terminal's cursor or colours its text; of other sequences the text stays and the escape goes.
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
#: More signs stacked on one letter than any script needs; more blank lines than one reads over.
_STACKED = re.compile(r"([\u0300-\u036f\u20d0-\u20ff]{4})[\u0300-\u036f\u20d0-\u20ff]+")
_GAPS = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_LONGEST_SLUG, _HASH_DIGITS = 60, 8
# Names that Windows keeps for itself, with or without an ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(1, 10))}


def html_text(text: object) -> str:
    """Return text for an HTML element or a quoted attribute.

    Examples
    --------
    >>> html_text('<img src=x onerror="alert(1)">')
    '&lt;img src=x onerror=&quot;alert(1)&quot;&gt;'
    """
    return html.escape(str(text), quote=True)


def json_for_script(text: str) -> str:
    r"""Return JSON text that cannot end the ``<script>`` element it stands in.

    Examples
    --------
    >>> json_for_script('{"a": "</script><!--"}')
    '{"a": "\\u003c/script\\u003e\\u003c!--"}'
    """
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def yaml_scalar(value: str | float | bool | None) -> str:
    r"""Return a value as YAML reads it back, on one line: JSON is YAML, and nothing breaks out of its quotes.

    Examples
    --------
    >>> yaml_scalar('Yes # "no"'), yaml_scalar("a\x85b"), yaml_scalar(4.0), yaml_scalar(None)
    ('"Yes # \\"no\\""', '"a\\u0085b"', '4', 'null')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    r"""Return text on one line, without what a file cannot hold.

    Examples
    --------
    >>> one_line(" Is there\n\nmore? ")
    'Is there more?'
    """
    return _BLANKS.sub(" ", _CONTROL.sub(" ", text)).strip()


def plain_text(text: str) -> str:
    r"""Return text that moves no cursor, turns no line around and holds nothing that cannot be seen.

    For a person who reads what somebody else wrote, and has to see all of it as it will be seen by others.

    Examples
    --------
    >>> plain_text("\x1b[2Jgo\u202eod\x07\r\n\n\n\n\u200bday")
    'good\n\nday'
    """
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    text = re.sub("[\r\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    text = _JOINERS.sub("", _UNSEEN.sub("", text))
    return _GAPS.sub("\n\n", _STACKED.sub(r"\1", text)).strip()


def slug(text: str) -> str:
    """Return a short name for an address or a folder: lower case ASCII letters, digits and hyphens.

    Parameters
    ----------
    text
        Any text; accents are folded.

    Examples
    --------
    >>> slug("Sierra Norte High (simulated)"), slug("../Ñandú")
    ('sierra-norte-high-simulated', 'nandu')
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:_LONGEST_SLUG].strip("-") or "unnamed"
    return f"{base}-1" if base in _RESERVED else base


def slugs(names: Sequence[tuple[str, ...]], taken: Collection[str] = ()) -> list[str]:
    """Return a slug for each name, no two alike.

    Parameters
    ----------
    names
        Names that differ, each in its parts, as a school and its team.
    taken
        Slugs that none of them may have.

    Returns
    -------
    list
        The plain slug of each. Where several names would share one, each of them ends in a hash of the whole
        name instead: it does not depend on the order, nor on which others there are.

    Examples
    --------
    >>> slugs([("Q", "9"), ("Q", "9+"), ("Q", "10")])
    ['q-9-470a9b3d', 'q-9-3d46d3d6', 'q-10']
    """
    plain = [slug(" ".join(name)) for name in names]
    hashed = [_hashed(short, name) for short, name in zip(plain, names, strict=True)]
    shared = {short for short, count in Counter(plain).items() if count > 1} | {*hashed, *taken}
    return [long if short in shared else short for short, long in zip(plain, hashed, strict=True)]


def _hashed(short: str, name: tuple[str, ...]) -> str:
    digits = hashlib.sha256(json.dumps(name).encode()).hexdigest()[:_HASH_DIGITS]
    return f"{short[: _LONGEST_SLUG - 1 - _HASH_DIGITS].strip('-')}-{digits}"
