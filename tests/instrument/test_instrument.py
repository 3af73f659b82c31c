"""Instruments: read, checked with line and fix, written back."""

from __future__ import annotations

import pytest

from relsurvey.errors import InstrumentError
from relsurvey.instrument import Instrument, instruments, say

BELONGING = """\
format: 1
id: belonging-short
version: "1.0"
title: {en: Belonging, es: Pertenencia}
source: Written for relsurvey. BSD-3-Clause.
options:
  agree5:
    - {code: 1, label: {en: Strongly disagree, es: Muy en desacuerdo}}
    - {code: 2, label: {en: Disagree, es: En desacuerdo}}
    - {code: 3, label: {en: Neither, es: Ni de acuerdo ni en desacuerdo}}
    - {code: 4, label: {en: Agree, es: De acuerdo}, favorable: true}
    - {code: 5, label: {en: Strongly agree, es: Muy de acuerdo}, favorable: true}
    - {label: {en: Not sure, es: No sé}, counted: false}
scales:
  belonging: {title: {en: Belonging, es: Pertenencia}, items: [b1, b2, b3], score: mean, min_answered: 0.5}
items:
  b1: {text: {en: I belong here., es: Soy parte de esta escuela.}, options: agree5}
  b2: {text: {en: People here know me., es: Aquí me conocen.}, options: agree5}
  b3: {text: {en: I feel left out here., es: Aquí me siento excluido.}, options: agree5, reverse: true}
groups:
  gender: {title: {en: Gender, es: Género}, categories: [Girl, Boy, Nonbinary]}
identity: {respondent: student_id, school: school, wave: wave}
comments: [more]
safety: {contact: School counseling office, read_within_days: 2}
privacy: {min_n: 10}
"""


def test_the_smallest_whole_example_is_read():
    instrument = Instrument.parse(BELONGING)
    assert instrument.languages == ("en", "es")
    assert instrument.options_of("b1").codes == (1, 2, 3, 4, 5)
    assert instrument.favorable_codes("b3") == {4, 5}
    assert [c.id for c in instrument.groups["gender"].categories] == ["Girl", "Boy", "Nonbinary"]
    assert [q.id for q in instrument.open_questions] == ["more"]


def test_every_ready_instrument_round_trips():
    for instrument in [*instruments().values(), Instrument.parse(BELONGING)]:
        assert Instrument.parse(instrument.to_yaml()) == instrument


def test_to_yaml_writes_the_file_it_returns(tmp_path):
    text = Instrument.parse(BELONGING).to_yaml(tmp_path / "b.yaml")
    assert (tmp_path / "b.yaml").read_text("utf-8") == text
    assert Instrument.from_yaml(tmp_path / "b.yaml") == Instrument.parse(BELONGING)


def test_waves_are_ids_or_have_titles():
    plain = Instrument.parse(BELONGING + "waves: [october, 2026]\n")
    assert list(plain.waves) == ["october", "2026"]
    assert all(wave.title is None for wave in plain.waves.values())
    assert "waves:\n- october\n- '2026'\n" in plain.to_yaml()
    titled = Instrument.parse(BELONGING + "waves:\n  w1: {title: {en: First, es: Primera}}\n  w2: {}\n")
    assert [(key, wave.id) for key, wave in titled.waves.items()] == [("w1", "w1"), ("w2", "w2")]
    assert titled.waves["w1"].title == {"en": "First", "es": "Primera"}
    for instrument in (plain, titled):
        again = Instrument.parse(instrument.to_yaml())
        assert again == instrument and list(again.waves) == list(instrument.waves)


