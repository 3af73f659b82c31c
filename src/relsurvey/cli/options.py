"""What several commands take: their options, and the files to read with what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from relsurvey.errors import ReadError

if TYPE_CHECKING:
    from relsurvey.reading import Source

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="The export to read; several files are read as one survey.",
        show_default=False,
    ),
]
Mapped = Annotated[
    Path | None,
    typer.Option("--mapping", help="A mapping: which column is which question, which label which answer."),
]
Rostered = Annotated[
    Path | None, typer.Option("--roster", help="Who was asked: a list of students with their ids.")
]
Waves = Annotated[
    list[str] | None, typer.Option("--wave", help="The wave of all files, or of each in turn: repeat it.")
]
Schools = Annotated[
    list[str] | None, typer.Option("--school", help="The school of all files, or of each in turn: repeat it.")
]
Keep = Annotated[
    str, typer.Option(help="Which row to keep of a student who answered twice: last, first or all.")
]
Asked = Annotated[
    str | None, typer.Option("--instrument", help="A ready instrument's id, or the path of a YAML file.")
]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Put what does not fit into the ledger instead of stopping.")
]
Out = Annotated[Path, typer.Option("--out", help="The folder to write to; it is made.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")]
Port = Annotated[int, typer.Option(help="The port; 0 takes a free one.")]


def named(files: Sequence[Path]) -> str:
    """Return the one file's name, or how many there are."""
    return files[0].name if len(files) == 1 else f"{len(files)} files"


def sources(
    files: Sequence[Path], waves: Sequence[str] | None, schools: Sequence[str] | None
) -> list[Source]:
    """Return the files with what is said of each: one word for all of them, or one for each in turn."""
    from relsurvey.reading import Source

    def each(words: Sequence[str] | None, option: str) -> list[str | None]:
        if not words or len(words) == 1:
            return [words[0] if words else None] * len(files)
        if len(words) != len(files):
            raise ReadError(
                f"There are {len(files)} files and {len(words)} times {option}. "
                "Give it once, or once for each file."
            )
        return list(words)

    by_file = zip(files, each(waves, "--wave"), each(schools, "--school"), strict=True)
    return [Source(file, wave, school) for file, wave, school in by_file]


def kept(keep: str) -> Literal["last", "first", "all"]:
    """Return what ``--keep`` said, if it is known."""
    if keep not in ("last", "first", "all"):
        raise ReadError(f"--keep {keep} is not known. Use last, first or all.")
    return cast("Literal['last', 'first', 'all']", keep)
