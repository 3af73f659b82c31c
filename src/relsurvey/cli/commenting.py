"""What students wrote is read by a person: ``comments``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from relsurvey.cli import options
from relsurvey.cli.options import kept, named, sources
from relsurvey.cli.printing import working


def comments(
    files: options.Files,
    instrument: options.Asked = None,
    mapping: options.Mapped = None,
    roster: options.Rostered = None,
    staff: Annotated[
        Path | None,
        typer.Option(
            "--staff", help="Names of the school's adults: a comment that holds one cannot be released."
        ),
    ] = None,
    wave: options.Waves = None,
    school: options.Schools = None,
    keep: options.Keep = "last",
    lenient: options.Lenient = False,
    language: Annotated[str, typer.Option(help="The screen's language: en or es.")] = "en",
) -> None:
    """Read what students wrote, danger first: release each comment, hold it, or pass it on.

    Nothing is shown to anybody until it was released here, and a release can be taken back. What is decided
    is kept in relsurvey's own folder, without a word of the comments.
    """
    from rich.console import Console

    from relsurvey.comments import Desk
    from relsurvey.comments.people import names_in
    from relsurvey.comments.terminal import sit
    from relsurvey.study import read

    with working(f"Reading {named(files)} …"):
        study = read(
            sources(files, wave, school),
            instrument,
            mapping=mapping,
            roster=roster,
            strict=not lenient,
            keep=kept(keep),
        )
        desk = Desk(
            study.responses,
            study.comments,
            study.instrument,
            ids=study._ids,
            simulated=study.simulated,
            names=names_in(roster, staff),
        )
    sit(desk, Console(highlight=False), _typed, "es" if language == "es" else "en")


def _typed(question: str) -> str:
    print(question, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        print()
        raise EOFError
    return line.rstrip("\n")
