"""A file, an instrument and what a person chose: read again after every change, used when it fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.errors import MatchError, ReadError, RelsurveyError, Unmatched
from relsurvey.instrument import Instrument, instruments
from relsurvey.loading.beginning import Guess, guess, recognised, remembered, table_of
from relsurvey.loading.choices import Choices, History, call, literal
from relsurvey.loading.shown import column_name, headless
from relsurvey.reading import Limits, Mapping, Source
from relsurvey.study import Study, read

if TYPE_CHECKING:
    from relsurvey.reading.formats import Table
    from relsurvey.reading.look import Look
    from relsurvey.reading.match import Columns
    from relsurvey.reading.opening import Opened

#: The fingerprint of no header: what is only tried is not remembered.
_TRIED = "tried"
_OWN = "own"
_HEADLESS = (
    "The first row of answers seems to stand where the names of the columns should. "
    "Put a row with the questions above it, and choose the file again."
)


@dataclass(frozen=True)
class Asked:
    """An instrument that can be chosen: itself, how it stands in code, and its file where it came as one."""

    instrument: Instrument
    code: str
    beside: str = ""


@dataclass(frozen=True)
class Tried:
    """What came of reading the files with the choices of now.

    Attributes
    ----------
    table, columns
        The first file, and which of its columns hold what; None without an instrument.
    study
        What was read, or None where it does not fit.
    problems
        What fits nothing.
    error
        Why the files cannot be read, where that is not a matter of columns and labels.
    """

    table: Table | None = None
    columns: Columns | None = None
    study: Study | None = None
    problems: tuple[Unmatched, ...] = ()
    error: str = ""


class Loading:
    """What a person does to get from a file to a study.

    Parameters
    ----------
    instrument
        What was asked: a ready instrument's id, the path of a YAML file, or an instrument; None recognises a
        ready one, or the nearest.
    limits
        What reading one file may cost.
    wave, school
        Of every row; empty where the file says it.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> loading = Loading()
    >>> loading.open([demo_workbook()])
    >>> loading.asked.instrument.id, loading.tried.study is not None
    ('five-elements', True)
    >>> loading.choose(loading.history.now.with_column("Student ID", None))
    >>> loading.code.splitlines()[-2]
    '    mapping={"columns": {"Student ID": None}},'
    """

    def __init__(
        self,
        instrument: str | Path | Instrument | None = None,
        limits: Limits | None = None,
        *,
        wave: str = "",
        school: str = "",
    ) -> None:
        self.limits = limits or Limits()
        self.menu = {key: Asked(one, literal(key)) for key, one in instruments().items()}
        self.wanted: str | None = None
        self.asked: Asked | None = None
        self.sources: tuple[Source, ...] = ()
        self.uploaded = False
        self.look: Look | None = None
        #: Whether there are several files whose headers differ.
        self.apart = False
        self.roster: Path | None = None
        self.roster_uploaded = False
        self.roster_error = ""
        self.history = History(Choices(wave=wave, school=school))
        self.guess = Guess()
        self.remembered: Mapping | None = None
        #: Counts up whenever a file or an instrument takes the place of another.
        self.begun = 0
        self.tried = Tried()
        #: Whether a mapping is given even if it is empty: one that is remembered would come in its place.
        self._explicit = False
        self.opened: list[Opened] = []
        if instrument is not None:
            self._take_instrument(instrument)

    def _take_instrument(self, instrument: str | Path | Instrument) -> None:
        from relsurvey.instrument.library import find

        if isinstance(instrument, str) and instrument in self.menu:
            self.wanted = instrument
            return
        code = "instrument" if isinstance(instrument, Instrument) else literal(str(instrument))
        self.menu[_OWN] = Asked(find(instrument), code)
        self.wanted = _OWN

    def take_instrument(self, path: Path) -> None:
        """Take an instrument file that was handed in.

        Raises
        ------
        InstrumentError
            If it is not right; what was chosen before then stays.
        """
        self.menu[_OWN] = Asked(Instrument.from_yaml(path), literal(path.name), path.name)
        self.ask(_OWN)

    def ask(self, key: str | None) -> None:
        """Choose an instrument of the menu; None recognises one. Other keys change nothing."""
        if key is None or key in self.menu:
            self.wanted = key
            self._start()

    def open(
        self,
        sources: Sequence[str | Path | Source],
        *,
        uploaded: bool = False,
        opened: Sequence[Opened] = (),
    ) -> None:
        """Take the files of answers.

        Parameters
        ----------
        sources
            Where they are.
        uploaded
            Whether they were dropped.
        opened
            What stands in them, where all were opened already.

        Raises
        ------
        ReadError
            If one cannot be read; the files before it then stay.
        """
        from relsurvey.reading.choose import fullest_table
        from relsurvey.reading.look import look_at
        from relsurvey.reading.opening import open_file

        given = tuple(s if isinstance(s, Source) else Source(s) for s in sources)
        if len(opened) != len(given):
            opened = [open_file(Path(source.path), self.limits) for source in given]
        look = look_at(opened[0])
        tables = [fullest_table(part) for part in opened]
        if any(table is not None and headless(table) for table in tables):
            raise ReadError(_HEADLESS)
        self.opened, self.sources, self.uploaded, self.look = list(opened), given, uploaded, look
        self._start()

    def take_roster(self, path: Path | None, *, uploaded: bool = False) -> None:
        """Take the list of who was asked; None goes on without one."""
        self.roster, self.roster_uploaded = path, uploaded
        self._try()

    def choose(self, choices: Choices) -> None:
        """Go on with other choices."""
        self.history.add(choices)
        self._try()

    def move(self, step: int) -> None:
        """Undo (-1) or do again (1)."""
        if self.history.move(step):
            self._try()

    def use(self) -> Study:
        """Return the study; a mapping that was needed is remembered for the next file with this header.

        Raises
        ------
        RelsurveyError
            If the files do not fit yet.
        """
        if self.tried.study is None or self.asked is None:
            raise MatchError("The answers do not fit an instrument yet: settle what is left first.")
        mapping = self._mapping()
        study = self._read(mapping, self.roster)
        self._explicit = mapping is not None
        return study

    @property
    def code(self) -> str:
        """The call that does the same as :meth:`use`; empty as long as there is nothing to use."""
        if self.tried.study is None or self.asked is None:
            return ""
        paths = [Path(s.path).name if self.uploaded else str(s.path) for s in self.sources]
        sources = [
            literal(path)
            if not source.wave and not source.school
            else f"rs.Source({literal(path)}, {literal(source.wave)}, {literal(source.school)})"
            for path, source in zip(paths, self.sources, strict=True)
        ]
        roster = None
        if self.roster is not None:
            roster = self.roster.name if self.roster_uploaded else str(self.roster)
        beside = [*(paths if self.uploaded else ()), self.asked.beside]
        beside += [roster] if roster and self.roster_uploaded else []
        return call(
            sources,
            self.asked.code,
            mapping=self._mapping(),
            roster=None if roster is None else literal(roster),
            choices=self.history.now,
            beside=[name for name in beside if name],
        )

    @property
    def matched(self) -> tuple[Instrument, Table, Columns] | None:
        """The instrument, the table and its columns, where one mapping speaks of all files; else None."""
        asked, table, columns = self.asked, self.tried.table, self.tried.columns
        if asked is None or table is None or columns is None or self.apart:
            return None
        return asked.instrument, table, columns

    def _mapping(self) -> dict[str, Any] | None:
        """Return the parts of the mapping; None where the files fit by themselves."""
        parts = self.history.now.mapping()
        return parts if parts or self._explicit else None

    def _read(self, mapping: Mapping | dict[str, Any] | None, roster: Path | None) -> Study:
        assert self.asked is not None
        now = self.history.now
        return read(
            self.sources[0] if len(self.sources) == 1 else self.sources,
            self.asked.instrument,
            mapping=mapping,
            wave=now.wave or None,
            school=now.school or None,
            roster=roster,
            strict=not now.lenient,
            limits=self.limits,
        )

    # From here on: what follows from a file and an instrument.

    def _start(self) -> None:
        """Begin with a file and an instrument: with what is remembered, what fits, or what is most alike."""
        now = self.history.now
        first = Choices(wave=now.wave, school=now.school)
        self.begun += 1
        self.guess, self.remembered, self.apart, self._explicit = Guess(), None, False, False
        self.asked = self.menu.get(self._recognised() if self.wanted is None else self.wanted)
        self.history = History(first)
        if self.asked is None or not self.opened:
            self._try()
            return
        instrument = self.asked.instrument
        tables = [table_of(opened, instrument, first)[0] for opened in self.opened]
        # One mapping speaks of one header.
        self.apart = len({table.fingerprint for table in tables}) > 1
        if not self.apart:
            self.remembered = remembered(Path(self.sources[0].path), tables[0], instrument)
        if self.remembered is not None:
            self._explicit = True
            kept = self.remembered
            first = replace(first, columns=kept.columns, missing=kept.missing, labels=kept.labels)
            self.history = History(first)
        self._try()
        if self.tried.study is None and self.remembered is None and not self.apart:
            self.guess = guess(self.opened[0], instrument, first.wave or None)
            columns = {name: target for name, (target, _) in self.guess.columns.items()}
            likely = replace(first, columns=columns, labels=self.guess.labels)
            if likely != first:
                self.history = History(likely)
                self._try()

    def _recognised(self) -> str:
        known = {key: asked.instrument for key, asked in self.menu.items()}
        return (recognised(self.opened[0], known) if self.opened else None) or ""

    def _try(self) -> None:
        """Read the files with the choices of now; nothing is remembered of that."""
        self.roster_error = ""
        if self.asked is None or not self.opened:
            self.tried = Tried()
            return
        try:
            table, columns = table_of(self.opened[0], self.asked.instrument, self.history.now)
        except RelsurveyError as error:
            self.tried = Tried(error=str(error))
            return
        if headless(table):
            self.tried = Tried(error=_HEADLESS)
            return
        mapping = self._mapping()
        if mapping is not None:
            mapping |= {"instrument": self.asked.instrument.id, "fingerprint": _TRIED}
        try:
            study = self._read(mapping, None)
        except MatchError as error:
            self.tried = Tried(table, columns, None, error.unmatched, "" if error.unmatched else str(error))
        except RelsurveyError as error:
            self.tried = Tried(table, columns, error=str(error))
        else:
            self.tried = Tried(table, columns, self._rostered(study))

    def _rostered(self, study: Study) -> Study:
        if self.roster is None:
            return study
        try:
            return study.with_roster(self.roster, limits=self.limits)
        except RelsurveyError as error:
            self.roster_error = str(error)
            return study

    def names(self) -> Iterable[str]:
        """Yield what a message may quote: names of files, sheets, columns, and the instrument's own words."""
        for opened in self.opened:
            yield opened.file
            yield from (sheet.name for sheet in opened.sheets)
        if self.tried.table is not None:
            yield from (column_name(name, "") for name in self.tried.table.names)
        if self.asked is not None:
            yield from self.asked.instrument.waves
