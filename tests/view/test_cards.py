"""Next steps that teams saved: read strictly, shown as text, earlier waves only."""

from __future__ import annotations

import json

import pytest

from relsurvey.errors import ReadError
from relsurvey.instrument.model import Wave
from relsurvey.view import View
from relsurvey.view.cards import MOST_CARDS, attach, read
from relsurvey.view.model import Strategy
from tests.publish.small_view import HOSTILE, small_view_json

CARD = {
    "scale": "care",
    "strategy": None,
    "noticed": "Few are greeted.",
    "trying": "Names at the door.",
    "who": "All of us",
    "by_when": "October 30",
    "looking_at": "The question on names.",
}
FILE = {
    "format": 1,
    "kind": "relsurvey-team",
    "view": "small-fall",
    "unit": "north",
    "title": {"en": "North"},
    "wave": {"en": "Fall", "es": "Otoño"},
    "made": "2025-10-14",
    "guesses": {"care": 7},
    "surprise": "",
    "card": CARD,
}


@pytest.fixture
def view():
    """A view of one school and one wave, spring."""
    view = View.model_validate_json(small_view_json())
    north = {"id": "north", "title": {"en": "North", "es": "North"}}
    return view.model_copy(update={"id": "small-spring", "units": [view.units[0].model_copy(update=north)]})


def write(folder, name="team.json", **changes):
    path = folder / name
    path.write_text(json.dumps({**FILE, **changes}), "utf-8")
    return path


def shown(view, folder):
    made, notes = attach(view, read(folder), instrument="small", wave="spring", waves={})
    return made.units[0].cards, notes


def test_the_card_of_an_earlier_wave_stands_beside_its_unit(tmp_path, view):
    write(tmp_path)
    [card], notes = shown(view, tmp_path)
    assert notes == ()
    assert card.model_dump(exclude={"made", "wave"}) == CARD
    assert card.made == "2025-10-14" and card.wave == {"en": "Fall", "es": "Otoño"}


@pytest.mark.parametrize(
    ("changes", "card", "en", "es"),
    [
        (
            {},
            {},
            "In fall the team made a plan for Express care. Below is how it stands now.",
            "En otoño el equipo hizo un plan para Express care. Más abajo se ve cómo está ahora.",
        ),
        (
            {"view": "small-october"},
            {"strategy": "names"},
            "In October the team chose “2×10” for Express care. Below is how it stands now.",
            "En octubre el equipo eligió «2×10» para Express care. Más abajo se ve cómo está ahora.",
        ),
        (
            {"view": "small"},
            {"strategy": "names", "scale": None},
            "In October the team chose “2×10”: its card is on the page Next step.",
            "En octubre el equipo eligió «2×10»: su tarjeta está en la página «Próximo paso».",
        ),
        (
            {"view": "small-first"},
            {"scale": None},
            "In “Start of year” the team made a plan: its card is on the page Next step.",
            "En «Start of year» el equipo hizo un plan: su tarjeta está en la página «Próximo paso».",
        ),
    ],
)
def test_the_first_page_tells_of_the_latest_card_below_what_was_found(tmp_path, view, changes, card, en, es):
    care = Strategy(id="names", title={"en": "2×10"}, scales=[], what={}, steps=[], look_at={}, source={})
    view = view.model_copy(update={"languages": ["en", "es"], "strategies": [care]})
    write(tmp_path, **{**changes, "card": {**CARD, **card}})
    write(tmp_path, "older.json", made="2025-09-01", card={**CARD, "trying": "Greetings."})
    waves = {"first": Wave(id="first", title="Start of year")}
    made, _ = attach(view, read(tmp_path), instrument="small", wave="spring", waves=waves)
    assert made.units[0].say == [*view.units[0].say, {"en": en, "es": es}]


