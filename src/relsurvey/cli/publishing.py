"""A view is written, and looked over: ``demo``, ``publish`` and ``verify``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from relsurvey.cli import options
from relsurvey.cli.options import kept, named, sources
from relsurvey.cli.printing import print_due, working
from relsurvey.cli.serving import serve_view
from relsurvey.errors import AnalysisError, DisclosureError

if TYPE_CHECKING:
    from relsurvey.practices import GradingPractices
    from relsurvey.publish import Published
    from relsurvey.publish.each import Each
    from relsurvey.publish.write import Format
    from relsurvey.study import Study


def demo(
    out: options.Out = Path("relsurvey-demo"),
    no_open: options.NoOpen = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Write the files and end.")] = False,
    port: options.Port = 0,
) -> None:
    """Try everything on a shipped, simulated survey and its students' gradebooks: read, publish, serve."""
    from relsurvey.demo import demo_practices, demo_workbook
    from relsurvey.demo.practices import BY, SHOWN
    from relsurvey.study import read

    with working("Reading the simulated survey …"):
        study = read(demo_workbook(), "five-elements")
    with working("Checking the scales, comparing groups, passing the gate …"):
        published = study.publish(out)
    _print_study(study, published)
    with working("Reading the simulated gradebooks, trying policies, passing the gate …"):
        marks = demo_practices(study)
        shown = marks.publish(out / SHOWN, by=BY)
    _print_marks(marks, shown)
    if not no_serve:
        serve_view(out, "127.0.0.1", port, None, open_browser=not no_open, beside=out / SHOWN)


def publish(
    files: options.Files,
    out: options.Out,
    instrument: options.Asked = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="A group variable, or two together (a*b); repeat for more. Default: the instrument's."
        ),
    ] = None,
    min_n: Annotated[
        int | None, typer.Option(help="Fewest students of anything shown; 11 or more for files.")
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger", help="The ledger of what was published. Default: in relsurvey's own folder."
        ),
    ] = None,
    strategies: Annotated[
        Path | None,
        typer.Option("--strategies", help="What a team could try: a YAML file in place of the ready cards."),
    ] = None,
    cards: Annotated[
        Path | None,
        typer.Option("--cards", help="Files that teams saved in earlier waves: their folder, or one."),
    ] = None,
    each: Annotated[
        str | None, typer.Option("--each", help="A folder for each `school`, or each `team`.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            help="A table to leave out, as `Lincoln=home`, or `all=ell` for all schools; repeat for more.",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="What to write; repeat for more: html, voila, excel, slides. Default: html and voila.",
            show_default=False,
        ),
    ] = None,
    mapping: options.Mapped = None,
    roster: options.Rostered = None,
    wave: options.Waves = None,
    school: options.Schools = None,
    keep: options.Keep = "last",
    lenient: options.Lenient = False,
) -> None:
    """Read a file and write its view: an HTML file, and an app to serve; a workbook or slides when asked."""
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
    doors = cast("Sequence[Format]", formats or ("voila", "html"))
    if min_n is not None:
        _refuse_lower(min_n, study, doors)
    with working("Checking the scales, comparing groups, passing the gate …"):
        published = study.publish(
            out,
            by=by,
            formats=doors,
            min_n=min_n,
            ledger=ledger,
            strategies=strategies,
            cards=cards,
            each=cast("Each | None", each),
            without=_tables(without or ()),
        )
    _print_study(study, published)
    print_due(study, files, instrument=instrument, mapping=mapping, roster=roster, wave=wave, school=school)


def _tables(given: Sequence[str]) -> dict[str, list[str]]:
    """Return the tables that are left out, by school; of a name with `=` in it the last one counts."""
    found: dict[str, list[str]] = {}
    for one in given:
        school, equals, variable = one.rpartition("=")
        if not (equals and school and variable):
            raise AnalysisError(f"--without {one!r} names no table: write it as Lincoln=home, or all=ell.")
        found.setdefault(school.strip(), []).append(variable.strip())
    return found


