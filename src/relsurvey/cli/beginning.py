"""Before anything is published: ``new``, ``check`` and ``instruments``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relsurvey.cli import options
from relsurvey.cli.options import kept, named, sources
from relsurvey.cli.printing import print_due, print_section, working
from relsurvey.errors import ReadError


def new(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="An export to make an instrument from; or an instrument's YAML, or a ready one's id, for "
            "its form and invented answers alone. Without it: a small example to change.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The folder to write to; it is made. Default: where the YAML lies, else the id."
        ),
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="The new instrument's id.")] = None,
    title: Annotated[str | None, typer.Option(help="The new instrument's title.")] = None,
    language: Annotated[str, typer.Option(help="The form's language: en or es.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there and differ.")] = False,
) -> None:
    """Begin a survey: an instrument to edit, its form for Google or Qualtrics, and invented answers.

    With the invented answers all of it can be tried before a student is asked.
    """
    from relsurvey.starting import new as begin
    from relsurvey.starting.new import shown

    with working("Making the instrument, its form and invented answers …"):
        started = begin(file, out=out, id=id_, title=title, language=language, force=force)
    for path in started.files:
        print(f"Written   {path}")
    if not started.files:
        print(f"Nothing   {started.directory} holds all of it already.")
    instrument = shown(started.instrument)
    if started.instrument in started.files:
        print(f"Next      Edit {instrument}: its comments say what to check. Then try it:")
    else:
        print("Next      Try it:")
    print(f"          relsurvey check {shown(started.answers)} --instrument {instrument}")


def check(
    files: options.Files,
    instrument: options.Asked = None,
    mapping: options.Mapped = None,
    roster: options.Rostered = None,
    wave: options.Waves = None,
    school: options.Schools = None,
    keep: options.Keep = "last",
    lenient: options.Lenient = False,
) -> None:
    """Say what a file is and what was done with every row, column and label; publish nothing.

    Without an instrument that fits, it lists the questions and sets of answers it found. With one that nearly
    fits, it writes a mapping beside the file for you to look over.
    """
    from relsurvey.checking import check as look_over

    with working(f"Reading {named(files)} …"):
        checked = look_over(
            sources(files, wave, school),
            instrument,
            mapping=mapping,
            roster=roster,
            strict=not lenient,
            keep=kept(keep),
        )
    if checked.error is not None and instrument is None:
        _refuse_gradebook(files[0])
    print(checked.heading)
    for section in checked.sections:
        print_section(section)
    if checked.error is None:
        print("\nThis page holds exact counts and labels: it is for you alone.")
        if checked.study is not None:
            print_due(
                checked.study,
                files,
                instrument=instrument,
                mapping=mapping,
                roster=roster,
                wave=wave,
                school=school,
            )
        return
    print()
    if checked.proposal is not None:
        print(f"Written   {checked.proposal}")
        print("          A mapping for this file: look it over, set `confirmed: true`, and check again.")
    elif instrument is None and not checked.error.unmatched:
        print("No ready instrument asks these questions.")
        print(f"`relsurvey new {files[0].name}` makes one from this file;")
        print("--instrument names one that you have.")
        return
    raise checked.error


def _refuse_gradebook(file: Path) -> None:
    """Refuse a program's gradebook, which no instrument fits."""
    from relsurvey.loading.kinds import look
    from relsurvey.reading import Limits

    form = look(file, Limits()).form
    if form:
        raise ReadError(
            f"{file.name} holds marks ({form}), not answers to a survey. Read it in a notebook: "
            "rs.widgets.Loader() asks what is missing, rs.grading.read_gradebook(path) does it in code."
        )


def instruments() -> None:
    """List the instruments that come with the package."""
    from relsurvey.instrument import instruments as ready
    from relsurvey.instrument import say

    for key, instrument in ready().items():
        questions = f"{len(instrument.items)} questions in {len(instrument.scales)} scales"
        print(f"{key:20} {say(instrument.title, 'en')}: {questions}, {', '.join(instrument.languages)}")
