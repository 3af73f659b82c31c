"""The loader's Python half: files in, choices in, a study out, and no cell of a student on the way."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.errors import InstrumentError, MatchError, ReadError
from relsurvey.instrument import Instrument
from relsurvey.instrument.model import Wave
from relsurvey.loading import Inbox, shown
from relsurvey.reading import Limits
from relsurvey.reading.ledger import STEPS
from relsurvey.widgets import Loader
from tests.reading import belonging
from tests.widgets import messy
from tests.widgets.talking import Browser


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test mappings of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def start() -> Iterator[Callable[..., Browser]]:
    started: list[Browser] = []

    def make(*given: Any, **more: Any) -> Browser:
        started.append(Browser(Loader(*given, **more)))
        return started[-1]

    yield make
    for browser in started:
        browser.loader.close()


def column(state: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in state["columns"] if c["name"] == name)
    return found


def settle(browser: Browser) -> dict[str, Any]:
    """Settle what the messy export leaves open."""
    state = browser.state()
    browser.do(do="column", position=column(state, messy.RENAMED)["position"], target="challenge_1")
    browser.do(do="label", key="how_often", text=messy.UNKNOWN, value="3")
    return browser.do(do="lenient", on=True)


def assert_equal(one: rs.Study, other: rs.Study) -> None:
    for part in ("responses", "answers", "comments", "flags", "ledger"):
        assert getattr(one, part).equals(getattr(other, part)), part
    assert one.instrument == other.instrument


# The way of a coach


def test_an_export_that_fits_is_used_at_once(start: Callable[..., Browser]) -> None:
    browser = start()
    state = browser.drop(Path(demo_workbook()))["state"]
    assert (state["file"]["form"], state["file"]["rows"], state["fits"]) == ("Google Forms", "905", True)
    assert state["instrument"]["es"] == "Encuesta de relaciones en cinco elementos"
    assert {c["part"] for c in state["columns"]} == {"matched"}
    seen: list[int] = []
    browser.loader.observe(lambda change: seen.append(change["new"]), "used")
    used = browser.say({"type": "use"})["state"]["used"]
    assert used == {"en": "300 or more students", "es": "300 estudiantes o más"}
    assert seen == [browser.loader.used] == [1]
    assert_equal(browser.loader.study, rs.read(demo_workbook(), "five-elements"))
    name = Path(demo_workbook()).name
    assert browser.loader.code.splitlines() == [
        f'# Put "{name}" beside this notebook.',
        f'study = rs.read("{name}", "five-elements")',
    ]


def test_what_does_not_fit_is_settled_and_the_code_does_the_same(
    start: Callable[..., Browser], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = messy.write(tmp_path / "fall answers.csv")
    browser = start()
    state = browser.drop(path)["state"]
    assert not state["fits"]
    guessed, renamed = column(state, messy.ALIKE), column(state, messy.RENAMED)
    assert (guessed["target"], guessed["how"], guessed["part"]) == ("care_2", "very", "check")
    assert (renamed["target"], renamed["kind"], renamed["part"]) == ("", "question", "check")
    assert [item["id"] for item in state["missing"]["items"]] == ["challenge_1"]
    labels = {label["text"]: label for label in state["labels"]}
    assert labels["Oftn"]["meanings"][int(labels["Oftn"]["value"])]["en"] == "Often"
    assert (labels[messy.UNKNOWN]["value"], labels[messy.UNKNOWN]["rows"]) == ("", "25")
    assert state["keptBack"] == "under 10"
    # Pressed too early, it says so and does nothing.
    assert "settle what is left" in browser.say({"type": "use"})["sentence"]
    assert (browser.loader.study, browser.loader.code, browser.loader.used) == (None, "", 0)

    state = settle(browser)
    assert state["fits"]
    assert column(state, messy.RENAMED)["how"] == "chosen"
    assert column(state, messy.RENAMED)["part"] == "check", "a line stays where it is"
    browser.say({"type": "use"})
    loader = browser.loader
    assert loader.code.startswith('# Put "fall answers.csv" beside this notebook.\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    names: dict[str, Any] = {"rs": rs}
    exec(loader.code, names)
    assert_equal(names["study"], loader.study)
    assert names["study"].responses["challenge_1"].notna().sum() > 150


def test_undo_and_redo_go_step_by_step(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start(messy.write(tmp_path / "a.csv"))
    first = browser.state()
    assert not first["undo"]
    last = settle(browser)
    assert last["undo"] and not last["redo"]
    for _ in range(3):
        state = browser.do(do="undo")
    assert {**state, "redo": False} == first
    assert browser.do(do="undo") == state, "there is nothing before the first"
    for _ in range(3):
        state = browser.do(do="redo")
    assert state == last
    browser.do(do="undo")
    state = browser.do(do="wave", text="spring")
    assert not state["redo"], "a new step forgets what was undone"


def test_only_what_was_used_is_remembered(
    start: Callable[..., Browser], tmp_path: Path, own_home: Path
) -> None:
    path = messy.write(tmp_path / "a.csv")
    browser = start(path)
    settle(browser)
    assert not (own_home / "mappings").exists()
    browser.say({"type": "use"})
    assert len(list((own_home / "mappings").iterdir())) == 1
    for _ in range(3):
        state = browser.do(do="undo")
    assert not state["fits"], "what is remembered does not come in the place of what is chosen"
    again = start(messy.write(tmp_path / "b.csv", 150)).state()
    assert column(again, messy.RENAMED)["target"] == "challenge_1"
    assert column(again, messy.RENAMED)["how"] == "remembered"
    assert {c["part"] for c in again["columns"]} == {"matched", "left"}


def test_a_file_on_disk_is_named_as_it_was_given(start: Callable[..., Browser], tmp_path: Path) -> None:
    path = messy.write(tmp_path / "a.csv")
    browser = start(path, wave="fall", school="Sierra")
    settle(browser)
    study = browser.loader.use()
    names: dict[str, Any] = {"rs": rs}
    exec(browser.loader.code, names)
    assert_equal(names["study"], study)
    assert study.waves == ("fall",) and set(study.responses["school"]) == {"Sierra"}
    assert browser.loader.code.startswith("study = rs.read(\n") and str(path) in browser.loader.code


def test_several_files_of_one_header_share_a_mapping(start: Callable[..., Browser], tmp_path: Path) -> None:
    paths = [messy.write(tmp_path / "a.csv"), messy.write(tmp_path / "b.csv", 150)]
    browser = start([rs.Source(paths[0], wave="fall"), rs.Source(paths[1], "spring")])
    assert settle(browser)["fits"]
    study = browser.loader.use()
    names: dict[str, Any] = {"rs": rs}
    exec(browser.loader.code, names)
    assert_equal(names["study"], study)
    assert study.waves == ("fall", "spring")


def test_files_of_other_headers_are_settled_one_by_one(start: Callable[..., Browser], tmp_path: Path) -> None:
    path = messy.write(tmp_path / "a.csv")
    browser = start([Path(demo_workbook()), path])
    state = browser.state()
    assert state["apart"] and not state["fits"] and state["columns"] == []
    alone = start(path)
    settle(alone)
    alone.loader.use()
    # The texts that fit nothing are not part of a mapping.
    together = start([Path(demo_workbook()), path])
    assert together.do(do="lenient", on=True)["fits"]
    ledger = together.loader.use().ledger
    assert ledger.loc[ledger.step == "open", "rows"].tolist() == [905, 200]


# The instrument


def test_an_instrument_can_be_chosen_given_or_dropped(start: Callable[..., Browser], tmp_path: Path) -> None:
    answers, yaml = tmp_path / "a.csv", tmp_path / "belonging.yaml"
    answers.write_text(belonging.as_csv(belonging.ROWS * 5), "utf-8")
    belonging.INSTRUMENT.to_yaml(yaml)
    browser = start(answers)
    state = browser.state()
    assert state["instrument"] is None and not state["fits"]
    assert state["file"]["new"] == "relsurvey new a.csv"
    assert {c["part"] for c in state["columns"]} == {"found"}
    state = browser.do(do="instrument", key="five-elements")
    assert len(state["missing"]["items"]) == 20
    state = browser.drop(yaml, "instrument")["state"]
    assert (state["wanted"], state["instrument"]["en"], state["fits"]) == ("own", "Belonging", True)
    browser.loader.use()
    assert browser.loader.code.startswith('# Put "belonging.yaml" beside this notebook.\n')
    assert browser.do(do="instrument", key=None)["instrument"]["en"] == "Belonging", "it is recognised now"
    for given in (belonging.INSTRUMENT, yaml, str(yaml)):
        assert start(answers, given).state()["fits"]
    with pytest.raises(InstrumentError, match="no ready instrument"):
        Loader(answers, "no-such")


def test_a_usual_spelling_of_yes_or_no_is_nothing_to_settle(
    start: Callable[..., Browser], tmp_path: Path
) -> None:
    document = belonging.INSTRUMENT.model_dump(mode="json", by_alias=True, exclude_unset=True)
    document["groups"]["avid"] = {"title": "In AVID", "categories": ["Yes", "No"]}
    header = [*belonging.HEADER, "avid"]
    # A label that is not listed is shown where enough rows hold it.
    rows = [[f"{i:03d}", *belonging.ROWS[0][1:], "YNX"[i % 3]] for i in range(1, 91)]
    (tmp_path / "a.csv").write_text(belonging.as_csv(rows, header), "utf-8")
    state = start(tmp_path / "a.csv", Instrument.model_validate(document)).state()
    assert [label["text"] for label in state["labels"]] == ["X"]


def test_the_menus_of_waves_say_their_titles(start: Callable[..., Browser], tmp_path: Path) -> None:
    waves = {
        "fall": Wave(id="fall", title={"en": "First round", "es": "Primera ronda"}),
        "spring": Wave(id="spring"),
    }
    instrument = belonging.INSTRUMENT.model_copy(update={"waves": waves})
    answers = tmp_path / "a.csv"
    rows = [[*row[:2], "autumn", *row[3:]] for row in belonging.ROWS]
    answers.write_text(belonging.as_csv(rows * 5), "utf-8")
    browser = start(answers, instrument)
    state = browser.state()
    assert state["waves"] == [{"key": "fall", "title": waves["fall"].title}, {"key": "spring", "title": None}]
    label = next(label for label in state["labels"] if label["key"] == "wave")
    assert label["meanings"] == [waves["fall"].title, {"en": "spring"}]
    state = browser.do(do="label", key="wave", text="autumn", value="0")
    assert state["fits"] and browser.loader.use().waves == ("fall",)


def test_a_wrong_instrument_file_is_one_sentence_and_changes_nothing(
    start: Callable[..., Browser], tmp_path: Path
) -> None:
    browser = start(demo_workbook())
    before = browser.state()
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1\nid: [", "utf-8")
    answer = browser.drop(bad, "instrument")
    assert answer["type"] == "refused" and answer["sentence"].startswith("bad.yaml, line ")
    bad.write_bytes(b"x" * 1_200_000)
    assert "at most 1 MB" in browser.drop(bad, "instrument")["sentence"]
    assert browser.state() == before
    browser.do(do="instrument", key="/etc/passwd")
    browser.do(do="instrument", key="../a.yaml")
    assert browser.state() == before, "a screen cannot name a path"


# The roster


def write_roster(path: Path, more: int = 40, opt_out: str = "") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student_id", "school", "opt_out"])
        for row in messy.rows()[1:]:
            writer.writerow([row[1], row[2], ""])
        writer.writerows([[f"X{i}", "Far School", opt_out] for i in range(more)])
    return path


def test_a_roster_shows_who_answered(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start(messy.write(tmp_path / "a.csv"))
    settle(browser)
    state = browser.drop(write_roster(tmp_path / "students.csv"), "roster")["state"]
    lines = {line[0]: line[1:] for line in state["roster"]["lines"]}
    assert lines["school: Far School"] == ["40", "fewer than 10 answered"]
    assert "all students" in lines
    study = browser.loader.use()
    assert study.roster is not None and 'roster="students.csv"' in browser.loader.code
    state = browser.do(do="no roster")
    assert state["roster"] is None and browser.loader.use().roster is None


def test_what_a_roster_says_wrong_is_not_quoted(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start(messy.write(tmp_path / "a.csv"))
    settle(browser)
    secret = "her mother called on Monday"
    state = browser.drop(write_roster(tmp_path / "students.csv", opt_out=secret), "roster")["state"]
    assert "neither yes nor no" in state["roster"]["error"]
    assert state["fits"], "the answers are still there"
    assert secret not in browser.everything()


# Nothing of a student


def test_no_cell_of_a_student_ever_leaves_the_kernel(start: Callable[..., Browser], tmp_path: Path) -> None:
    """Not even when columns are said to hold what they do not."""
    table = messy.rows()
    hidden = messy.hidden_cells(table)
    assert len(hidden) > 300
    browser = start()
    browser.drop(messy.write(tmp_path / "a.csv"))
    state = settle(browser)
    for name in ("Student ID", "Nickname?", "Email Address", "Timestamp", table[0][-3]):
        position = column(state, name)["position"]
        for target in ("care_1", "gender", "wave", "school", "more", "respondent", ""):
            browser.do(do="column", position=position, target=target)
    browser.do(do="wave", text="fall")
    browser.say({"type": "use"})
    browser.drop(write_roster(tmp_path / "students.csv"), "roster")
    said = browser.everything()
    assert [cell for cell in hidden if cell in said] == []
    assert browser.loader.get_state().keys() <= {
        *("_anywidget_id", "_css", "_dom_classes", "_esm", "_model_module", "_model_module_version"),
        *("_model_name", "_view_count", "_view_module", "_view_module_version", "_view_name"),
        *("language", "layout", "tabbable", "tooltip"),
    }


def test_small_counts_and_row_numbers_are_not_said(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start()
    state = browser.drop(messy.write(tmp_path / "a.csv", 46))["state"]
    settle(browser)
    state = browser.state()
    assert state["fits"]
    rows = next(section for section in state["sections"] if section["title"] == "Rows")
    assert [line[0] for line in rows["lines"]][:2] == ["46", "- under 10"]
    said = json.dumps(state["sections"])
    assert ", row " not in said
    counts = [line[0].split()[-1] for section in state["sections"] for line in section["lines"]]
    assert all(count == "10" or int(count.replace(",", "")) >= 10 for count in counts)
    tiny = start()
    state = tiny.drop(messy.write(tmp_path / "b.csv", 6))["state"]
    assert state["file"]["rows"] == "under 10"
    assert all(c["filled"] in ("under 10", "") for c in state["columns"])


def test_of_every_step_of_the_ledger_it_was_looked_whether_it_quotes_cells() -> None:
    """A new step is not shown until it stands in one of the sets; these never are."""
    looked_at = shown.PLAIN | shown.KNOWN | shown.OF_A_KEY | shown.OF_WAVES
    of_marks = {"terms", "attendance", "untold", "cannot tell"}
    assert set(STEPS) - looked_at == {"unmatched labels", "where", "without"} | of_marks


def test_a_file_without_a_header_is_refused(start: Callable[..., Browser], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(messy.rows()[1:])
    browser = start()
    answer = browser.drop(path)
    assert "where the names of the columns should" in answer["sentence"]
    said = browser.everything()
    assert [cell for cell in messy.hidden_cells(messy.rows()) if cell in said] == []


def test_an_error_nobody_thought_of_shows_no_cell(
    start: Callable[..., Browser],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    browser = start(messy.write(tmp_path / "a.csv"))

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("kid7@students.example.org")

    monkeypatch.setattr("relsurvey.loading.load.read", fail)
    answer = browser.say({"type": "change", "steps": [{"do": "wave", "text": "fall"}]})
    assert answer["type"] == "refused" and answer["sentence"].startswith("Something went wrong")
    assert "kid7" not in browser.everything() + "".join(capsys.readouterr())


def test_what_an_observer_raises_is_its_own(start: Callable[..., Browser]) -> None:
    browser = start(demo_workbook())

    def fail(_: Any) -> None:
        raise ZeroDivisionError

    browser.loader.observe(fail, "used")
    with pytest.raises(ZeroDivisionError):
        browser.say({"type": "use"})
    assert browser.loader.study is not None


@pytest.mark.parametrize(
    "message",
    [
        *({}, {"type": "no such"}, {"type": "begin"}, {"type": "begin", "role": "answers", "size": "9"}),
        *(
            {"type": "piece"},
            {"type": "piece", "index": 0},
            {"type": "change"},
            {"type": "change", "steps": 1},
        ),
        {
            "type": "change",
            "steps": [None, {}, {"do": "column"}, {"do": "column", "position": 9999, "target": ""}],
        },
        {"type": "change", "steps": [{"do": "column", "position": -1, "target": "care_1"}]},
        {"type": "change", "steps": [{"do": "column", "position": 0, "target": "no such"}]},
        {"type": "change", "steps": [{"do": "label", "key": "how_often", "text": "x", "value": "99"}]},
        {"type": "change", "steps": [{"do": "missing", "items": [{}, "no such"], "on": True}]},
    ],
)
def test_messages_that_make_no_sense_change_nothing(start: Callable[..., Browser], message: Any) -> None:
    browser = start(demo_workbook())
    before = browser.state()
    browser.say(message)
    assert {**browser.state(), "undo": False} == before


# The file on its way


def test_a_file_is_kept_privately_and_removed(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start()
    browser.drop(messy.write(tmp_path / "a.csv"), piece=10_000)
    place = Path(browser.loader._loading.sources[0].path)
    assert place.read_bytes() == (tmp_path / "a.csv").read_bytes()
    if os.name != "nt":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.parent.stat().st_mode) == 0o700
    browser.drop(messy.write(tmp_path / "b.csv"))
    assert not place.exists(), "another file took its place"
    place = Path(browser.loader._loading.sources[0].path)
    (tmp_path / "c.csv").write_bytes(b"%PDF")
    assert browser.drop(tmp_path / "c.csv")["type"] == "refused"
    assert [path.name for path in place.parent.parent.rglob("*.csv")] == ["b.csv"]
    browser.loader.close()
    assert not place.parent.parent.exists()
    assert (tmp_path / "b.csv").exists()


def test_a_file_is_removed_when_python_ends(tmp_path: Path) -> None:
    code = (
        "from relsurvey.loading import Inbox\n"
        "inbox = Inbox(1); inbox.begin('a.csv', 3); inbox.add(0, b'abc'); print(inbox.take(), flush=True)\n"
        "inbox.begin('b.csv', 3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).parent.parent.exists()


def test_a_file_is_taken_in_order_and_within_its_size() -> None:
    inbox = Inbox(megabytes=2)
    for index, piece in ((1, b"ab"), (0, b""), (0, b"abcde"), (0, b"x" * 1_000_001)):
        inbox.begin("a.csv", 2_000_000 if len(piece) > 100 else 4)
        with pytest.raises(ReadError, match="did not arrive"):
            inbox.add(index, piece)
        with pytest.raises(ReadError, match="not announced"):
            inbox.add(0, b"ab")
    inbox.begin("a.csv", 4)
    assert inbox.add(0, b"ab") == 2
    with pytest.raises(ReadError, match="not here yet"):
        inbox.take()
    with pytest.raises(ReadError, match="may have 2"):
        inbox.begin("a.csv", 3 * 1024**2)
    with pytest.raises(ReadError, match="empty"):
        inbox.begin("a.csv", 0)
    inbox.close()
    inbox.close()


def test_a_cancelled_file_leaves_what_was_there(start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start(demo_workbook())
    before = browser.state()
    browser.say({"type": "begin", "role": "answers", "name": "b.csv", "size": 10, "id": "me 2"})
    browser.say({"type": "piece", "index": 0, "id": "me 2"}, b"a,b\n")
    browser.say({"type": "cancel", "id": "me 2"})
    assert browser.state() == before
    browser.say({"type": "begin", "role": "answers", "name": "c.csv", "size": 4, "id": "me 3"})
    heard = len(browser.heard)
    browser.loader._hear(None, {"type": "piece", "index": 0, "id": "me 2"}, [memoryview(b"late")])
    assert len(browser.heard) == heard, "a late piece of another file is not taken for this one"


def test_a_file_larger_than_allowed_is_refused_before_it_is_sent(start: Callable[..., Browser]) -> None:
    browser = start(limits=Limits(megabytes=1))
    answer = browser.say({"type": "begin", "role": "answers", "name": "a.csv", "size": 2 * 1024**2})
    assert answer == {
        "type": "refused",
        "to": "me 1",
        "sentence": "The file has 2 MB, and one file may have 1. Split it, or raise `limits`.",
    }


@pytest.mark.parametrize(
    "name", ["../../up.csv", "<img src=x onerror=alert(1)>.csv", 'a"\n#\nb.csv', "con.csv", ".csv"]
)
def test_a_hostile_name_is_only_a_name(start: Callable[..., Browser], tmp_path: Path, name: str) -> None:
    browser = start()
    (tmp_path / "a.csv").write_text(belonging.as_csv(belonging.ROWS * 5), "utf-8")
    browser.drop(tmp_path / "a.csv", name=name)
    place = Path(browser.loader._loading.sources[0].path)
    assert place.parent.parent.name.startswith("relsurvey-")
    browser.loader._loading._take_instrument(belonging.INSTRUMENT)
    browser.loader._loading.ask("own")
    assert browser.do(do="lenient", on=True)["fits"]
    browser.loader.use()
    comment, *rest = browser.loader.code.splitlines()
    assert comment.startswith("# Put ") and rest[0].startswith("study = rs.read(")


def test_a_file_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="There is no file"):
        Loader(tmp_path / "none.csv")
    with pytest.raises(MatchError, match="settle what is left"):
        Loader().use()


@pytest.mark.notebooks
def test_a_saved_notebook_holds_nothing_of_the_file(tmp_path: Path) -> None:
    messy.write(tmp_path / "a.csv")
    cells = [
        "import relsurvey as rs\nloader = rs.widgets.Loader()\nloader",
        (
            "data = open('a.csv', 'rb').read()\n"
            "loader._hear(None, {'type': 'hello', 'id': 'x 1'}, [])\n"
            "begin = {'type': 'begin', 'role': 'answers', 'name': 'a.csv', 'size': len(data), 'id': 'x 2'}\n"
            "loader._hear(None, begin, [])\n"
            "loader._hear(None, {'type': 'piece', 'index': 0, 'id': 'x 2'}, [data])\n"
            "loader._hear(None, {'type': 'use', 'id': 'x 3'}, [])\n"
            "assert loader._loading.look.rows == 200"
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
        store_widget_state=True,
    ).execute()
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    [state] = [s["state"] for s in states.values() if s["model_name"] == "AnyModel"]
    assert {name for name in state if not name.startswith("_")} == {
        "language",
        "layout",
        "tabbable",
        "tooltip",
    }
    saved = nbformat.writes(notebook)
    assert [cell for cell in messy.hidden_cells(messy.rows()) if cell in saved] == []
    assert messy.RENAMED not in saved.replace(state["_esm"], "") and "Oftn" not in saved
