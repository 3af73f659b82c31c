"""From files to a :class:`Study`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.instrument import Instrument
from relsurvey.keeping import note_read
from relsurvey.reading import Limits, Mapping, Source
from relsurvey.reading import read as _read
from relsurvey.reading.survey import is_frame
from relsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def read(
    source: str | Path | Source | pd.DataFrame | Sequence[str | Path | Source],
    instrument: str | Path | Instrument | None = None,
    *,
    mapping: str | Path | Mapping | dict[str, Any] | None = None,
    wave: str | None = None,
    school: str | None = None,
    roster: str | Path | pd.DataFrame | None = None,
    strict: bool = True,
    keep: Literal["last", "first", "all"] = "last",
    ids: Literal["hashed", "as-is"] = "hashed",
    limits: Limits | None = None,
) -> Study:
    """Read survey answers into a :class:`Study`, accounting for every row and label.

    Parameters
    ----------
    source
        A path (``.xlsx``, ``.xls``, ``.ods``, ``.csv``, ``.tsv``, ``.sav``, ``.dta``), a DataFrame,
        or a list of paths or :class:`Source`.
    instrument
        The id of a ready instrument, the path of a YAML file, or an :class:`Instrument`; None recognises a
        ready one.
    mapping
        Which column is which question and which label which answer, where names and wordings do not say: the
        path of a YAML file, a :class:`Mapping`, or its parts as a dict. ``relsurvey check`` proposes one, and
        one that was used is remembered for the next file with the same header.
    wave, school
        The wave or school of every row, where the file does not say.
    roster
        Who was asked, as :meth:`Study.with_roster` takes it.
    strict
        Whether a missing question or an answer that fits no option is an error (else a ledger line).
    keep
        Which row to keep of a respondent who answered more than once in a wave.
    ids
        ``"hashed"`` replaces respondent and teacher ids by a keyed hash; ``"as-is"`` keeps them.
    limits
        What reading one file may cost.

    Returns
    -------
    Study

    Raises
    ------
    ReadError
        If a file cannot be read, in one sentence.
    MatchError
        If questions or answers do not fit the instrument, with the nearest match.
    InstrumentError
        If the instrument is not right.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> study = rs.read(demo_workbook())
    >>> study.instrument.id, study.waves, list(study.ledger.columns)
    ('five-elements', ('fall', 'spring'), ['step', 'where', 'rows', 'what', 'why', 'effect'])
    """
    reading = _read(
        source,
        instrument,
        mapping=mapping,
        wave=wave,
        school=school,
        strict=strict,
        keep=keep,
        ids=ids,
        limits=limits,
    )
    study = Study(
        reading.instrument,
        reading.responses,
        reading.answers,
        reading.comments,
        reading.flags,
        reading.ledger,
        reading.sha256,
        reading.simulated,
        ids,
    )
    if not reading.simulated and not is_frame(source):
        several = [source] if isinstance(source, (str, Path, Source)) else source
        files = [one.path if isinstance(one, Source) else one for one in several]
        note_read(files, reading.instrument, hashes=reading.sha256)
    return study if roster is None else study.with_roster(roster, limits=limits)
