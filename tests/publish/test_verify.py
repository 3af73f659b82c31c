"""A published folder is whole, or a sentence says what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from relsurvey.cli import app
from relsurvey.errors import PublishError
from relsurvey.publish import publish
from relsurvey.publish.each import INDEX, TEAMS
from relsurvey.publish.verify import left_over, verify
from relsurvey.view import View
from tests.publish.small_view import small_view_json
from tests.publish.test_each import several

DOORS = ("voila", "html")


def test_a_whole_folder(tmp_path: Path) -> None:
    publish(View.model_validate_json(small_view_json()), tmp_path, DOORS)
    (found,) = verify(tmp_path)
    assert (found.made, found.simulated) == ("2026-01-31", True)
    assert set(found.files) == {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["view.html", "app.ipynb", "view.relsurvey.json"])
def test_a_changed_or_lost_file_is_named(tmp_path: Path, name: str) -> None:
    publish(View.model_validate_json(small_view_json()), tmp_path, DOORS)
    whole = (tmp_path / name).read_bytes()
    for damage in (whole[:-9], whole.replace(b"70", b"71"), b""):
        (tmp_path / name).write_bytes(damage)
        with pytest.raises(PublishError, match=re.escape(name)):
            verify(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(PublishError, match=re.escape(name)):
        verify(tmp_path)


def test_each_folder_and_that_all_are_of_one_release(tmp_path: Path) -> None:
    publish(several(), tmp_path, DOORS, each="school")
    first, second = verify(tmp_path)
    assert first.release == second.release
    publish(several(north="Renamed"), tmp_path / "other", DOORS, each="school")
    (tmp_path / second.directory.name).rename(tmp_path / "gone")
    (tmp_path / "other" / second.directory.name).rename(second.directory)
    with pytest.raises(PublishError, match="not all of one release"):
        verify(tmp_path)


def test_a_folder_that_an_earlier_release_left_over_is_named(tmp_path: Path) -> None:
    publish(several(), tmp_path, DOORS, each="school")
    assert left_over(tmp_path) == ()
    first, second = (one.directory for one in verify(tmp_path))
    teams = yaml.safe_load((tmp_path / TEAMS).read_text("utf-8"))
    teams["teams"] = teams["teams"][:1]
    (tmp_path / TEAMS).write_text(yaml.safe_dump(teams), "utf-8")
    assert left_over(tmp_path) == (second,) and left_over(first) == ()
    said = CliRunner().invoke(app, ["verify", str(tmp_path)]).stdout
    assert f"Left over {second}: of an earlier release" in said and said.count("Whole") == 1


def test_one_release_in_the_place_of_several_takes_their_list_away_and_keeps_their_folders(
    tmp_path: Path,
) -> None:
    publish(several(), tmp_path, DOORS, each="school")
    folders = tuple(one.directory for one in verify(tmp_path))
    publish(View.model_validate_json(small_view_json()), tmp_path / "other", DOORS)
    assert (tmp_path / TEAMS).is_file() and left_over(tmp_path) == ()
    publish(View.model_validate_json(small_view_json()), tmp_path, DOORS)
    assert not (tmp_path / TEAMS).exists() and not (tmp_path / INDEX).exists()
    # What was published below as one of its own is no left-over.
    assert left_over(tmp_path) == folders and [one.directory for one in verify(tmp_path)] == [tmp_path]
    assert [verify(folder)[0].directory for folder in folders] == list(folders)
    publish(several(), tmp_path, DOORS, each="school")
    assert left_over(tmp_path) == () and len(verify(tmp_path)) == len(folders)


def test_a_page_that_nobody_published_is_not_taken_away(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("<p>Ours</p>", "utf-8")
    publish(View.model_validate_json(small_view_json()), tmp_path, DOORS)
    assert (tmp_path / INDEX).read_text("utf-8") == "<p>Ours</p>"


def test_nothing_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("a: 1", "utf-8")
    with pytest.raises(PublishError, match="no published view"):
        verify(tmp_path)
    for name in ("none", "odd.yaml/none"):
        with pytest.raises(PublishError, match="no published view"):
            verify(tmp_path / name)
    with pytest.raises(PublishError, match=r"odd\.yaml is no file that `relsurvey publish` wrote"):
        verify(tmp_path / "odd.yaml")


def test_a_file_stands_for_its_folder(tmp_path: Path) -> None:
    publish(View.model_validate_json(small_view_json()), tmp_path / "one", DOORS)
    publish(several(), tmp_path / "each", DOORS, each="school")
    assert verify(tmp_path / "one" / "view.html") == verify(tmp_path / "one")
    assert verify(tmp_path / "each" / "teams.yaml") == verify(tmp_path / "each")
    assert verify(tmp_path / "each" / "north" / "app.ipynb") == verify(tmp_path / "each" / "north")
    for folder in ("one", "each"):
        (tmp_path / folder / "odd.yaml").write_text("a: 1", "utf-8")
        with pytest.raises(PublishError, match="no file that `relsurvey publish` wrote"):
            verify(tmp_path / folder / "odd.yaml")
