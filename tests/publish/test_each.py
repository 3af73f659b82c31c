"""A folder for each school or team: what each holds, and the sheet that leads there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import relsurvey as rs
from relsurvey.errors import PublishError
from relsurvey.escape import slug
from relsurvey.instrument import Instrument
from relsurvey.publish import publish
from relsurvey.publish.each import INDEX, TEAMS, Place, Places, parts, read, sheet
from relsurvey.publish.write import Format
from relsurvey.view import View
from tests.publish.small_view import HOSTILE, small_view_json
from tests.reading.belonging import INSTRUMENT
from tests.view.test_view import simulate


def several(**titles: str) -> View:
    """Return a view of all schools, of each school, and of a team in the first one."""
    view = View.model_validate_json(small_view_json())
    unit = view.units[0]
    kinds = {"all": ("all", None), "team": ("team", slug(titles.get("north", "north")))}
    units = []
    for name in ("all", "north", "south", "team"):
        kind, parent = kinds.get(name, ("school", "all"))
        title = titles.get(name, name)
        update = {"id": slug(title), "kind": kind, "parent": parent, "title": {"en": title, "es": title}}
        units.append(unit.model_copy(update=update))
    return view.model_copy(update={"units": units})


def test_a_school_has_itself_its_teams_and_all() -> None:
    found = parts(several(north="North High", south="South High"), "school")
    assert {name: [unit.id for unit in view.units] for name, view in found.items()} == {
        "north-high": ["north-high", "team", "all"],
        "south-high": ["south-high", "all"],
    }
    # Nothing of another school is in what a school gets.
    assert "South" not in found["north-high"].to_json()


def test_a_team_has_itself_its_school_and_all() -> None:
    found = parts(several(team="Team Blue"), "team")
    assert {name: [unit.id for unit in view.units] for name, view in found.items()} == {
        "south": ["south", "all"],
        "team-blue": ["team-blue", "north", "all"],
    }


def test_a_school_whose_only_team_is_the_whole_school_has_a_team_s_folder(tmp_path: Path) -> None:
    rows = simulate((120, 60))
    rows["team"] = ["Blue", "Red"] * 60 + ["Solo"] * 60
    named = INSTRUMENT.model_dump(mode="json", by_alias=True, exclude_unset=True)
    named["identity"]["team"] = "team"
    study = rs.read(rows, Instrument.model_validate(named), ids="as-is")
    published = publish(study.view(by=[], min_n=11), tmp_path, ("html",), each="team")
    assert sorted(read(tmp_path / TEAMS).places, key=lambda place: place.slug) == [
        Place("school-0-blue", {"en": "School 0: Blue", "es": "School 0: Blue"}),
        Place("school-0-red", {"en": "School 0: Red", "es": "School 0: Red"}),
        Place("school-1", {"en": "School 1", "es": "School 1"}),
    ]
    assert "school-1/view.html" in published.files
    assert 'href="school-1/view.html"' in (tmp_path / INDEX).read_text("utf-8")


def test_a_folder_is_called_after_its_unit_and_never_lies_elsewhere(tmp_path: Path) -> None:
    view = several()
    units = [unit.model_copy(update={"id": "../up"}) if unit.id == "south" else unit for unit in view.units]
    with pytest.raises(PublishError, match="cannot be the name of a folder"):
        publish(view.model_copy(update={"units": units}), tmp_path / "out", ("html",), each="school")
    assert not (tmp_path / "out").exists()


def test_nothing_to_write_for_each_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="No team has a page of its own"):
        publish(View.model_validate_json(small_view_json()), tmp_path / "out", ("html",), each="team")
    assert not (tmp_path / "out").exists()
    with pytest.raises(PublishError, match="Choose from: school, team"):
        publish(several(), tmp_path, ("html",), each="teacher")  # type: ignore[arg-type]


def test_a_folder_each_a_list_and_a_sheet(tmp_path: Path) -> None:
    seen: list[str] = []
    view = several(north="../North", south="South")
    published = publish(view, tmp_path, ("voila", "html"), each="school", before=seen.append)
    assert seen == [view.to_json()]
    assert sorted(published.files) == sorted(
        [
            INDEX,
            TEAMS,
            *(
                f"{name}/{file}"
                for name in ("north", "south")
                for file in ("view.relsurvey.json", "view.html", "app.ipynb", "manifest.json")
            ),
        ]
    )
    assert all((tmp_path / name).is_file() for name in published.files)
    # Both folders are one release, and say so.
    releases = {
        json.loads((tmp_path / n / "manifest.json").read_text())["release"] for n in ("north", "south")
    }
    assert len(releases) == 1
    listed = read(tmp_path / TEAMS)
    assert [place.slug for place in listed.places] == ["north", "south"]
    page = (tmp_path / INDEX).read_text("utf-8")
    assert 'href="north/view.html"' in page
    assert "<svg" not in page


def test_the_sheet_leads_to_no_file_that_is_not_there(tmp_path: Path) -> None:
    publish(several(), tmp_path, ("voila",), each="school")
    assert "view.html" not in (tmp_path / INDEX).read_text("utf-8")


@pytest.mark.parametrize("formats", [("voila",), ("html",), ("html", "voila"), ("excel",)])
def test_the_published_sheet_says_how_to_get_codes_where_there_is_something_to_serve(
    tmp_path: Path, formats: tuple[Format, ...]
) -> None:
    view = several()
    provenance = view.provenance.model_copy(
        update={"settings": view.provenance.settings.model_copy(update={"min_n": 11})}
    )
    publish(view.model_copy(update={"provenance": provenance}), tmp_path, formats, each="school")
    page = (tmp_path / INDEX).read_text("utf-8")
    assert ("Run “relsurvey serve teams.yaml” in this folder" in page) is ("voila" in formats)
    assert ("Each page opens by its link" in page) is ("html" in formats)
    assert "<svg" not in page and "token" not in page


def test_the_sheet_holds_codes_and_no_markup_of_a_title(tmp_path: Path) -> None:
    publish(several(north=HOSTILE), tmp_path, ("html",), each="school")
    listed = read(tmp_path / TEAMS)
    links = {place.slug: f"https://x.example/t/{place.slug}/?token=secret" for place in listed.places}
    page = sheet(listed, links, until="16:00")
    assert page.count("<svg ") == len(links)
    assert "<script" not in page.lower()
    assert "onerror=" not in page.replace("onerror=&quot;", "")
    # The token is in the code and the link, not where a passer-by reads it.
    assert ">https://x.example/t/south/<" in page
    assert "16:00" in page


@pytest.mark.parametrize(
    ("link", "en", "es"),
    [
        ("http://127.0.0.1:8866/t/a/", "only on the computer that", "solo en la computadora que"),
        (
            "http://10.0.0.7:8866/t/a/",
            "same network as the computer at 10.0.0.7",
            "misma red que la computadora 10.0.0.7",
        ),
        ("https://views.example.org/t/a/", "can reach views.example.org", "pueda llegar a views.example.org"),
        (
            "https://&lt;x&gt;.example/t/a/",
            "can reach &amp;lt;x&amp;gt;.example",
            "llegar a &amp;lt;x&amp;gt;.example",
        ),
    ],
)
def test_the_sheet_says_where_its_codes_open(link: str, en: str, es: str) -> None:
    listed = Places(Path(), (Place("a", {"en": "A", "es": "A"}),), {"en": "Asked", "es": "Preguntado"}, False)
    page = sheet(listed, {"a": f"{link}?token=secret"}, until="16:00")
    assert en in page and es in page and page.count("secret") == 1


def test_a_link_with_its_token_fits_a_code_that_a_camera_reads_at_arm_s_length() -> None:
    import segno

    link = "http://10.0.0.7:8866/t/north/?token=" + "A-_z" * 11
    assert segno.make(link, error="m", micro=False).version <= 10


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "format: 2\nteams: []",
        "format: 1\ntitle: {en: a}\nsimulated: false\nteams: []",
        "format: 1\ntitle: {en: a}\nsimulated: false\nteams: [{slug: ../up, title: {en: a}}]",
        "format: 1\ntitle: {en: a}\nsimulated: false\nteams: [{slug: /etc, title: {en: a}}]",
        "format: 1\ntitle: {en: 1}\nsimulated: false\nteams: [{slug: a, title: {en: a}}]",
        "a: [",
        "!!python/object/apply:os.system [true]",
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / TEAMS).write_text(text, "utf-8")
    with pytest.raises(PublishError, match="publish it again"):
        read(tmp_path / TEAMS)


def test_the_list_is_plain_yaml(tmp_path: Path) -> None:
    publish(several(north="Ñandú: <b>"), tmp_path, ("html",), each="school")
    document = yaml.safe_load((tmp_path / TEAMS).read_text("utf-8"))
    assert document["teams"][0] == {"slug": "nandu-b", "title": {"en": "Ñandú: <b>", "es": "Ñandú: <b>"}}
