"""The release screen of a terminal, as a person types at it."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console

from relsurvey.comments import Names
from relsurvey.comments.terminal import sit
from tests.comments import school
from tests.comments.test_desk import ADULT, DANGER, desk
from tests.reading.belonging import INSTRUMENT

HOSTILE = "\x1b[2J[bold]hi[/bold] \u202edaer\x07 [red]x"


def at(study, typed, language="en", **more):
    """Return what is printed, and the desk afterwards."""
    lines, out = iter(typed), io.StringIO()

    def ask(question):
        out.write(question)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    one = desk(study, **more)
    sit(one, Console(file=out, width=100, color_system=None), ask, language)
    return out.getvalue(), one


@pytest.fixture
def study(tmp_path):
    return school.study(tmp_path, {"North": [*school.plain(2), DANGER, ADULT]})


def test_unread_since_when_is_said_first(study):
    out, _ = at(study, ["q"])
    first = out.splitlines()[0]
    assert first.startswith("Unread comments: 4, the oldest since 20") and "words of danger: 1" in first


def test_danger_is_passed_on_with_a_name_and_the_contact_is_shown(study):
    out, one = at(study, ["p", "Counselor Kim", "q"])
    assert out.index(DANGER) < out.index("WORDS OF DANGER") < out.index("School counseling office")
    assert "self-harm: want to die" in out and one.counts["passed on"] == 1
    # Nothing typed goes back.
    _, one = at(study, ["p", "", "q"])
    assert one.unread.count == 3


def test_danger_is_released_only_after_yes(study):
    _, one = at(study, ["r", "y", "r", "yes", "q"])
    assert one.counts["released"] == 1


def test_an_adult_s_name_keeps_it_back(study):
    out, one = at(study, ["h", "r", "q"])
    assert "an adult’s name: Mr. Okafor" in out and "so it cannot be released" in out
    assert one.counts == {"released": 0, "held": 1, "passed on": 0}


def test_undo_skip_and_a_wrong_key(study):
    out, one = at(study, ["s", "u", "x", "h", "u", "u", "q"])
    assert one.unread.count == 4 and out.count("WORDS OF DANGER") >= 3
    assert "Type r, h, p, s, u, t or q" in out and "nothing to take back" in out


def test_it_ends_when_all_is_read_and_when_nobody_types(study):
    out, one = at(study, ["h"] * 4)
    assert "No comment is unread. Released: 0. Held: 4." in out and one.current is None


def test_a_release_is_taken_back_in_a_later_sitting(study, own_home):
    at(study, ["h", "h", "r", "r"])
    out, one = at(study, ["x", "t", "9", "t", "", "t", "2", "t", "1", "q"])
    assert "Type t, u or q" in out and "No released comment has this number" in out
    # By a number each, and what was held is not among them.
    assert all(out.count(text) > 1 for text in school.plain(2)) and DANGER not in out and ADULT not in out
    assert out.count("Views already handed out keep it; publishing again leaves it out.") == 2
    assert one.counts == {"released": 0, "held": 4, "passed on": 0}
    assert "No comment is unread. Released: 0. Held: 4." in at(study, ["t"])[0]


def test_nothing_released_is_nothing_to_take_back(study):
    assert "No comment is released." in at(study, ["t", "q"])[0]
    assert "No hay comentarios liberados." in at(study, ["t", "q"], language="es")[0]


def test_it_ends_when_nobody_types(study):
    assert at(study, [])[1].unread.count == 4


def test_text_is_printed_as_text(tmp_path):
    out, _ = at(school.study(tmp_path, {"North": [HOSTILE]}), ["q"])
    assert "[bold]hi[/bold] daer [red]x" in out
    assert not any(sign in out for sign in "\x1b\x07\u202e")


def test_colour_marks_what_the_lines_below_say(tmp_path):
    out = io.StringIO()
    one = desk(school.study(tmp_path, {"North": [DANGER]}), names=Names())

    def leave(_):
        raise EOFError

    sit(one, Console(file=out, force_terminal=True, color_system="standard", width=100), leave)
    assert "\x1b[1;7mwant to die\x1b[0m" in out.getvalue()


def test_the_screen_speaks_spanish(study):
    out, _ = at(study, ["p", "Consejera", "q"], language="es")
    assert "sin leer" in out and "PALABRAS DE PELIGRO" in out and "autolesión: want to die" in out
    assert "Canalizados: 1" in out


def test_the_command(tmp_path, own_home):
    path = school.file(tmp_path, {"North": [*school.plain(2), "Okafor yells", DANGER]})
    instrument = tmp_path / "belonging.yaml"
    instrument.write_text(INSTRUMENT.to_yaml(), "utf-8")
    staff = tmp_path / "staff.csv"
    staff.write_text("name,room\nChidi Okafor,12\n", "utf-8")
    command = [sys.executable, "-m", "relsurvey.cli", "comments", str(path), "--instrument", str(instrument)]

    def run(typed):
        return subprocess.run(
            [*command, "--staff", str(staff)],
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "RELSURVEY_HOME": str(own_home), "PYTHONUTF8": "1"},
        )

    done = run("p\nOffice\nr\nh\nr\nr\n")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert "an adult’s name: Okafor" in done.stdout and "Released: 2. Held: 1. Passed on: 1." in done.stdout
    assert "No comment is unread." in run("").stdout
