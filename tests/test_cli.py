"""The command: what it prints, and one sentence for every error."""

from __future__ import annotations

import subprocess
import sys

import pytest


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
        (["bogus"], "No such command"),
        (["publish"], "Missing argument"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_2(tmp_path, arguments, says):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr and done.stdout == ""


@pytest.mark.parametrize("command", ["demo", "check", "publish", "serve", "instruments"])
def test_every_command_has_help_with_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0 and f"Example: relsurvey {command}" in done.stdout
