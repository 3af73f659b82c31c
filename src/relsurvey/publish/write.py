"""Write a view's doors to a folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from relsurvey.errors import PublishError
from relsurvey.files import MANIFEST, sha256, write_release
from relsurvey.publish.each import INDEX, TEAMS, Each, parts, write
from relsurvey.view import View
from relsurvey.words import speaking_of
from relsurvey.words.catalogue import languages

VIEW, PAGE, APP = "view.relsurvey.json", "view.html", "app.ipynb"
WORKBOOK, DECK = "view.xlsx", "view.pptx"
Format = Literal["voila", "html", "excel", "slides"]
_FORMATS: dict[str, str] = {"voila": APP, "html": PAGE, "excel": WORKBOOK, "slides": DECK}

#: What is in one language: of each that the view speaks there is one, the first under the plain name.
_SPOKEN = (WORKBOOK, DECK)

#: What leaves a token-guarded app: the public rules hold for it (rules.md 16 and 21).
TRAVELS = frozenset({"html", "excel", "slides"})


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
        Where; made when missing. A reader finds the older release or this one, whole, at any moment. Without
        ``each``, the list and the sheet of an earlier release with it are taken away; its folders stay.
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
    of = sha256(whole)
    views = {"": view} if each is None else parts(view, each)
    contents = {name: _doors(part, formats) for name, part in views.items()}
    if before is not None:
        _made(directory)
        before(whole)
    for name, files in contents.items():
        folder = _made(directory / name)
        retired = [name for name in (*_names(), *_lists(folder)) if name not in files]
        write_release(folder, files, retired=retired, release=of)
    names = tuple(
        str(PurePosixPath(name, file)) for name, files in contents.items() for file in (*files, MANIFEST)
    )
    return Published(directory, view, names + (write(directory, view, views) if each else ()))


def _names() -> list[str]:
    """Return every name that a door may have."""
    return [*_FORMATS.values(), *(_in_language(door, one) for door in _SPOKEN for one in languages())]


def _lists(folder: Path) -> tuple[str, ...]:
    """Return what led to the folders of an earlier release: they stay, and nobody is led there any more."""
    # The list goes last: by it the sheet is known as one that was published.
    return (INDEX, TEAMS) if (folder / TEAMS).is_file() else ()


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
