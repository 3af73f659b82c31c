"""The ``relsurvey`` command: arguments and progress, no logic."""

from __future__ import annotations

import datetime
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from relsurvey.errors import PublishError, ReadError, RelsurveyError
from relsurvey.files import home

if TYPE_CHECKING:
    from relsurvey.practices import GradingPractices
    from relsurvey.publish import Published
    from relsurvey.publish.each import Each
    from relsurvey.publish.serve import Server
    from relsurvey.publish.write import Format
    from relsurvey.reading import Source
    from relsurvey.reading.page import Section
    from relsurvey.study import Study

app = typer.Typer(
    name="relsurvey",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Hear what students say: read a survey, see how far its numbers can be trusted, publish a view.",
)

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


@contextmanager
def _working(what: str) -> Iterator[None]:
    """Show on a terminal that work is going on, and nothing elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        yield


@app.command(epilog="Example: relsurvey demo --out demo-view")
def demo(
    out: Out = Path("relsurvey-demo"),
    no_open: NoOpen = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Write the files and end.")] = False,
    port: Port = 0,
) -> None:
    """Try everything on a shipped, simulated survey and its students' gradebooks: read, publish, serve."""
    from relsurvey.demo import demo_practices, demo_workbook
    from relsurvey.demo.practices import BY, SHOWN
    from relsurvey.study import read

    with _working("Reading the simulated survey …"):
        study = read(demo_workbook(), "five-elements")
    with _working("Checking the scales, comparing groups, passing the gate …"):
        published = study.publish(out)
    _summary(study, published)
    with _working("Reading the simulated gradebooks, trying policies, passing the gate …"):
        marks = demo_practices(study)
        shown = marks.publish(out / SHOWN, by=BY)
    _marks_summary(marks, shown)
    if not no_serve:
        _serve(out, "127.0.0.1", port, None, open_browser=not no_open, beside=out / SHOWN)


@app.command(epilog="Example: relsurvey check answers.xlsx --instrument five-elements --roster students.csv")
def check(
    files: Files,
    instrument: Asked = None,
    mapping: Mapped = None,
    roster: Rostered = None,
    wave: Waves = None,
    school: Schools = None,
    keep: Keep = "last",
    lenient: Lenient = False,
) -> None:
    """Say what a file is and what was done with every row, column and label; publish nothing.

    Without an instrument that fits, it lists the questions and sets of answers it found. With one that nearly
    fits, it writes a mapping beside the file for you to look over.
    """
    from relsurvey.checking import check as look_over

    with _working(f"Reading {_names(files)} …"):
        checked = look_over(
            _sources(files, wave, school),
            instrument,
            mapping=mapping,
            roster=roster,
            strict=not lenient,
            keep=_kept(keep),
        )
    if checked.error is not None and instrument is None:
        _refuse_gradebook(files[0])
    print(checked.heading)
    for section in checked.sections:
        _print(section)
    if checked.error is None:
        print("\nThis page holds exact counts and labels: it is for you alone.")
        if checked.study is not None:
            _due(checked.study, files)
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


@app.command(epilog="Example: relsurvey publish answers.xlsx --instrument five-elements --out spring")
def publish(
    files: Files,
    out: Out,
    instrument: Asked = None,
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
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="What to write; repeat for more: html, voila, excel, slides. Default: html and voila.",
            show_default=False,
        ),
    ] = None,
    mapping: Mapped = None,
    roster: Rostered = None,
    wave: Waves = None,
    school: Schools = None,
    keep: Keep = "last",
    lenient: Lenient = False,
) -> None:
    """Read a file and write its view: an HTML file, and an app to serve; a workbook or slides when asked."""
    from relsurvey.study import read

    with _working(f"Reading {_names(files)} …"):
        study = read(
            _sources(files, wave, school),
            instrument,
            mapping=mapping,
            roster=roster,
            strict=not lenient,
            keep=_kept(keep),
        )
    with _working("Checking the scales, comparing groups, passing the gate …"):
        published = study.publish(
            out,
            by=by,
            formats=cast("Sequence[Format]", formats or ("voila", "html")),
            min_n=min_n,
            ledger=ledger,
            strategies=strategies,
            cards=cards,
            each=cast("Each | None", each),
        )
    _summary(study, published)
    _due(study, files)


