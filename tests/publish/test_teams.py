"""Several teams served at once: what one holds opens nothing of another."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

import relsurvey as rs
from relsurvey.cli.serving import _tell_codes
from relsurvey.errors import PublishError
from relsurvey.publish import publish
from relsurvey.publish.each import TEAMS
from relsurvey.publish.serve import Server
from relsurvey.publish.teams import Teams, serve_teams, tokens_file
from relsurvey.publish.verify import verify
from tests.publish.serving import SECRET, ask
from tests.publish.test_each import several
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate

MARKS = {"north": "Mark-of-North-7f3a", "south": "Mark-of-South-9c1e"}
SLUGS = {name: mark.lower() for name, mark in MARKS.items()}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("teams")
    publish(several(**MARKS), folder, ("voila", "html"), each="school")
    return folder / TEAMS


@pytest.fixture(scope="module")
def teams(listed: Path) -> Iterator[Teams]:
    patch = pytest.MonkeyPatch()
    patch.setenv("DISTRICT_PASSWORD", SECRET)
    with serve_teams(listed, port=0) as teams:
        yield teams
    patch.undo()


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://127.0.0.1:8866/t/north/?token=a", "open on this computer only"),
        ("https://[::1]:8866/t/north/?token=a", "open on this computer only"),
        ("http://10.0.0.7:8866/t/north/?token=a", "hand each code out"),
        ("https://views.example.org/t/north/?token=a", "hand each code out"),
    ],
)
def test_codes_that_no_other_device_opens_are_not_handed_out(
    capsys: pytest.CaptureFixture[str], link: str, says: str
) -> None:
    _tell_codes(Teams({}, {"north": link}, Path("index.html")))
    said = capsys.readouterr().out
    assert says in said and ("--room" in said) == ("hand" not in said)


def one(teams: Teams, name: str) -> Server:
    return teams.servers[SLUGS[name]]


def test_each_has_its_own_address_and_page(teams: Teams) -> None:
    for name, mark in MARKS.items():
        link = urlsplit(teams.links[SLUGS[name]])
        assert link.path == f"/t/{SLUGS[name]}/"
        status, headers, _ = ask(one(teams, name), f"{link.path}?{link.query}")
        # The link sets the cookie and leads to an address without the token.
        assert (status, headers["Location"]) == (302, link.path)
        status, _, page = ask(one(teams, name), link.path, headers={"Cookie": cookie(headers)})
        assert status == 200
        assert mark in page
        assert not any(other in page for other in MARKS.values() if other != mark)
    assert len({server.token for server in teams.servers.values()}) == len(MARKS)
    assert len({server.pid for server in teams.servers.values()}) == len(MARKS)


def cookie(headers: dict[str, str]) -> str:
    """Return the cookie that a link set, and check that other teams' addresses do not get it."""
    set_cookie = headers["Set-Cookie"]
    parts = [part.strip() for part in set_cookie.split(";")]
    path = next(part for part in parts if part.lower().startswith("path="))
    assert path.partition("=")[2].startswith("/t/")
    assert "httponly" in set_cookie.lower()
    return parts[0]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?live=1",
        "api/kernels/0-0-0-0-0",
        "api/kernels/0-0-0-0-0/channels",
        "voila/api/shutdown/0-0-0-0-0",
    ],
)
@pytest.mark.parametrize(("mine", "other"), [("north", "south"), ("south", "north")])
def test_a_teams_token_and_cookie_open_nothing_of_another(
    teams: Teams, mine: str, other: str, path: str
) -> None:
    link = urlsplit(teams.links[SLUGS[mine]])
    token = parse_qs(link.query)["token"][0]
    _, headers, _ = ask(one(teams, mine), f"{link.path}?{link.query}")
    joined = "&" if "?" in path else "?"
    for base in (f"/t/{SLUGS[other]}/", f"/t/{SLUGS[mine]}/", "/"):
        for address, sent in (
            (f"{base}{path}{joined}token={token}", {}),
            (f"{base}{path}", {"Authorization": f"token {token}"}),
            (f"{base}{path}", {"Cookie": cookie(headers)}),
        ):
            status, _, page = ask(one(teams, other), address, headers=sent)
            assert status in {403, 404, 405}, address
            assert MARKS[other] not in page


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_a_process_holds_its_own_view_and_no_other(teams: Teams) -> None:
    for name, mark in MARKS.items():
        process = psutil.Process(one(teams, name).pid)
        others = [other for other in MARKS.values() if other != mark]
        held = memory(process.pid, [mark, *others, SECRET])
        assert mark in held
        assert held <= {mark}
        assert SECRET not in "".join(process.environ().values())
        assert one(teams, name).token not in "".join([*process.environ().values(), *process.cmdline()])
        assert not any(other.lower() in file.path for file in process.open_files() for other in others)


