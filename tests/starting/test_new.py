"""``relsurvey new``, as a coach runs it: from a file or from nothing, to a view of invented answers."""

from __future__ import annotations

import shutil

import pytest

from relsurvey.demo import demo_workbook
from relsurvey.errors import PublishError
from relsurvey.instrument import Instrument
from relsurvey.starting import new
from relsurvey.starting.new import ANSWERS
from tests.test_cli import run

FORM = ["README.txt", "google-form.gs", ANSWERS, "qualtrics-survey.txt"]


def names(folder):
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_without_a_file_an_example_is_written_checked_and_published(tmp_path):
    done = run("new", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "homework-and-time"
    assert names(folder) == sorted([*FORM, "homework-and-time.yaml"])
    # The command that it prints next is one that works.
    line = next(line for line in done.stdout.splitlines() if "relsurvey check" in line)
    checked = run(*line.split()[1:], cwd=tmp_path)
    assert checked.returncode == 0 and "Fits the instrument homework-and-time" in checked.stdout
    published = run(
        *("publish", folder / ANSWERS, "--instrument", folder / "homework-and-time.yaml"),
        *("--out", tmp_path / "view"),
    )
    assert published.returncode == 0, published.stderr
    assert "(simulated data)" in published.stdout and "3 schools" in published.stdout
    assert (tmp_path / "view" / "view.html").is_file()


def test_from_a_file_an_instrument_is_written_that_reads_it(tmp_path):
    file = tmp_path / "Our answers.xlsx"
    shutil.copy(demo_workbook(), file)
    done = run("new", file.name, "--title", "Our survey", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    yaml = tmp_path / "our-answers" / "our-answers.yaml"
    assert Instrument.from_yaml(yaml).title == {"*": "Our survey"}
    for answers in (file, tmp_path / "our-answers" / ANSWERS):
        checked = run("check", answers, "--instrument", yaml)
        assert checked.returncode == 0, checked.stderr
    published = run("publish", file, "--instrument", yaml, "--out", tmp_path / "view")
    assert published.returncode == 0 and "20 questions; 7 group variables" in published.stdout


def test_of_a_yaml_the_form_and_the_answers_are_written_beside_it(tmp_path):
    started = new(out=tmp_path / "ours", id="lunch", title="Lunch")
    yaml = tmp_path / "ours" / "lunch.yaml"
    yaml.write_text(yaml.read_text("utf-8").replace("My homework helps", "Lunch helps"), "utf-8")
    with pytest.raises(PublishError, match="is there already and differs, so nothing was written"):
        new(yaml)
    assert "Lunch helps" not in (started.directory / "google-form.gs").read_text("utf-8")
    again = new(yaml, force=True)
    assert sorted(path.name for path in again.files) == sorted(set(FORM) - {"README.txt"})
    assert "Lunch helps" in (started.directory / "google-form.gs").read_text("utf-8")
    assert new(yaml).files == ()


def test_of_a_ready_instrument_too_and_in_spanish(tmp_path):
    done = run("new", "five-elements", "--language", "es", "--out", tmp_path / "form")
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "form") == sorted(FORM)
    assert "¿Quieres participar?" in (tmp_path / "form" / "google-form.gs").read_text("utf-8")
    assert run("check", tmp_path / "form" / ANSWERS, "--instrument", "five-elements").returncode == 0


def test_the_readme_has_five_lines_whose_commands_work(tmp_path):
    new(out=tmp_path / "ours", language="es")
    lines = (tmp_path / "ours" / "README.txt").read_text("utf-8").splitlines()
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4.", "5."]
    for line in lines[:2]:
        command = line.partition("relsurvey ")[2].split()
        done = run(*command, cwd=tmp_path / "ours")
        assert done.returncode == 0, done.stderr
    assert lines[4].endswith("--instrument homework-and-time.yaml --wave fall")


def test_all_is_written_or_nothing(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / ANSWERS).write_text("mine", "utf-8")
    done = run("new", "--out", "ours", cwd=tmp_path)
    assert done.returncode == 2 and "--force" in done.stderr and done.stdout == ""
    assert names(tmp_path / "ours") == [ANSWERS]
    assert run("new", "--out", "ours", "--force", cwd=tmp_path).returncode == 0
    assert len(names(tmp_path / "ours")) == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.csv"], "There is no file at none.csv"),
        (["none.yaml"], "There is no instrument file at none.yaml"),
        (["broken.yaml"], "broken.yaml, line 1"),
        (["words.txt"], "no column, under a heading of its own"),
        (["."], "is a folder"),
        (["five-elements", "--id", "x"], "has an id and a title already"),
        (["--language", "fr"], "There is no form in 'fr'. Use en or es."),
        (["--out", "words.txt"], "words.txt"),
    ],
)
def test_an_error_is_one_sentence_and_nothing_is_written(arguments, says, tmp_path):
    (tmp_path / "broken.yaml").write_text("format: [", "utf-8")
    (tmp_path / "words.txt").write_text("word,number\nred,1\nblue,2\ngreen,3\n", "utf-8")
    before = names(tmp_path)
    done = run("new", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr
    assert names(tmp_path) == before


def test_help_has_an_example():
    done = run("new", "--help")
    assert done.returncode == 0 and "Example: relsurvey new" in done.stdout