@app.command(epilog="Example: relsurvey serve spring --room")
def serve(
    directory: Annotated[
        Path,
        typer.Argument(help="A folder that `relsurvey publish` wrote, or its teams.yaml.", metavar="FOLDER"),
    ],
    room: Annotated[
        bool,
        typer.Option("--room", help="A workshop on the local network: a code to scan, open for 8 hours."),
    ] = False,
    ip: Annotated[
        str,
        typer.Option(
            help="The address to listen on; one other than this machine's own needs a token and a "
            "certificate."
        ),
    ] = "127.0.0.1",
    port: Port = 8866,
    token: Annotated[str | None, typer.Option(help="`new` makes a token that every link must carry.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="A PEM file, for HTTPS.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key, a PEM file.")] = None,
    address: Annotated[
        str | None,
        typer.Option(help="Of teams: what viewers type where a proxy stands in front, as https://…"),
    ] = None,
    renew: Annotated[
        list[str] | None,
        typer.Option(help="Of teams: the folder whose token is replaced, or `all`.", show_default=False),
    ] = None,
    no_open: NoOpen = False,
) -> None:
    """Serve a published view with Voilà, in a process of its own; of teams, in one for each."""
    from relsurvey.publish.each import TEAMS

    if directory.name == TEAMS or (directory / TEAMS).is_file():
        if token is not None:
            raise PublishError("Each team has a token of its own: leave --token out, or use --renew.")
        _serve_teams(
            directory,
            ip=ip,
            port=port,
            room=room,
            certificate=certificate,
            key=key,
            address=address,
            renew=renew or (),
            open_browser=not no_open,
        )
        return
    if address is not None or renew:
        raise PublishError("--address and --renew are for a teams.yaml; this folder holds one view.")
    _serve(
        directory,
        ip,
        port,
        token,
        open_browser=not no_open,
        room=room,
        certificate=certificate,
        key=key,
    )


@app.command(epilog="Example: relsurvey verify spring")
def verify(
    directory: Annotated[
        Path, typer.Argument(help="A folder that `relsurvey publish` wrote.", metavar="FOLDER")
    ],
) -> None:
    """Check that a published folder is whole: every file as it was written, and all of one release."""
    from relsurvey.publish.verify import verify as check_folder

    for found in check_folder(directory):
        tag = " (simulated data)" if found.simulated else ""
        print(f"Whole     {found.directory}: {len(found.files)} files, made {found.made}{tag}.")


@app.command(epilog="Example: relsurvey new answers.xlsx --out our-survey")
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

    with _working("Making the instrument, its form and invented answers …"):
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


@app.command(epilog="Example: relsurvey comments answers.xlsx --instrument five-elements --staff staff.csv")
def comments(
    files: Files,
    instrument: Asked = None,
    mapping: Mapped = None,
    roster: Rostered = None,
    staff: Annotated[
        Path | None,
        typer.Option(
            "--staff", help="Names of the school's adults: a comment that holds one cannot be released."
        ),
    ] = None,
    wave: Waves = None,
    school: Schools = None,
    keep: Keep = "last",
    lenient: Lenient = False,
    language: Annotated[str, typer.Option(help="The screen's language: en or es.")] = "en",
) -> None:
    """Read what students wrote, danger first: release each comment, hold it, or pass it on.

    Nothing is shown to anybody until it was released here. What is decided is kept in relsurvey's own folder,
    without a word of the comments.
    """
    from rich.console import Console

    from relsurvey.comments import Desk
    from relsurvey.comments.people import names_in
    from relsurvey.comments.terminal import sit
    from relsurvey.study import read

    with _working(f"Reading {_names(files)} …"):
        study = read(
            _sources(files, wave, school),
            instrument,
            mapping=mapping,
            roster=roster,
            strict=not lenient,
            keep=_kept(keep),
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


@app.command(epilog="Example: relsurvey log --since 2026-09-01 --what token")
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
        _print(Section("Log", ("when (UTC)", "who", "what", "facts"), lines))
    else:
        print("Nothing is in the log.")
    if found.broken:
        raise PublishError(
            f"The log is not as it was written: {found.broken}. A line may be missing or changed."
        )
    print("\nThe log is as it was written.")


@app.command(epilog="Example: relsurvey where")
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


@app.command(epilog="Example: relsurvey forget --study five-elements")
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
    elif yes:
        found.note()
    else:
        print("\nNothing was deleted. Say it again with --yes to do it.")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as cause:
        raise ReadError(f"{text} is no day. Write it as 2026-09-01.") from cause


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count >= 1000 else f"{count} B"


def _marks_summary(marks: GradingPractices, published: Published) -> None:
    """Print what was counted of marks, what else is in the view, where it is."""
    view = published.view
    print(f"Marks     {', '.join(scale.title['en'] for scale in view.scales)}; the view shows {marks.wave}.")
    tried = max((len(unit.lab.tried) for unit in view.units if unit.lab is not None), default=0)
    print(f"View      {len(view.practices)} grading practices; {tried} policies to try.")
    for name in published.files:
        print(f"Written   {published.directory / name}")


def _due(study: Study, files: Sequence[Path]) -> None:
    """Say what waits: comments nobody has read, and rows that were to be kept no longer."""
    from relsurvey.comments import unread
    from relsurvey.keeping.where import passed
    from relsurvey.words import say

    waiting = unread(
        study.responses, study.comments, study.instrument, ids=study._ids, simulated=study.simulated
    )
    if waiting.count:
        key = "comments.unread_late" if waiting.late else "comments.unread"
        print(f"Comments  {say('en', key, n=waiting.count, since=waiting.since, by=waiting.by)}")
        named = f" --instrument {study.instrument.id}" if len(files) == 1 else ""
        print(f"          `relsurvey comments {' '.join(str(file) for file in files)}{named}` shows them.")
    day = None if study.simulated else passed(study.instrument.id)
    if day is not None:
        print(f"Keep      {say('en', 'keeping.passed', study=study.instrument.id, day=day)}")


@app.command(epilog="Example: relsurvey instruments")
def instruments() -> None:
    """List the instruments that come with the package."""
    from relsurvey.instrument import instruments as ready
    from relsurvey.instrument import say

    for key, instrument in ready().items():
        questions = f"{len(instrument.items)} questions in {len(instrument.scales)} scales"
        print(f"{key:20} {say(instrument.title, 'en')}: {questions}, {', '.join(instrument.languages)}")


def _names(files: Sequence[Path]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files)} files"


def _sources(
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


def _kept(keep: str) -> Literal["last", "first", "all"]:
    if keep not in ("last", "first", "all"):
        raise ReadError(f"--keep {keep} is not known. Use last, first or all.")
    return cast("Literal['last', 'first', 'all']", keep)


def _print(section: Section) -> None:
    """Print a section; what stands in it is text, whatever it looks like."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*section.columns, box=None, pad_edge=False, title=section.title, title_justify="left")
    for line in section.lines:
        table.add_row(*map(Text, line))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print()
    console.print(table)


def _summary(study: Study, published: Published) -> None:
    """Print what was read, which scales hold up, what is in the view, where it is."""
    from relsurvey.words import say

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
    for note in published.notes:
        print(f"Left out  {note}")
    for name in published.files:
        print(f"Written   {published.directory / name}")


def _serve(
    directory: Path,
    ip: str,
    port: int,
    token: str | None,
    *,
    open_browser: bool,
    room: bool = False,
    certificate: Path | None = None,
    key: Path | None = None,
    beside: Path | None = None,
) -> None:
    """Serve a view until it is stopped; ``beside``: another one, at the next free port of this machine."""
    from relsurvey.publish.serve import serve as start

    with ExitStack() as servers:
        with _working("Starting Voilà …"):
            server: Server = servers.enter_context(
                start(
                    directory,
                    ip=ip,
                    port=port,
                    token=token,
                    open_browser=open_browser,
                    room=room,
                    certificate=certificate,
                    key=key,
                )
            )
            other = None
            if beside is not None:
                other = servers.enter_context(start(beside, ip=ip, port=0, open_browser=open_browser))
        print(f"Serving   {server.link}", flush=True)
        if other is not None:
            print(f"          {other.link}", flush=True)
        if room:
            _show_code(server.link)
            print("          Open for 8 hours to whoever has this link.", flush=True)
        _until_stopped(server.wait)


def _serve_teams(directory: Path, *, open_browser: bool, **settings: Any) -> None:
    from relsurvey.publish.teams import serve_teams

    with _working("Starting Voilà for each team …"):
        teams = serve_teams(directory, **settings)
    with teams:
        for name, link in teams.links.items():
            print(f"Serving   {name}: {link}", flush=True)
        print(f"Codes     {teams.sheet}: print it, and hand each code out to its own team.", flush=True)
        if settings["room"]:
            print("          Open for 8 hours to whoever has a link.", flush=True)
        if open_browser:
            webbrowser.open(teams.sheet.absolute().as_uri())
        _until_stopped(teams.wait)


def _show_code(link: str) -> None:
    """Draw a code to scan where a person sees it."""
    import segno

    if sys.stdout.isatty():
        segno.make(link, micro=False).terminal(compact=True)


def _until_stopped(wait: Callable[[], object]) -> None:
    print("          Press Ctrl+C to stop.", flush=True)
    try:
        wait()
    except KeyboardInterrupt:
        print("Stopped.")


def main() -> None:
    """Run the command; an error is one sentence on stderr and exit code 2."""
    # Most machines have neither list nor gradebook, and starting is not to wait for what these need.
    try:
        lists = any((home() / name).exists() for name in ("lists.json", "gradebooks.json"))
    except OSError:
        lists = False
    if lists:
        from relsurvey.keeping.until import clear_lists

        for sentence in clear_lists():
            print(f"relsurvey: {sentence}", file=sys.stderr)
    try:
        app(standalone_mode=False)
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except typer.Abort:
        raise SystemExit(130) from None
    except RelsurveyError as error:
        print(f"relsurvey: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except Exception as error:
        # Click's own errors (an unknown option) know how to show themselves.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            raise SystemExit(error.exit_code) from None
        raise


if __name__ == "__main__":
    main()
