"""What a file and an instrument begin with: which is whose, what is remembered, and what is most alike."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from relsurvey.errors import MatchError, ReadError
from relsurvey.instrument import Instrument
from relsurvey.loading.choices import Choices
from relsurvey.loading.labels import in_a_word
from relsurvey.reading import Mapping

if TYPE_CHECKING:
    from relsurvey.reading.formats import Table
    from relsurvey.reading.match import Columns
    from relsurvey.reading.opening import Opened

#: A file in which a smaller share of an instrument's questions stands is no answer to it.
_CLOSE = 0.25


@dataclass(frozen=True)
class Guess:
    """What is most alike where nothing fits.

    Attributes
    ----------
    columns
        By a column's name, what it may hold, and in a word how alike the two are.
    labels
        By the key of a mapping's labels, what a label may mean.
    """

    columns: Mapped[str, tuple[str, str]] = field(default_factory=dict)
    labels: Mapped[str, Mapped[str, float | str | None]] = field(default_factory=dict)


def recognised(opened: Opened, known: Mapped[str, Instrument]) -> str | None:
    """Return which instrument most of whose questions stand in a file, if any does and only one.

    Parameters
    ----------
    opened
        The file.
    known
        The instruments to choose from.
    """
    from relsurvey.reading.choose import best_table

    shares = {}
    for key, instrument in known.items():
        best = best_table(opened, instrument)
        shares[key] = len(best[1].items) / len(instrument.items) if best else 0.0
    highest = max(shares.values())
    nearest = [key for key, share in shares.items() if share == highest]
    return nearest[0] if highest >= _CLOSE and len(nearest) == 1 else None


def table_of(opened: Opened, instrument: Instrument, now: Choices) -> tuple[Table, Columns]:
    """Return the table of a file, and which of its columns hold what.

    Parameters
    ----------
    opened, instrument
        The file, and what was asked.
    now
        What a person chose.

    Raises
    ------
    ReadError
        If there is no table.
    """
    from relsurvey.reading import match
    from relsurvey.reading.choose import best_table, fullest_table

    mapping = Mapping(instrument=instrument.id, columns=dict(now.columns)) if now.columns else None
    best = best_table(opened, instrument, mapping, now.wave or None)
    if best is not None:
        return best
    table = fullest_table(opened)
    if table is None:
        raise ReadError(f"{opened.file} has no row of answers under a header. Export it again.")
    return table, match.columns(table, instrument, now.columns, now.wave or None)


def remembered(path: Path, table: Table, instrument: Instrument) -> Mapping | None:
    """Return the mapping that was made for a file's header, if it still fits the instrument.

    Parameters
    ----------
    path
        The file: a mapping may lie beside it.
    table, instrument
        What it holds, and what was asked.
    """
    from relsurvey.reading.mapping import candidates

    try:
        for _, found in candidates(path, table.fingerprint, instrument):
            if found.confirmed:
                found.check(instrument)
                return found
    except MatchError:
        pass  # the columns are looked over anew, as if it were not there
    return None


def guess(opened: Opened, instrument: Instrument, wave: str | None) -> Guess:
    """Return what is most alike, of all that does not fit by itself.

    Parameters
    ----------
    opened, instrument
        The file, and what was asked.
    wave
        The wave of all rows, where it is known.
    """
    from relsurvey.reading.propose import propose

    try:
        _, proposal = propose(opened, instrument, wave)
    except MatchError:
        return Guess()
    likely = {
        name: (target, in_a_word(proposal.scores[name]))
        for name, target in proposal.mapping.columns.items()
        if target is not None and proposal.scores.get(name, 1.0) < 1.0
    }
    return Guess(likely, proposal.mapping.labels)
