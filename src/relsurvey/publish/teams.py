"""Serve what ``publish`` wrote for each school or team: a process, a token and an address for each."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from relsurvey.errors import PublishError
from relsurvey.escape import one_line
from relsurvey.files import write_atomic
from relsurvey.keeping import log
from relsurvey.publish.each import INDEX, TEAMS, Places, read, sheet
from relsurvey.publish.serve import ROOM_LASTS, Server, new_token, serve
from relsurvey.publish.verify import verify_each
from relsurvey.publish.whole import settle
from relsurvey.reading import identity
from relsurvey.words import Text, agree

# Each server is a process that imports Voilà: more at once would only wait for each other.
_AT_ONCE = 2
_ALL = "all"


class Teams:
    """Running servers, one a school or team. Leave the ``with`` block, or call :meth:`stop`, to end them.

    Attributes
    ----------
    servers
        By the name of the folder.
    links
        What the viewers of each open, with its token.
    sheet
        The page of links and codes to print: it holds the tokens, and only its owner may read it.
    notes
        A sentence for each folder that was another school's or team's before: its old link is shut out.
    """

    def __init__(
        self,
        servers: Mapping[str, Server],
        links: Mapping[str, str],
        sheet: Path,
        notes: Sequence[str] = (),
    ) -> None:
        self.servers = dict(servers)
        self.links = dict(links)
        self.sheet = sheet
        self.notes = tuple(notes)

    def wait(self) -> None:
        """Wait until the last of them ends."""
        for server in self.servers.values():
            server.wait()

    def stop(self) -> None:
        """End all of them."""
        with ExitStack() as stack:
            for server in self.servers.values():
                stack.callback(server.stop)

    def __enter__(self) -> Teams:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Teams {', '.join(self.servers)}>"


def serve_teams(
    path: str | os.PathLike[str],
    *,
    ip: str = "127.0.0.1",
    port: int = 8866,
    room: bool = False,
    certificate: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
    address: str | None = None,
    renew: Sequence[str] = (),
    max_kernels: int = 40,
) -> Teams:
    """Serve each folder of a list, and return when every page can be opened.

    Parameters
    ----------
    path
        The ``teams.yaml`` that ``publish`` wrote with ``each``, or the folder it lies in.
    ip
        The address to listen on.
    port
        The first port; the others follow in the order of the list. 0 takes free ones.
    room
        Whether to serve a workshop on the local network, with new tokens, until 8 hours have passed.
    certificate, key
        PEM files for HTTPS.
    address
        What viewers type where a proxy stands in front: ``"https://views.example.org"``.
    renew
        Folders whose token is replaced, or ``"all"``: who holds the old one is shut out.
    max_kernels
        How many viewers of one team may use something live at once.

    Raises
    ------
    PublishError
        As :func:`relsurvey.publish.serve.serve`; or if there is no such list, its folders are not all of one
        release, or there is no such folder to renew.

    Notes
    -----
    A server has its own process, its own token of 256 bits and its own part of the address, and reads its own
    folder: what one team holds opens nothing of another. Tokens lie in relsurvey's own folder, mode 0600.
    The sheet of links is written beside the list, mode 0600 too.
    """
    listed = Path(path)
    listed = listed / TEAMS if listed.is_dir() else listed
    settle(listed.parent)
    places = read(listed)
    verify_each(places)
    tokens, notes = _tokens(listed, places, renew, room=room)
    with ExitStack() as stack:
        servers = _started(
            stack,
            places,
            tokens,
            {"ip": ip, "room": room, "certificate": certificate, "key": key, "max_kernels": max_kernels},
            port,
        )
        links = {name: _link(server, name, address) for name, server in servers.items()}
        until = None
        if room:
            ends = datetime.datetime.now() + datetime.timedelta(seconds=ROOM_LASTS)
            until = f"{ends:%H:%M}"
        # The tokens are in it: nobody else on this machine may read it.
        index = listed.parent / INDEX
        write_atomic(index, sheet(places, links, until=until), mode=0o600)
        stack.pop_all()
        return Teams(servers, links, index, notes)


def _started(
    stack: ExitStack,
    places: Places,
    tokens: Mapping[str, str],
    settings: Mapping[str, object],
    port: int,
) -> dict[str, Server]:
    """Start a server a folder, each to be stopped with the stack."""

    def start(number: int) -> tuple[str, Server]:
        name = places.places[number].slug
        server = serve(
            places.folder / name,
            port=port + number if port else 0,
            token=tokens[name],
            open_browser=False,
            base_url=base_of(name),
            **settings,  # type: ignore[arg-type]
        )
        stack.callback(server.stop)
        return name, server

    with ThreadPoolExecutor(_AT_ONCE) as workers:
        return dict(workers.map(start, range(len(places.places))))


def base_of(name: str) -> str:
    """Return what the path of every address of a folder begins with.

    Examples
    --------
    >>> base_of("north-high")
    '/t/north-high/'
    """
    return f"/t/{name}/"


def _link(server: Server, name: str, address: str | None) -> str:
    """Return what the viewers of a folder open."""
    if address is None:
        return server.link
    token = f"?token={quote(server.token, safe='')}" if server.token else ""
    return f"{address.rstrip('/')}{base_of(name)}{token}"


def _tokens(
    listed: Path, places: Places, renew: Sequence[str], *, room: bool
) -> tuple[dict[str, str], list[str]]:
    """Return each folder's token, and a sentence for each that was another's.

    A folder keeps its token as long as it is of the same school or team; a room's are not kept.
    """
    names = [place.slug for place in places.places]
    renew = names if _ALL in renew else renew
    unknown = [name for name in renew if name not in names]
    if unknown:
        raise PublishError(f"{listed} has no {', '.join(unknown)}. It has: {', '.join(names)}.")
    if room:
        for name in names:
            log.note("made a token", folder=name, room="8 hours")
        return {name: new_token() for name in names}, []
    file = tokens_file(listed)
    held: dict[str, str] = {}
    owners: dict[str, Text] = {}
    if file.is_file():
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise PublishError(
                f"The tokens at {file} are open to other users of this computer: close that file "
                f"(`chmod 600 {file}`), and renew them all."
            )
        try:
            for name, entry in json.loads(file.read_text("utf-8")).items():
                held[name], owners[name] = str(entry["token"]), dict(entry["title"])
        except (ValueError, AttributeError, KeyError, TypeError) as cause:
            raise PublishError(
                f"The tokens at {file} cannot be read: delete that file, and hand out new links."
            ) from cause
    titles = {place.slug: place.title for place in places.places}
    moved = [name for name in names if name in owners and not agree(owners[name], titles[name])]
    renewed = {*renew, *moved}
    tokens = {name: new_token() if name in renewed or name not in held else held[name] for name in names}
    if (tokens, titles) != (held, owners):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = {name: {"title": titles[name], "token": tokens[name]} for name in names}
        write_atomic(file, json.dumps(kept, indent=1) + "\n", mode=0o600)
    for name in names:
        if tokens[name] != held.get(name):
            if name in held:
                log.note("revoked a token", folder=name)
            log.note("made a token", folder=name)
    return tokens, [
        f"{name} was the folder of {_first(owners[name])} and is that of {_first(titles[name])} now: "
        "the old link no longer opens it."
        for name in moved
    ]


def _first(title: Text) -> str:
    return one_line(next(iter(title.values()), ""))


def tokens_file(listed: Path) -> Path:
    """Return where the tokens of a list lie: never beside it, since its folder is copied and shared."""
    name = hashlib.sha256(str(listed.resolve()).encode()).hexdigest()[:24]
    return identity.home() / "tokens" / f"{name}.json"
