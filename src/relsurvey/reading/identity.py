"""Ids: made alike where they were damaged, told apart where they clash, and pointing at no one elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from typing import TYPE_CHECKING

from relsurvey.errors import ReadError
from relsurvey.files import home as home
from relsurvey.files import write_atomic
from relsurvey.instrument.fold import fold

if TYPE_CHECKING:
    from relsurvey.reading.rows import Rows

_LENGTH = 32
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+\Z")
_WHOLE = re.compile(r"(\d+)[.,]0+\Z")
#: What stands between an id and its school, where two schools gave the same id: in no id.
_SCHOOL = "\x1f"


def local_key() -> bytes:
    """Return this machine's key; it is made once, whole, and readable by its owner alone.

    Raises
    ------
    ReadError
        If the key was damaged: ids hashed with another one could not be matched with earlier ones.
    """
    path = home() / "id.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f"id.key.{secrets.token_hex(8)}")
        write_atomic(new, secrets.token_bytes(_LENGTH), mode=0o600)
        try:
            # A link appears whole or not at all, and not over the key of a process that was first.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    key = path.read_bytes()
    if len(key) != _LENGTH:
        raise ReadError(
            f"The key for ids at {path} is damaged. Restore it, or delete it: ids then change once."
        )
    return key


def hashed(value: str, key: bytes) -> str:
    """Return the keyed hash of an id: 16 hex digits, the same for the same id on this machine."""
    return hmac.new(key, value.strip().encode(), hashlib.sha256).hexdigest()[:16]


def plain(respondent: str) -> str:
    """Return the form under which two spellings of one id are equal, without the zeros a spreadsheet drops.

    Examples
    --------
    >>> plain("00123"), plain("123.0"), plain(" a-7 ")
    ('123', '123', 'a-7')
    """
    text = respondent.strip()
    if match := _WHOLE.match(text):
        text = match[1]
    return text.lstrip("0") or "0" if text.isdecimal() else text


def rounded(respondent: str) -> bool:
    """Say whether a spreadsheet rounded an id away: ``1.2E+05`` could be any of a thousand students."""
    return bool(_ROUNDED.match(respondent.strip()))


def settle(rows: Rows) -> None:
    """Make the respondents' ids fit to tell rows apart, and note what was done.

    An id that a spreadsheet rounded is no id. Ids that differ by leading zeros or by ``.0`` alone are one
    student, under the spelling with the most zeros. An id that stands with two schools in one wave is two
    students.
    """
    import numpy as np

    column = rows.identity["respondent"]
    counts = column.counts()
    lost = {text for text in counts if rounded(text)}
    if lost:
        what = "ids such as 1.2E+05 were taken as no id"
        why = "a spreadsheet rounded them; format the column as text and export again"
        rows.note("id spelling", "all files", sum(counts[text] for text in lost), what, why)
    longest: dict[str, str] = {}
    for text in counts:
        if text and text not in lost:
            key = plain(text)
            whole = _WHOLE.sub(r"\1", text)
            if len(whole) > len(longest.get(key, "")):
                longest[key] = whole
    target = {text: "" if text in lost else longest.get(plain(text), text) for text in counts}
    changed = sum(counts[text] for text in counts if text not in lost and target[text] != text)
    if changed:
        what = "ids spelled with and without leading zeros, or with .0 at the end, were made alike"
        rows.note(
            "id spelling", "all files", changed, what, "spreadsheets drop the zeros; one id is one student"
        )
    if changed or lost:
        column = rows.identity["respondent"] = column.map(lambda text: target.get(text, text))

    school, wave = rows.identity["school"], rows.identity["wave"]
    both = np.flatnonzero(column.filled() & school.filled())
    triples = np.unique(np.column_stack([column.codes[both], wave.codes[both], school.codes[both]]), axis=0)
    pairs, schools = np.unique(triples[:, :2], axis=0, return_counts=True)
    clashing = np.unique(pairs[schools > 1][:, 0])
    if not len(clashing):
        return
    touched = np.isin(column.codes, clashing) & school.filled()
    cells = column.cells()
    for i in np.flatnonzero(touched):
        cells[i] = with_school(cells[i], school[int(i)])
    rows.identity["respondent"] = type(column).of(cells)
    what = f"{len(clashing)} ids stand with two schools in one wave, and were taken as two students each"
    rows.note(
        "shared ids", "all files", int(touched.sum()), what, "schools number their students on their own"
    )


def replaced(respondent: str, key: bytes) -> str:
    """Return what stands for a respondent in a study: the keyed hash of the id, and of its school if any."""
    number, *school = respondent.split(_SCHOOL)
    return hashed(_SCHOOL.join([plain(number), *school]), key)


def shown(respondent: str) -> str:
    """Return an id that was kept as it is, with its school where it has one."""
    return respondent.replace(_SCHOOL, " @ ")


def with_school(respondent: str, school: str) -> str:
    """Return the id of a student whose number another school gave too."""
    return f"{respondent}{_SCHOOL}{fold(school)}"


def join_key(respondent: str, ids: str) -> str:
    """Return the form of a study's respondent that is equal in two files; an id may lack its zeros."""
    if ids == "hashed":
        return respondent
    number, *school = respondent.split(" @ ")
    return " @ ".join([plain(number), *school])
