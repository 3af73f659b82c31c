"""What ``relsurvey check`` finds out about files: whether they fit an instrument, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.errors import MatchError
from relsurvey.reading import Mapping, Source
from relsurvey.reading.limits import Limits
from relsurvey.reading.page import Section, account, found, problems
from relsurvey.study import Study, read

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument


@dataclass(frozen=True)
class Checked:
    """What was found out.

    Attributes
    ----------
    heading
        One line: what the file is.
    sections
        The page.
    study
        What was read, or None where the files do not fit.
    error
        Why they do not fit, or None.
    proposal
        Where a proposed mapping was written, or None.
    """

    heading: str
    sections: tuple[Section, ...]
    study: Study | None = None
    error: MatchError | None = None
    proposal: Path | None = None


def check(
    sources: Sequence[Source],
    instrument: str | Path | Instrument | None = None,
    *,
    mapping: str | Path | Mapping | None = None,
    roster: str | Path | None = None,
    strict: bool = True,
    keep: Literal["last", "first", "all"] = "last",
) -> Checked:
    """Read files and say what was done with every row, column and label; propose a mapping if need be.

    Parameters
    ----------
    sources
        The files.
    instrument
        A ready instrument's id, the path of a YAML file, or an instrument; None recognises a ready one.
    mapping, roster, strict, keep
        As :func:`relsurvey.read` takes them.

    Raises
    ------
    RelsurveyError
        If a file cannot be read at all, or the instrument or the mapping is not right.
    """
    try:
        study = read(list(sources), instrument, mapping=mapping, roster=roster, strict=strict, keep=keep)
    except MatchError as error:
        return _not_fitting(sources, instrument, error, propose=mapping is None)
    sections = account(study._ledger)
    if study.roster is not None:
        answered = study.response()
        sections.insert(0, Section("Who answered", ("who", "asked", "answered"), tuple(answered.shown())))
    forms = dict.fromkeys(
        entry.what.partition(";")[0].removeprefix("read as ")
        for entry in study._ledger
        if entry.step == "open"
    )
    names = ", ".join(Path(source.path).name for source in sources)
    heading = f"{names}: {', '.join(forms)}. Fits the instrument {study.instrument.id}."
    return Checked(heading, tuple(sections), study)


def _not_fitting(
    sources: Sequence[Source], instrument: str | Path | Instrument | None, error: MatchError, *, propose: bool
) -> Checked:
    from relsurvey.instrument.library import find
    from relsurvey.reading.look import look_at
    from relsurvey.reading.opening import open_file
    from relsurvey.reading.propose import write_proposal

    # Of several files, the one that the sentence speaks of: the first that does not fit by itself.
    chosen = next((s for s in sources if str(error).startswith(Path(s.path).name)), sources[0])
    opened = open_file(Path(chosen.path), Limits())
    look = look_at(opened)
    questions = sum(one.kind == "question" for one in look.asked)
    size = f"{look.rows:,} rows, {len(look.asked)} columns"
    heading = f"{look.file}: {look.form}, {size}; {questions} look like questions."
    sections = found(look)
    if error.unmatched:
        sections.append(problems(error.unmatched))
    place = None
    if instrument is not None and propose and error.unmatched:
        place = write_proposal(opened, Path(chosen.path), find(instrument), chosen.wave)
    return Checked(heading, tuple(sections), None, error, place)