@pytest.mark.parametrize(("words", "kept", "told"), [(58, 1, 0), (43, 1, 1), (20, 2, 1)])
def test_the_page_stays_short_and_its_first_finding_stands(tmp_path, view, words, kept, told):
    write(tmp_path)
    say = [{"en": " ".join([f"w{'x' * k}"] * words)} for k in range(3)]
    unit = view.units[0].model_copy(update={"say": say})
    view = view.model_copy(update={"languages": ["en"], "units": [unit]})
    made, _ = attach(view, read(tmp_path), instrument="small", wave="spring", waves={})
    found = made.units[0].say
    assert found[:kept] == say[:kept] and len(found) == kept + told
    assert sum(len(sentence["en"].split()) for sentence in found) <= 60
    assert all("Express care" in sentence["en"] for sentence in found[kept:])


def test_a_card_of_a_scale_that_is_not_shown_now_does_not_point_to_it(tmp_path, view):
    write(tmp_path)
    [cell] = view.units[0].scales
    hidden = {"share": None, "range": None, "reason": "protected"}
    unit = view.units[0].model_copy(update={"scales": [cell.model_copy(update=hidden)]})
    made, _ = attach(
        view.model_copy(update={"units": [unit]}), read(tmp_path), instrument="small", wave="spring", waves={}
    )
    assert made.units[0].say[-1]["en"].endswith("the team made a plan: its card is on the page Next step.")


@pytest.mark.parametrize(
    ("changes", "wave"),
    [
        ({"view": "small-fall-north"}, "Fall"),  # saved from the view that was made for this school alone
        ({"view": "small-2024"}, "2024"),
        ({"view": "small"}, None),
        ({"view": "small-north"}, None),
    ],
)
def test_a_view_is_called_after_its_wave_and_its_unit(tmp_path, view, changes, wave):
    write(tmp_path, **changes)
    [card], _ = shown(view, tmp_path)
    assert (card.wave and card.wave["en"]) == wave


@pytest.mark.parametrize(
    "changes",
    [
        {"view": "small-spring"},
        {"view": "small-spring-north"},
        {"made": "2026-02-01"},  # the day after the view was made
        {"card": {**dict.fromkeys(CARD, ""), "scale": "care", "strategy": None}},
    ],
)
def test_what_is_no_earlier_step_is_passed_over(tmp_path, view, changes):
    write(tmp_path, **changes)
    assert shown(view, tmp_path) == ([], ())


def test_the_latest_come_first_and_three_at_most(tmp_path, view):
    for day in (3, 9, 1, 7):
        write(tmp_path, f"{day}.json", made=f"2025-10-0{day}")
    write(tmp_path, "twice.json", made="2025-10-09")
    cards, _ = shown(view, tmp_path)
    assert [card.made[-1] for card in cards] == ["9", "7", "3"] and len(cards) == MOST_CARDS


def test_scales_and_strategies_that_the_view_lacks_are_left_away(tmp_path, view):
    write(tmp_path, card={**CARD, "scale": "gone", "strategy": "two_by_ten"})
    [card], _ = shown(view, tmp_path)
    assert card.scale is None and card.strategy is None and card.noticed == CARD["noticed"]


def test_files_of_others_are_told_in_one_sentence(tmp_path, view):
    write(tmp_path, "a.json", title={"en": "South\x1b[2J\n</script>"})
    write(tmp_path, "b.json", view="other-fall")
    write(tmp_path, "c.json", view="smaller-fall")
    cards, notes = shown(view, tmp_path)
    assert cards == []
    assert [note.split()[0] for note in notes] == ["a.json", "b.json", "c.json"]
    assert "which this view does not show" in notes[0] and "another survey" in notes[1]
    assert all(note.isprintable() and note.endswith(".") for note in notes)


