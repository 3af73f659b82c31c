"""A published view is served until somebody stops it: ``serve``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relsurvey.cli import options
from relsurvey.cli.printing import working
from relsurvey.errors import PublishError

if TYPE_CHECKING:
    from relsurvey.publish.serve import Server
    from relsurvey.publish.teams import Teams


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
    port: options.Port = 8866,
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
    no_open: options.NoOpen = False,
) -> None:
    """Serve a published view with Voilà, in a process of its own; of teams, in one for each."""
    from relsurvey.publish.each import TEAMS
    from relsurvey.publish.whole import settle

    settle(directory if directory.is_dir() else directory.parent)
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
    serve_view(
        directory,
        ip,
        port,
        token,
        open_browser=not no_open,
        room=room,
        certificate=certificate,
        key=key,
    )


def serve_view(
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
        with working("Starting Voilà …"):
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

    with working("Starting Voilà for each team …"):
        teams = serve_teams(directory, **settings)
    with teams:
        for name, link in teams.links.items():
            print(f"Serving   {name}: {link}", flush=True)
        for note in teams.notes:
            print(f"New link  {note}", flush=True)
        _tell_codes(teams)
        if settings["room"]:
            print("          Open for 8 hours to whoever has a link.", flush=True)
        if open_browser:
            import webbrowser

            webbrowser.open(teams.sheet.absolute().as_uri())
        _until_stopped(teams.wait)


def _tell_codes(teams: Teams) -> None:
    """Say what to do with the sheet of codes, and where no other device can open them, what to do first."""
    from urllib.parse import urlsplit

    from relsurvey.publish.serve import is_loopback

    if any(is_loopback(urlsplit(link).hostname or "") for link in teams.links.values()):
        print(f"Codes     {teams.sheet}: these codes open on this computer only.", flush=True)
        print(
            "          For other devices, start again with --room, a workshop on the local network; with",
            flush=True,
        )
        print("          --ip, --certificate and --key; or with --address, behind a proxy.", flush=True)
    else:
        print(f"Codes     {teams.sheet}: print it, and hand each code out to its own team.", flush=True)


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
