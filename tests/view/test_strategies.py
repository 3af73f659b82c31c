"""What a team could try: the ready cards, an analyst's own, and which of them a view offers."""

from __future__ import annotations

import re

import pytest

from relsurvey.errors import InstrumentError
from relsurvey.instrument import instruments
from relsurvey.view.model import Scale
from relsurvey.view.strategies import Strategies, find, offered, ready

CARD = """\
format: 1
strategies:
  walk:
    title: {en: A walk, es: Un paseo}
    elements: [express_care]
    what: A walk around the yard.
    steps: [{en: Go out., es: Salir.}, Come back.]
    look_at: {en: Who came., es: Quién vino.}
    source: {en: "Practice, not tested."}
"""


def texts_of(card):
    return [card.title, card.what, *card.steps, card.look_at, card.source]


def scale(key, element):
    words = {"en": key}
    return Scale(id=key, title=words, element=element, items=[], reading="report", note=words)


def test_ready_cards_say_all_in_both_languages_and_touch_every_element():
    cards = ready().strategies
    assert 10 <= len(cards) <= 14
    elements = {s.element for s in instruments()["five-elements"].scales.values()}
    assert {element for card in cards.values() for element in card.elements} == elements
    for card in cards.values():
        assert 3 <= len(card.steps) <= 4
        assert all(set(text) == {"en", "es"} and text["en"] for text in texts_of(card))
        # What was never tested is called so; the rest names who tested it, and when.
        assert re.search(r"(19|20)\d\d|not tested|no controlled study", card.source["en"]), card.id
        assert re.search(r"(19|20)\d\d|no probada|ningún estudio", card.source["es"]), card.id


def test_ready_cards_speak_to_nobody_and_praise_nothing():
    for card in ready().strategies.values():
        for text in texts_of(card):
            assert not re.search(r"\b(you|your|yours|best|proven)\b", text["en"], re.IGNORECASE), text
            assert not re.search(r"\b(tú|tu|tus|usted|mejor|demostrado)\b", text["es"], re.IGNORECASE), text


def test_cards_are_tied_to_the_scales_of_their_elements():
    scales = [scale("kind", "express_care"), scale("warm", "express_care"), scale("hard", "challenge_growth")]
    by_id = {s.id: s.scales for s in offered(ready(), scales, ["en"])}
    assert by_id["two_by_ten"] == ["kind", "warm"]
    assert by_id["wise_feedback"] == ["hard"]
    assert by_id["weekly_check_in"] == ["kind", "warm"]
    assert by_id["late_work_rule"] == []
    assert "choice_of_task" not in by_id and "meet_an_adult" not in by_id


def test_without_elements_only_the_cards_that_go_with_any_scale():
    found = offered(ready(), [scale("belonging", None)], ["en", "es"])
    assert [s.id for s in found] == ["late_work_rule", "lowest_grade_talk", "weekly_formative_check"]
    assert all(s.scales == [] for s in found)


def test_a_text_that_lacks_a_language_is_given_in_english():
    [card] = offered(Strategies.parse(CARD), [scale("kind", "express_care")], ["en", "es"])
    assert card.what == {"en": "A walk around the yard.", "es": "A walk around the yard."}
    assert card.title["es"] == "Un paseo" and card.source["es"] == "Practice, not tested."
    assert card.steps == [{"en": "Go out.", "es": "Salir."}, {"en": "Come back.", "es": "Come back."}]


def test_an_own_file_replaces_the_ready_cards(tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text("\ufeff" + CARD, "utf-8")
    assert list(find(path).strategies) == ["walk"]
    ready().to_yaml(path)
    assert find(str(path)) == ready() == find(None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format: 1", "format: 2", "line 1: `format` cannot be 2"),
        ("format: 1\n", "", "`format` is missing"),
        (
            "    look_at: {en: Who came., es: Quién vino.}\n",
            "",
            "line 3: `strategies.walk.look_at` is missing",
        ),
        (
            "    what:",
            "    how: x\n    what:",
            "line 6: `strategies.walk.how` is not a key that relsurvey knows",
        ),
        (
            "steps: [{en: Go out., es: Salir.}, Come back.]",
            "steps: Go out.",
            "line 7: `strategies.walk.steps` must",
        ),
        (
            "steps: [{en: Go out., es: Salir.}, Come back.]",
            "steps: []",
            "line 7: a strategy has 1 to 6 steps",
        ),
        ("Come back.]", "Come back., ' ']", "line 7: `steps` has no words"),
        ("A walk around the yard.", "A" * 401, "line 6: `what` is longer than 400 characters"),
        ("  walk:", "  ../walk:", "line 3: '../walk' cannot be an id"),
        ("  walk:", "  <b>:", "line 3: '<b>' cannot be an id"),
        ("{en: A walk, es: Un paseo}", "[1]", "line 4: `strategies.walk.title` must be a mapping"),
        ("Come back.]", "&a Come back., *a]", "YAML aliases"),
        (
            "elements: [express_care]",
            "elements: express_care",
            "line 5: `strategies.walk.elements` must be a list",
        ),
        ("{en: A walk, es: Un paseo}", "{en: A walk, es: ''}", "line 4: `title` has no words"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_line(tmp_path, old, new, says):
    assert old in CARD
    path = tmp_path / "ours.yaml"
    path.write_text(CARD.replace(old, new), "utf-8")
    with pytest.raises(InstrumentError) as error:
        find(path)
    assert says in str(error.value) and str(error.value).startswith("ours.yaml")
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize(
    "text", ["format: 1\nstrategies: {}\n", "- 1\n", "", "a: [", "format: 1\nstrategies: 3\n"]
)
def test_a_file_without_cards_is_one_sentence(text):
    with pytest.raises(InstrumentError, match="strategies"):
        Strategies.parse(text)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(InstrumentError, match="There is no file of strategies at"):
        find(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"format: 1\n# \xff\n")
    with pytest.raises(InstrumentError, match="cannot be read as UTF-8"):
        find(tmp_path / "latin.yaml")