def test_a_card_is_of_the_unit_with_its_title_whatever_its_id(tmp_path, view):
    [north] = view.units
    teams = [
        north.model_copy(update={"id": key, "title": {"en": title}})
        for key, title in (("q-9", "Q: #9"), ("q-9-470a9b3d", "Q: 9"), ("a", "A: B: C"), ("b", "A: B: C"))
    ]
    view = view.model_copy(update={"units": teams})
    write(tmp_path, "nine.json", unit="q-9", view="small-fall-q-9", title={"en": "Q: 9"})
    write(tmp_path, "gone.json", unit="q-9", title={"en": "Q: 9+"})
    write(tmp_path, "same.json", unit="b", title={"en": "A: B: C"})
    write(tmp_path, "unknown.json", unit="c", title={"en": "A: B: C"})
    write(tmp_path, "untitled.json", unit="q-9", title=None)
    made, notes = attach(view, read(tmp_path), instrument="small", wave="spring", waves={})
    assert {unit.id: len(unit.cards) for unit in made.units} == {"q-9": 0, "q-9-470a9b3d": 1, "a": 0, "b": 1}
    assert made.units[1].cards[0].wave["en"] == "Fall"
    assert [note.split()[0] for note in notes] == ["gone.json", "unknown.json", "untitled.json"]
    assert "'Q: 9+', which this view does not show" in notes[0]
    assert notes[2] == "untitled.json does not name its school or team, so it is left out."


def test_hostile_words_stay_words(tmp_path, view):
    write(tmp_path, card={**CARD, "noticed": HOSTILE + "\u202egnp.\x00\x1b[31m\r\n=1+1"})
    [card], _ = shown(view, tmp_path)
    assert "</script><script>window.__broken=1</script>" in card.noticed
    assert card.noticed.endswith("\n=1+1")
    assert not set(card.noticed) & set("\u202e\x00\x1b\r\u2028\u2029")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "(format: "),
        ({"format": "1"}, "(format: "),
        ({"kind": "other"}, "(kind: "),
        ({"more": 1}, "(more: "),
        ({"card": None}, "(card: "),
        ({"card": {**CARD, "noticed": "x" * 1001}}, "(card.noticed: "),
        ({"card": {**CARD, "who": ["x"]}}, "(card.who: "),
        ({"card": {**CARD, "extra": ""}}, "(card.extra: "),
        ({"card": {k: v for k, v in CARD.items() if k != "who"}}, "(card.who: "),
        ({"guesses": {"care": 11}}, "(guesses.care: "),
        ({"guesses": {"care": True}}, "(guesses.care: "),
        ({"guesses": {"care": 7.5}}, "(guesses.care: "),
        ({"guesses": {f"s{i}": 1 for i in range(201)}}, "(guesses: "),
        ({"made": "14.10.2025"}, "(made: "),
        ({"made": "2025-02-30"}, "(made: "),
        ({"wave": "Fall"}, "(wave: "),
        ({"unit": "x" * 201}, "(unit: "),
        ({"title": "North"}, "(title: "),
        ({"title": {"en": "x" * 1001}}, "(title.en: "),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_it_and_the_place(tmp_path, changes, says):
    write(tmp_path, **changes)
    with pytest.raises(ReadError) as error:
        read(tmp_path)
    said = str(error.value)
    assert said.startswith("team.json is not a file that the page Next step saved") and says in said
    assert "\n" not in said and len(said) < 400


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{" * 5000,
        b'{"format": NaN}',
        b'{"surprise": "\\ud800"}',
        b"PK\x03\x04",
    ],
)
def test_what_is_no_such_json_is_one_sentence(tmp_path, data):
    (tmp_path / "team.json").write_bytes(data)
    with pytest.raises(ReadError, match=r"team\.json is not a file that the page Next step saved"):
        read(tmp_path / "team.json")


def test_a_file_that_is_too_large_is_not_even_parsed(tmp_path):
    (tmp_path / "team.json").write_bytes(b" " * 100_001)
    with pytest.raises(ReadError, match="larger than a team's file can be"):
        read([tmp_path])


def test_a_path_without_a_file_is_one_sentence(tmp_path):
    with pytest.raises(ReadError, match=r"There is no team's file \(\.json\) in the folder"):
        read(tmp_path)
    with pytest.raises(ReadError, match="There is no team's file or folder at"):
        read(tmp_path / "none.json")
