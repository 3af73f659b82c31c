"""Write a view's doors to a folder, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN
from relsurvey.errors import PublishError
from relsurvey.files import MANIFEST, sha256, with_manifest
from relsurvey.publish.each import INDEX, TEAMS, Each, lists, parts
from relsurvey.publish.whole import settle, write_release
from relsurvey.view import View
from relsurvey.words import speaking_of
from relsurvey.words.catalogue import languages

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument

VIEW, PAGE, APP = "view.relsurvey.json", "view.html", "app.ipynb"
WORKBOOK, DECK = "view.xlsx", "view.pptx"
Format = Literal["voila", "html", "excel", "slides"]
_FORMATS: dict[str, str] = {"voila": APP, "html": PAGE, "excel": WORKBOOK, "slides": DECK}

#: What is in one language: of each that the view speaks there is one, the first under the plain name.
_SPOKEN = (WORKBOOK, DECK)

#: What leaves a token-guarded app: the public rules hold for it (rules.md 16 and 21).
TRAVELS = frozenset({"html", "excel", "slides"})


def least(formats: Collection[Format], instrument: Instrument) -> int:
    """Return the fewest students of anything that some doors show."""
    return max(MIN_N_FILE if TRAVELS & set(formats) else MIN_N_SHOWN, instrument.privacy.min_n)


@dataclass(frozen=True)
class Published:
    """What was written.

    Attributes
    ----------
    directory
        The folder.
    view
        The view itself.
    files
        Names of the files in it; with ``each``, those of its folders too.
    notes
        What was left out, a sentence each.
    """

    directory: Path
    view: View
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Published {', '.join(self.files)} in {self.directory}>"


def publish(
    view: View,
    directory: Path,
    formats: tuple[str, ...],
    *,
    each: Each | None = None,
    before: Callable[[str], None] | None = None,
) -> Published:
    """Write a view as the doors named, then the manifest.

    Parameters
    ----------
    view
        A view that passed the gate.
    directory
        Where; made when missing. The older release or this one is there as a whole, whatever happens. What
        an earlier release wrote to the same folders and this one does not is taken away; other folders stay.
    formats
        ``"html"``, ``"voila"``, ``"excel"``, ``"slides"``.
    each
        ``"school"`` or ``"team"``: a folder for each one instead, with a list of them and a
        sheet that leads there.
    before
        Called with the whole view's JSON when every door is made and none is written yet; may refuse.

    Raises
    ------
    PublishError
        If a format is not known, ``each`` is not or finds none, or the folder cannot be written or holds a
        list that names students.
    """
    unknown = [name for name in formats if name not in _FORMATS]
    if unknown or not formats:
        raise PublishError(
            f"Cannot publish as {', '.join(unknown) or 'nothing'}. Choose from: {', '.join(_FORMATS)}."
        )
    if each not in (None, "school", "team"):
        raise PublishError(f"Cannot publish for each {each}. Choose from: school, team.")
    _refuse_lists(directory)
    whole = view.to_json()
    views = {"": view} if each is None else parts(view, each)
    doors = {name: _doors(part, formats) for name, part in views.items()}
    settle(_made(directory))
    if before is not None:
        before(whole)
    folders = {name: with_manifest(files, release=sha256(whole)) for name, files in doors.items()}
    if each is not None:
        opened = [name for name, files in doors.items() if PAGE in files]
        folders[""] = lists(view, views, opened, served="voila" in formats)
    contents = {
        _at(name, file): content for name, files in folders.items() for file, content in files.items()
    }
    earlier = [_at(name, file) for name in folders for file in _published(directory / name)]
    write_release(directory, contents, [name for name in earlier if name not in contents])
    return Published(directory, view, tuple(contents))


def _at(folder: str, file: str) -> str:
    return str(PurePosixPath(folder, file))


def _published(folder: Path) -> list[str]:
    """Return the names of the files in a folder that an earlier release wrote there, and nobody else."""
    names = [VIEW, *_FORMATS.values(), *(_in_language(door, one) for door in _SPOKEN for one in languages())]
    listed = [INDEX, TEAMS] if (folder / TEAMS).is_file() else []
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return [*(name for name in names if name in files), MANIFEST, *listed]
    except OSError:
        return listed
    except (ValueError, KeyError, TypeError):
        return [*names, MANIFEST, *listed]


def _spoken(door: str, language: str, view: View) -> str:
    return door if language == view.languages[0] else _in_language(door, language)


def _in_language(door: str, language: str) -> str:
    path = PurePosixPath(door)
    return f"{path.stem}.{language}{path.suffix}"


def _refuse_lists(directory: Path) -> None:
    """Refuse a folder in which a list with students' names lies."""
    from relsurvey.grading.list_files import holds_list

    if holds_list(directory):
        raise PublishError(
            f"{directory} holds a list that names students, and others can see what is published there. "
            "Choose another folder."
        )


def _made(directory: Path) -> Path:
    """Make a folder where there is none, and return it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise PublishError(
            f"Cannot make the folder {directory}: {cause.strerror}. Choose another one."
        ) from cause
    return directory


def _doors(view: View, formats: tuple[str, ...]) -> dict[str, str | bytes]:
    """Return what is to be written of a view, by the name of the file."""
    with speaking_of(view.subject):
        return _written(view, formats)


def _written(view: View, formats: tuple[str, ...]) -> dict[str, str | bytes]:
    text, travels = view.to_json(), view.travelling()
    contents: dict[str, str | bytes] = {VIEW: text}
    if "html" in formats:
        from relsurvey.publish.html import page

        contents[PAGE] = page(travels)
    if "voila" in formats:
        from relsurvey.publish.voila import app

        contents[APP] = app(text)
    if "excel" in formats:
        from relsurvey.publish.excel import workbook

        contents |= {
            _spoken(WORKBOOK, language, view): workbook(travels, language) for language in view.languages
        }
    if "slides" in formats:
        from relsurvey.publish.slides import deck

        contents |= {
            _spoken(DECK, language, view): deck(travels, language=language) for language in view.languages
        }
    return contents