def _refuse_lower(min_n: int, study: Study, formats: Sequence[Format]) -> None:
    """Refuse a threshold under the one that holds anyway: that one would be taken without a word."""
    from relsurvey.publish.write import least

    if min_n < (floor := least(formats, study.instrument)):
        raise DisclosureError(
            f"--min-n {min_n} is too low: nothing is published of fewer than {floor} students here. The "
            "number may be raised, never lowered; leave --min-n out, or name a higher one."
        )


def verify(
    directory: Annotated[
        Path,
        typer.Argument(help="A folder that `relsurvey publish` wrote, or its teams.yaml.", metavar="FOLDER"),
    ],
) -> None:
    """Check that a published folder is whole: every file as it was written, and all of one release."""
    from relsurvey.publish.verify import verify as check_folder

    for found in check_folder(directory):
        tag = " (simulated data)" if found.simulated else ""
        print(f"Whole     {found.directory}: {len(found.files)} files, made {found.made}{tag}.")
    _print_left_over(directory if directory.is_dir() else directory.parent)


def _print_left_over(directory: Path) -> None:
    from relsurvey.publish.verify import left_over

    for folder in left_over(directory):
        print(f"Left over {folder}: of an earlier release, in no list now. Delete it if nobody uses it.")


def _print_study(study: Study, published: Published) -> None:
    """Print what was read, which scales hold up, what is in the view, where it is."""
    from relsurvey.words import say, texts

    view = published.view
    rows = {
        step: int(study.ledger.loc[study.ledger.step == step, "rows"].sum()) for step in ("open", "rows kept")
    }
    tag = " (simulated data)" if study.simulated else ""
    print(f"Read      {rows['open']} rows, kept {rows['rows kept']}; instrument {study.instrument.id}{tag}.")
    if study.waves:
        print(f"          Waves: {', '.join(study.waves)}; the view shows {study.wave}.")
    if study.roster is not None:
        print(f"Answered  {study.response().sentence}")
    for scale in study.reliability().scales:
        title = say("en", f"reliability.{scale.verdict.reading}.{scale.verdict.reason}", k=scale.n_items)
        print(f"Scale     {scale.scale}: {title}")
    kinds = {kind: sum(unit.kind == kind for unit in view.units) for kind in ("all", "school", "team")}
    held = ", ".join(
        text
        for count, text in (
            (kinds["all"], "all students together"),
            (kinds["school"], f"{kinds['school']} school{'s' * (kinds['school'] != 1)}"),
            (kinds["team"], f"{kinds['team']} team{'s' * (kinds['team'] != 1)}"),
        )
        if count
    )
    print(f"View      {held}; {len(view.items)} questions; {len(view.variables)} group variables.")
    print(f"          Nothing stands for fewer than {view.provenance.settings.min_n} students.")
    told = [text for unit in view.units for text in unit.hidden]
    for hidden in (texts(view.languages, f"hidden.{key}") for key in ("whole", "units")):
        if hidden in told:
            print(f"Left out  {hidden[view.languages[0]]}")
    certificate = view.provenance.certificate
    if certificate is not None and (certificate.tables_hidden or certificate.figures_withheld):
        tables = certificate.tables_hidden + certificate.tables_shown
        print(
            f"Left out  To protect small groups: {certificate.tables_hidden} of {tables} tables, and "
            f"elsewhere {certificate.figures_withheld} scales and questions. Each page says which."
        )
    for note in published.notes:
        print(f"Left out  {note}")
    for name in published.files:
        print(f"Written   {published.directory / name}")
    _print_left_over(published.directory)


def _print_marks(marks: GradingPractices, published: Published) -> None:
    """Print what was counted of marks, what else is in the view, where it is."""
    view = published.view
    print(f"Marks     {', '.join(scale.title['en'] for scale in view.scales)}; the view shows {marks.wave}.")
    tried = max((len(unit.lab.tried) for unit in view.units if unit.lab is not None), default=0)
    print(f"View      {len(view.practices)} grading practices; {tried} policies to try.")
    for name in published.files:
        print(f"Written   {published.directory / name}")
    _print_left_over(published.directory)