def memory(pid: int, texts: list[str]) -> set[str]:
    """Return which texts stand anywhere in a process's memory."""
    found: set[str] = set()
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as whole:
        for line in maps:
            span, rights, *_ = line.split()
            if "r" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            low, high = (int(part, 16) for part in span.split("-"))
            try:
                whole.seek(low)
                content = whole.read(high - low)
            except (OSError, ValueError):
                continue
            found |= {text for text in texts if text.encode() in content}
    return found


def test_links_and_tokens_are_for_their_owner_alone(teams: Teams, listed: Path) -> None:
    page = teams.sheet.read_text("utf-8")
    assert all(server.token and server.token in page for server in teams.servers.values())
    held = json.loads(tokens_file(listed).read_text("utf-8"))
    assert {name: entry["token"] for name, entry in held.items()} == {
        name: server.token for name, server in teams.servers.items()
    }
    assert not tokens_file(listed).is_relative_to(listed.parent)
    if os.name == "posix":
        for file in (teams.sheet, tokens_file(listed)):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_renewed_token_shuts_the_old_one_out(tmp_path: Path) -> None:
    publish(several(**MARKS), tmp_path, ("voila",), each="school")
    with serve_teams(tmp_path, port=0) as teams:
        before = {name: server.token for name, server in teams.servers.items()}
    with serve_teams(tmp_path, port=0, renew=[SLUGS["north"]], address="https://views.example.org/") as teams:
        after = {name: server.token for name, server in teams.servers.items()}
        assert after[SLUGS["south"]] == before[SLUGS["south"]]
        assert after[SLUGS["north"]] != before[SLUGS["north"]]
        path = f"/t/{SLUGS['north']}/?token={before[SLUGS['north']]}"
        assert ask(one(teams, "north"), path)[0] == 403
        assert teams.links[SLUGS["north"]].startswith(f"https://views.example.org/t/{SLUGS['north']}/?token=")
        assert not any(server.url.startswith("https") for server in teams.servers.values())


def test_a_folder_that_is_another_s_now_has_another_token_and_says_so(tmp_path: Path) -> None:
    publish(several(north="9", south="S"), tmp_path, ("voila",), each="school")
    with serve_teams(tmp_path, port=0) as teams:
        before = {name: server.token for name, server in teams.servers.items()}
        assert teams.notes == ()
    publish(several(north="#9", south="S"), tmp_path, ("voila",), each="school")
    with serve_teams(tmp_path, port=0) as teams:
        assert list(teams.servers) == ["9", "s"]
        assert teams.servers["s"].token == before["s"]
        assert teams.servers["9"].token != before["9"]
        assert ask(teams.servers["9"], f"/t/9/?token={before['9']}")[0] == 403
        assert teams.notes == (
            "9 was the folder of 9 and is that of #9 now: the old link no longer opens it.",
        )
        after = teams.servers["9"].token
    with serve_teams(tmp_path, port=0) as teams:
        assert teams.servers["9"].token == after and teams.notes == ()


def test_long_names_that_differ_at_their_end_are_published_verified_and_served(tmp_path: Path) -> None:
    start = "Escuela Preparatoria Comunitaria de las Artes, Ciencias y Oficios del Campus "[:79]
    rows = simulate((60, 60))
    rows["school"] = rows["school"].map({"School 0": f"{start:N<79}1", "School 1": f"{start:N<79}2"})
    assert set(rows["school"].str.len()) == {80}
    study = rs.read(rows, INSTRUMENT)
    study.publish(tmp_path / "out", each="school", ledger=tmp_path / "books" / "a.jsonl")
    assert len(verify(tmp_path / "out")) == 2 and (tmp_path / "out" / "index.html").is_file()
    with serve_teams(tmp_path / "out", port=0) as teams:
        assert len(teams.links) == 2 and all(len(name) <= 60 for name in teams.links)


def test_one_that_cannot_start_leaves_none_behind(tmp_path: Path) -> None:
    publish(several(**MARKS), tmp_path, ("voila",), each="school")
    (tmp_path / SLUGS["south"] / "app.ipynb").write_text("{}", "utf-8")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with pytest.raises(PublishError, match="publish it again"):
        serve_teams(tmp_path, port=0)
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_what_is_not_there_is_said(tmp_path: Path, listed: Path) -> None:
    with pytest.raises(PublishError, match="Cannot read"):
        serve_teams(tmp_path / TEAMS)
    with pytest.raises(PublishError, match="has no east"):
        serve_teams(listed, renew=["east"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_tokens_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    publish(several(**MARKS), tmp_path, ("voila",), each="school")
    file = tokens_file(tmp_path / TEAMS)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}", "utf-8")
    file.chmod(0o644)
    with pytest.raises(PublishError, match="open to other users"):
        serve_teams(tmp_path, port=0)
