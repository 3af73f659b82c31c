"""What lies on this computer: ``log``, ``where`` and ``forget``."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from relsurvey.cli.printing import print_section
from relsurvey.errors import PublishError, ReadError


def log(
    since: Annotated[
        str | None, typer.Option(help="The first day, as 2026-09-01.", show_default=False)
    ] = None,
    what: Annotated[
        str | None,
        typer.Option(help="Words of what was done, as `published` or `token`.", show_default=False),
    ] = None,
) -> None:
    """Say who read, published, released, raised a threshold, made or revoked a token, listed, deleted."""
    from relsurvey.keeping.log import read as read_log
    from relsurvey.reading.page import Section

    found = read_log(None if since is None else _day(since), what)
    lines = tuple(
        (e.when, e.who, e.what, ", ".join(f"{name}: {value}" for name, value in e.facts.items()))
        for e in found.entries
    )
    if lines:
        print_section(Section("Log", ("when (UTC)", "who", "what", "facts"), lines))
    else:
        print("Nothing is in the log.")
    if found.broken:
        raise PublishError(
            f"The log is not as it was written: {found.broken}. A line may be missing or changed."
        )
    print("\nThe log is as it was written.")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as cause:
        raise ReadError(f"{text} is no day. Write it as 2026-09-01.") from cause


def where() -> None:
    """List every place where something of a study lies on this computer, and what is in it."""
    from relsurvey.keeping.where import everywhere

    kept = everywhere()
    if not kept:
        print("Nothing was read or published on this computer.")
        return
    for place in kept:
        print(place.path)
        size = "" if place.bytes is None else f"{_size(place.bytes)}, written {place.changed}"
        told = (place.what, f"holds {place.holds}", size, place.note)
        print(f"          {'; '.join(part for part in told if part)}")
    print("\nCopies elsewhere are not known here: in mails, cloud folders, backups, outputs of notebooks.")


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count >= 1000 else f"{count} B"


def forget(
    study: Annotated[
        str | None, typer.Option("--study", help="A study, by its instrument's id.", show_default=False)
    ] = None,
    student: Annotated[
        str | None,
        typer.Option("--student", help="A student's id; `-` asks for it unseen.", show_default=False),
    ] = None,
    school: Annotated[
        str | None,
        typer.Option(
            "--school", help="The student's school, where two gave the same id.", show_default=False
        ),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Of a study: delete the files it was read from too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only said.")] = False,
) -> None:
    """Forget a study, or a student: say what would go and what stays, and with --yes do it."""
    from relsurvey.keeping import forget as forgetting

    if (study is None) == (student is None):
        raise ReadError("Name what to forget: --study ID, or --student ID.")
    if study is not None:
        found = forgetting.study(study, files=files)
    else:
        number = typer.prompt("Student's id", hide_input=True) if student == "-" else student
        found = forgetting.student(str(number), school)
    for step in found.steps:
        print(f"{'Forgotten' if yes else 'Goes':9} {step.what}")
        if yes:
            step.do()
    for sentence in found.stays:
        print(f"Stays     {sentence}")
    if not found.steps:
        print("Nothing   in relsurvey's own folder is to be forgotten.")
        if student is not None:
            print(
                "          Where several schools gave the same number, it is kept with the school's name: "
                "say that too, as the files have it, with --school."
            )
    elif yes:
        found.note()
    else:
        print("\nNothing was deleted. Say it again with --yes to do it.")