def test_yes_and_no_are_words():
    text = BELONGING.replace("[Girl, Boy, Nonbinary]", "[Yes, No]")
    assert [c.id for c in Instrument.parse(text).groups["gender"].categories] == ["Yes", "No"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("items: [b1, b2, b3]", "items: [b1, b9]", 15, "`b9` is not among the items"),
        ("options: agree5, reverse", "options: agre5, reverse", 19, "`agre5` is not among the option sets"),
        ("score: mean", "score: median", 15, "'mean', 'sum' or 'pomp'"),
        ("min_answered: 0.5", "min_answered: 2", 15, "less than or equal to 1"),
        ("id: belonging-short", "idd: x", 2, "`idd` is not a key"),
        ("format: 1", "format: 2", 1, "cannot be 2"),
        ("code: 2", "code: 1", 9, "stands twice"),
        ("  agree5:", "  agree5: 3", 8, "not valid YAML"),
        ("privacy: {min_n: 10}", "privacy: {min_m: 10}", 25, "Check its spelling"),
        ("en: Disagree", "en: agree ", 11, "stands twice"),
        ("[Girl, Boy, Nonbinary]", "[Girl, Boy, {id: x, label: girl}]", 21, "spelling of two categories"),
        ("groups:\n", "groups: &g\n", 0, ""),
        ("comments:", "waves: [a, {id: b}]\ncomments:", 23, "`waves` must be a mapping"),
        ("comments:", "waves: {a: {titel: A}}\ncomments:", 23, "`waves.a.titel` is not a key"),
        ("code: 2,", "", 9, "needs a `code`"),
        (", favorable: true", "", 7, "must say which answers are favorable"),
        ("code: 2", "code: 2.5", 19, "no exact mirror"),
        ("identity: {respondent", "identity: {pupil", 22, "not an identity key"),
        ("  b2: {", "  b1: {", 18, "stands here twice"),
        ("  b2: {", "  wave: {", 18, "keeps for itself"),
        ("categories: [Girl, Boy, Nonbinary]", "merge: ordered", 21, "needs `ordered: true`"),
    ],
)
def test_an_error_names_the_line_and_the_fix(old, new, line, says):
    text = BELONGING.replace(old, new)
    assert text != BELONGING
    if old == "  b2: {" and "wave" in new:
        text = text.replace("b2", "wave")
    if not says:
        assert Instrument.parse(text) == Instrument.parse(BELONGING)
        return
    with pytest.raises(InstrumentError) as caught:
        Instrument.parse(text, "belonging.yaml")
    assert str(caught.value).startswith(f"belonging.yaml, line {line}: ")
    assert says in str(caught.value)


def test_a_reversed_item_without_mirror_may_name_its_own_favorable_codes():
    text = BELONGING.replace("code: 2", "code: 2.5").replace(
        "reverse: true", "reverse: true, favorable: [5, 3.5]"
    )
    assert Instrument.parse(text).favorable_codes("b3") == {5, 3.5}


def test_an_open_question_without_a_safety_contact_is_not_offered():
    text = BELONGING.replace("safety: {contact: School counseling office, read_within_days: 2}\n", "")
    assert Instrument.parse(text).open_questions == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just a sentence",
        "- a\n- b",
        "a: *b",
        "a: &x [1]\nb: *x\n",
        "!!python/object/apply:os.system ['x']",
        "\x00",
    ],
)
def test_hostile_or_wrong_text_is_one_sentence(text):
    with pytest.raises(InstrumentError) as caught:
        Instrument.parse(text, "x.yaml")
    assert str(caught.value).startswith("x.yaml") and "\n" not in str(caught.value)


def test_a_missing_file_and_a_wrong_encoding(tmp_path):
    with pytest.raises(InstrumentError, match="no instrument file"):
        Instrument.from_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Género".encode("cp1252"))
    with pytest.raises(InstrumentError, match="UTF-8"):
        Instrument.from_yaml(tmp_path / "latin.yaml")


def test_ready_instruments_say_that_they_are_our_own():
    for key, instrument in instruments().items():
        assert instrument.languages == ("en", "es"), key
        assert "Not the Search Institute survey" in say(instrument.source, "en") or key != "five-elements"
