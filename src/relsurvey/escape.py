"""Text made safe for the place it goes to: HTML, a script element, YAML, one line, a path."""

from __future__ import annotations

import html
import json
import re
import unicodedata

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


def slug(text: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """Return a short name for an address or a folder: lower case ASCII letters, digits and hyphens.

    Parameters
    ----------
    text
        Any text; accents are folded.
    taken
        Names already in use; a number is added until the result is not among them.

    Examples
    --------
    >>> slug("Sierra Norte High (simulated)"), slug("../Ñandú", {"nandu"})
    ('sierra-norte-high-simulated', 'nandu-2')
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:60].strip("-") or "unnamed"
    if base in _RESERVED:
        base += "-1"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name
