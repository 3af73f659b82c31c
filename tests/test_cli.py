"""The command: what it prints, and one sentence for every error."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from relsurvey.view import View
from tests.publish.small_view import small_view_json
from tests.publish.test_next_step import CARD, saved
from tests.reading.belonging import INSTRUMENT, as_csv
from tests.view.test_view import simulate


def run(*arguments, cwd=None):
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "relsurvey.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
    )


def test_demo_writes_a_view_and_says_what_is_in_it(tmp_path):
    done = run("demo", "--no-serve", "--no-open", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "view.html").is_file()
    for word in (
        "Read      905 rows, kept 902",
        "simulated data",
        "Scale     share_power",
        "3 schools, 6 teams",
        "fewer than 11",
    ):
        assert word in done.stdout
    assert done.stderr == ""


def test_publish_makes_a_view_of_real_answers(tmp_path, shared):
    file = shared / "autonomy_support" / "autonomy_support.csv"
    done = run("publish", file, "--instrument", "teacher-autonomy", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "259 rows" in done.stdout and (tmp_path / "out" / "view.html").is_file()


def test_check_prints_the_ledger_and_publishes_nothing(tmp_path, shared):
    done = run("check", shared / "autonomy_support" / "autonomy_support.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "rows kept" in done.stdout and not list(tmp_path.iterdir())


def test_instruments_lists_the_ready_ones():
    done = run("instruments")
    assert done.returncode == 0 and "five-elements" in done.stdout and "teacher-autonomy" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["publish", "none.xlsx", "--out", "o"], "There is no file at none.xlsx"),
        (["check", "none.csv", "--instrument", "nothing"], "There is no file"),
        (["serve", "nowhere"], "app.ipynb: publish"),
        (["serve", ".", "--ip", "0.0.0.0"], "app.ipynb: publish"),
        (["verify", "nowhere/teams.yaml"], "holds no published view"),
        (["bogus"], "No such command"),
        (["publish"], "Missing argument"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_2(tmp_path, arguments, says):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "command",
    ["demo", "check", "publish", "serve", "comments", "log", "where", "forget", "instruments"],
)
def test_every_command_has_help_with_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0 and f"Example: relsurvey {command}" in done.stdout


def test_check_needs_no_instrument(tmp_path, shared):
    done = run("check", shared / "bfi" / "bfi.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2,800 rows, 29 columns; 25 look like questions" in done.stdout
    assert "'1' < '2' < '3' < '4' < '5' < '6'" in done.stdout
    assert "`relsurvey new bfi.csv` makes one" in done.stdout and done.stderr == ""
    assert not list(tmp_path.iterdir())


def test_a_gradebook_is_no_survey():
    from relsurvey.demo import demo_gradebook

    done = run("check", demo_gradebook()[0].path)
    assert done.returncode == 2 and done.stdout == ""
    assert "holds marks (Canvas gradebook), not answers to a survey. Read it in a notebook" in done.stderr


@pytest.fixture
def reworded(tmp_path):
    """An instrument, and a file that words its questions otherwise and spells an answer wrongly."""
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    path = tmp_path / "answers.csv"
    rows = [[f"{i:03d}", "Agree", "Agre" if i == 3 else "Disagree", "4 - Agree"] for i in range(1, 30)]
    header = ["student_id", "I belong here", "The people here know me", "I feel left out here [bold]x[/bold]"]
    path.write_text(as_csv(rows, header), "utf-8")
    return path


def test_check_proposes_a_mapping_that_then_reads_the_file(reworded, tmp_path):
    arguments = ("check", "answers.csv", "--instrument", "belonging.yaml")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1 and "lacks 3 of the 3 questions" in done.stderr
    assert "[bold]x[/bold]" in done.stdout
    mapping = tmp_path / "answers.mapping.yaml"
    assert str(mapping.name) in done.stdout
    text = mapping.read_text("utf-8")
    assert '"Agre": "Agree"' in text and "confirmed: false" in text
    assert "confirmed: true" in run(*arguments, cwd=tmp_path).stderr
    mapping.write_text(text.replace("confirmed: false", "confirmed: true"), "utf-8")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "= 29" in done.stdout and "answers 'Agre' → 4" in done.stdout


def test_the_command_that_is_advised_for_comments_reads_the_same_file(tmp_path):
    (tmp_path / "our survey.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    simulate((30,)).assign(more="I like it").drop(columns="wave").to_csv(tmp_path / "a.csv", index=False)
    given = ["--instrument", "our survey.yaml", "--wave", "fall"]
    done = run("check", "a.csv", *given, cwd=tmp_path)
    advised = re.search("`(relsurvey comments .*)` shows them", done.stdout)[1]
    assert shlex.split(advised) == ["relsurvey", "comments", "a.csv", *given]
    done = run(*shlex.split(advised)[1:], cwd=tmp_path)
    assert done.returncode == 0 and "I like it" in done.stdout, done.stderr


def test_check_with_a_roster_says_first_who_answered(reworded, tmp_path):
    roster = tmp_path / "students.csv"
    roster.write_text("student_id,school\n" + "".join(f"{i},North\n" for i in range(1, 61)), "utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "format: 1\ninstrument: belonging-short\ncolumns:\n  I belong here: b1\n"
        "  The people here know me: b2\n"
        "  'I feel left out here [bold]x[/bold]': b3\nlabels: {agree5: {Agre: 4}}\n",
        "utf-8",
    )
    arguments = ("--instrument", "belonging.yaml", "--mapping", "m.yaml", "--roster", "students.csv")
    done = run("check", "answers.csv", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("Who answered") < done.stdout.index("Rows")
    assert "48 %" in done.stdout


def test_several_files_each_with_its_wave(tmp_path):
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    for wave in ("fall", "spring"):
        rows = [[f"{i:03d}", "Agree", "Agree", "Agree"] for i in range(1, 31)]
        (tmp_path / f"{wave}.csv").write_text(as_csv(rows, ["student_id", "b1", "b2", "b3"]), "utf-8")
    common = ("check", "fall.csv", "spring.csv", "--instrument", "belonging.yaml")
    done = run(*common, "--wave", "fall", "--wave", "spring", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "= 60" in done.stdout
    # One wave for both files: the second row of each student replaces the first.
    assert "= 30" in run(*common, "--wave", "fall", cwd=tmp_path).stdout
    wrong = run(*common, *("--wave", "fall") * 3, cwd=tmp_path)
    assert wrong.returncode == 2 and "2 files and 3 times --wave" in wrong.stderr


def test_publish_holds_a_file_against_an_earlier_release(tmp_path):
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    for name, students in (("monday", 60), ("friday", 63)):
        rows = [[f"{i:03d}", "Agree", "Disagree" if i % 3 else "Agree", "Agree"] for i in range(students)]
        (tmp_path / f"{name}.csv").write_text(as_csv(rows, ["student_id", "b1", "b2", "b3"]), "utf-8")
    options = ("--instrument", "belonging.yaml", "--out", "view", "--ledger", "books/belonging.jsonl")
    for name in ("monday", "monday"):
        done = run("publish", f"{name}.csv", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = run("publish", "friday.csv", *options, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "fewer than 11 students joined" in done.stderr and "63" not in done.stderr
    assert (tmp_path / "books" / "belonging.jsonl").read_text("utf-8").count("\n") == 2


def test_publish_says_that_all_schools_together_are_left_out(tmp_path):
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    simulate((60, 60, 7)).to_csv(tmp_path / "answers.csv", index=False)
    done = run("publish", "answers.csv", "--instrument", "belonging.yaml", "--out", "view", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Left out  All schools together have no page here" in done.stdout
    assert "School 2" not in done.stdout


def test_a_threshold_may_be_raised_and_never_lowered(tmp_path):
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    simulate((60,)).to_csv(tmp_path / "answers.csv", index=False)
    command = ["publish", "answers.csv", "--instrument", "belonging.yaml", "--out", "out"]
    for n, doors, least in (("10", [], 11), ("0", [], 11), ("-3", ["--format", "voila"], 10)):
        done = run(*command, *doors, "--min-n", n, cwd=tmp_path)
        assert done.returncode == 2 and not (tmp_path / "out").exists()
        assert f"--min-n {n} is too low: nothing is published of fewer than {least} students" in done.stderr
        assert "may be raised, never lowered" in done.stderr and done.stderr.count("\n") == 1
    for n, doors in (("10", ["--format", "voila"]), ("20", [])):
        done = run(*command, *doors, "--min-n", n, "--ledger", f"ledger-{n}.jsonl", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"Nothing stands for fewer than {n} students." in done.stdout
        shutil.rmtree(tmp_path / "out")


def test_publish_takes_teams_files_and_own_strategies(tmp_path):
    (tmp_path / "belonging.yaml").write_text(INSTRUMENT.to_yaml(), "utf-8")
    simulate((60,)).to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "ours.yaml").write_text(CARD, "utf-8")
    (tmp_path / "cards").mkdir()
    fall = View.model_validate_json(small_view_json())
    unit = fall.units[0].model_copy(update={"id": "school-0", "title": {"en": "School 0"}})
    fall = fall.model_copy(update={"id": "belonging-short-fall", "units": [unit]})
    (tmp_path / "cards" / "one.json").write_text(saved(fall, "school-0", noticed="We listen."), "utf-8")
    (tmp_path / "cards" / "two.json").write_text(saved(fall, "school-7"), "utf-8")
    command = ["publish", "answers.csv", "--instrument", "belonging.yaml", "--out", "out"]
    command += ["--ledger", "ledger.jsonl"]
    done = run(*command, "--cards", "cards", "--strategies", "ours.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Left out  two.json is of 'school-7', which this view does not show" in done.stdout
    view = View.model_validate_json((tmp_path / "out" / "view.relsurvey.json").read_text("utf-8"))
    assert [card.noticed for card in view.units[0].cards] == ["We listen."] and view.strategies == []
    (tmp_path / "cards" / "one.json").write_text("{}", "utf-8")
    for options, says in (
        (["--cards", "cards"], "relsurvey: one.json is not a file that the page Next step saved"),
        (["--strategies", "answers.csv"], "relsurvey: answers.csv, line 1: "),
    ):
        wrong = run(*command, *options, cwd=tmp_path)
        assert wrong.returncode == 2 and wrong.stderr.startswith(says) and wrong.stderr.count("\n") == 1
