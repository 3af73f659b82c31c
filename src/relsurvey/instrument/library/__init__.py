"""The instruments that come with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from relsurvey.errors import InstrumentError
from relsurvey.instrument.model import Instrument


def instruments() -> dict[str, Instrument]:
    """Return the ready instruments by id.

    Examples
    --------
    >>> sorted(instruments())
    ['five-elements', 'grading-practices', 'teacher-autonomy']
    """
    found = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            instrument = Instrument.parse(file.read_text("utf-8"), file.name)
            found[instrument.id] = instrument
    return found


def find(instrument: str | Path | Instrument) -> Instrument:
    """Return an instrument given itself, the id of a ready one, or the path of a YAML file.

    Raises
    ------
    InstrumentError
        If there is neither a ready instrument nor a file of that name.
    """
    if isinstance(instrument, Instrument):
        return instrument
    ready = instruments()
    if str(instrument) in ready:
        return ready[str(instrument)]
    if Path(instrument).suffix in (".yaml", ".yml") or Path(instrument).is_file():
        return Instrument.from_yaml(instrument)
    raise InstrumentError(
        f"There is no ready instrument called {str(instrument)!r} and no such file. "
        f"Use one of {', '.join(ready)}, or the path of a YAML file."
    )
