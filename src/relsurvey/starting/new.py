"""What ``relsurvey new`` writes: an instrument, its form in two programs, invented answers, what to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from relsurvey.errors import InstrumentError, PublishError
from relsurvey.escape import slug
from relsurvey.files import write_atomic
from relsurvey.instrument import Instrument, instruments
from relsurvey.reading.look import look
from relsurvey.starting.example import example
from relsurvey.starting.google import google_script
from relsurvey.starting.instrument import starter
from relsurvey.starting.invented import as_csv, invented_answers
from relsurvey.starting.qualtrics import qualtrics_text
from relsurvey.starting.words import LANGUAGES, Language

#: The second half of the name marks whatever is made of the file, even where an instrument names no school.
ANSWERS = "invented-answers-simulated.csv"

_README = """\
1. Edit {yaml}: its comments say what to check. Then, in this folder: relsurvey new {yaml} --force{spoken}
2. Try all of it before students do: relsurvey publish {answers} --instrument {yaml} --out try
3. Make the form. Google: google-form.gs says how. Qualtrics: import qualtrics-survey.txt as a new survey, \
and in its survey flow end the survey for who does not want to take part.
4. In the form, put in the names of your schools and teams; have two adults try it, and delete their answers.
5. Export the answers in words, not numbers: relsurvey check YOUR-EXPORT --instrument {yaml}{wave}
"""


@dataclass(frozen=True)
class Started:
    """What was written.

    Attributes
    ----------
    directory
        The folder.
    instrument
        The instrument's id if it is a ready one, else its file.
    answers
        The invented answers.
    files
        What was written; a file that was there already, word for word, is not among them.
    """

    directory: Path
    instrument: str | Path
    answers: Path
    files: tuple[Path, ...]


def new(
    source: str | Path | None = None,
    *,
    out: str | Path | None = None,
    id: str | None = None,  # noqa: A002
    title: str | None = None,
    language: str = "en",
    force: bool = False,
) -> Started:
    """Write an instrument to be edited, the form that students fill in, and invented answers to try it with.

    Parameters
    ----------
    source
        A file of answers, from which an instrument is made; the YAML of an instrument, or the id of a ready
        one, for its form and invented answers alone; None for a small example.
    out
        The folder, which is made; None takes the one where the YAML lies, else one named after the
        instrument.
    id, title
        Of an instrument that is made here.
    language
        The form's: ``"en"`` or ``"es"``.
    force
        Whether files that differ are replaced.

    Returns
    -------
    Started

    Raises
    ------
    ReadError, InstrumentError
        If the file cannot be read, or holds no question.
    PublishError
        If a file is there already and differs, or the folder cannot be written to. Nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     [path.name for path in new(out=folder).files][:3]
    ['homework-and-time.yaml', 'google-form.gs', 'qualtrics-survey.txt']
    """
    spoken = next((known for known in LANGUAGES if known == language), None)
    if spoken is None:
        raise InstrumentError(f"There is no form in {language!r}. Use {' or '.join(LANGUAGES)}.")
    ready = source is not None and str(source) in instruments() and not Path(source).is_file()
    given = ready or (source is not None and Path(source).suffix.lower() in (".yaml", ".yml"))
    if given and (id or title):
        raise InstrumentError(f"{source} has an id and a title already. Change them in its YAML.")
    contents: dict[str, str] = {}
    if source is not None and given:
        instrument = instruments()[str(source)] if ready else Instrument.from_yaml(source)
        directory = Path(out or (slug(instrument.id) if ready else Path(source).parent))
        place: str | Path = str(source) if ready else Path(source)
    else:
        text = example(id=id, title=title) if source is None else starter(look(source), id=id, title=title)
        instrument = Instrument.parse(text)
        name = f"{slug(instrument.id)}.yaml"
        directory = Path(out or slug(instrument.id))
        place = directory / name
        contents[name] = text
    contents["google-form.gs"] = google_script(instrument, spoken)
    contents["qualtrics-survey.txt"] = qualtrics_text(instrument, spoken)
    contents[ANSWERS] = as_csv(invented_answers(instrument, language=spoken))
    contents["README.txt"] = _readme(instrument, place, directory, spoken)
    return Started(directory, place, directory / ANSWERS, _written(directory, contents, force=force))


def shown(path: str | Path) -> str:
    """Return a path as it is typed on a command line.

    Examples
    --------
    >>> shown("my survey.yaml"), shown("ours.yaml")
    ('"my survey.yaml"', 'ours.yaml')
    """
    text = str(path)
    return f'"{text}"' if " " in text else text


def _readme(instrument: Instrument, place: str | Path, directory: Path, language: Language) -> str:
    """Return what to do next, in order; its commands are run in the folder itself."""
    yaml = place if isinstance(place, str) else _from(directory, place)
    wave = ""
    if "wave" in instrument.identity:
        wave = f" --wave {shown(next(iter(instrument.waves))) if instrument.waves else 'NAME'}"
    spoken = "" if language == "en" else f" --language {language}"
    return _README.format(yaml=shown(yaml), answers=ANSWERS, spoken=spoken, wave=wave)


def _from(directory: Path, file: Path) -> str:
    try:
        return os.path.relpath(file, directory)
    except ValueError:
        return str(file.resolve())  # on another drive


def _written(directory: Path, contents: Mapping[str, str], *, force: bool) -> tuple[Path, ...]:
    """Write files, all or none; one that holds the same already is left alone.

    Raises
    ------
    PublishError
        If one differs, or the folder cannot be written to.
    """
    data = {directory / name: text.encode("utf-8", "backslashreplace") for name, text in contents.items()}
    try:
        changed = [path for path, content in data.items() if not _holds(path, content)]
    except OSError as cause:
        raise PublishError(
            f"{directory} cannot be looked into: {cause.strerror}. Choose another folder with --out."
        ) from cause
    there = [path for path in changed if path.exists()]
    if there and not force:
        raise PublishError(
            f"{there[0]} is there already and differs, so nothing was written. "
            "Choose another folder with --out, or replace it with --force."
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise PublishError(
            f"The folder {directory} cannot be made: {cause.strerror}. Choose another one with --out."
        ) from cause
    for path in changed:
        write_atomic(path, data[path])
    return tuple(changed)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
