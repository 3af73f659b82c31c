"""What is marked in a comment: how much of what should be is, and how much else."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.comments.folding import spellings
from relsurvey.comments.language import language
from relsurvey.comments.screen import KINDS, Names, screen
from relsurvey.demo.comments import ENGLISH, SPANISH
from relsurvey.escape import plain_text
from tests.comments import corpus

DANGER = [(kind, text) for kind, texts in corpus.DANGER.items() for text in texts]


def pieces(text, names=None):
    return [(mark.kind, text[mark.start : mark.end]) for mark in screen(text, names).marks]


@pytest.mark.parametrize(("kind", "text"), DANGER, ids=[text for _, text in DANGER])
def test_danger_is_seen(kind, text):
    assert screen(text).danger


def test_danger_is_seen_as_what_it_is():
    right = sum(kind in screen(text).danger for kind, text in DANGER)
    assert right >= 0.98 * len(DANGER) and len(DANGER) + len(corpus.HARMLESS) > 120


def test_how_far_the_lists_reach_beyond_what_they_were_made_with():
    """The figures that docs/comments.md gives; a change of the lists may only raise them."""
    assert sum(bool(screen(text).danger) for text in corpus.LATER) == len(corpus.LATER)
    assert sum(bool(screen(text).danger) for text in corpus.LAST) >= 6


@pytest.mark.parametrize("text", corpus.HARMLESS)
def test_nothing_is_marked_in_what_most_students_write(text):
    assert pieces(text) == []


def test_false_alarms_are_few():
    alarms = [text for text in (*corpus.HARMLESS, *ENGLISH, *SPANISH) if screen(text).danger]
    assert alarms == []
    assert all(screen(text).danger for text in corpus.ALARMS)


@pytest.mark.parametrize(("text", "kind", "what"), corpus.FOUND, ids=[text for text, *_ in corpus.FOUND])
def test_what_names_or_finds_somebody_is_marked(text, kind, what):
    marked = [(k, found.casefold()) for k, found in pieces(text)]
    first, last = what.split()[0].casefold(), what.split()[-1].casefold()
    if kind == "role":
        assert any(k == kind and found.startswith(first) for k, found in marked)
    else:
        assert any(k == kind and first in found for k, found in marked)
        assert kind == "name" or any(k == kind and last in found for k, found in marked)
    assert screen(text).names_adult == (kind == "adult")


@pytest.mark.parametrize(
    "text", ["I miss Ana so much", "my coach helps me", "My teacher is kind", "WE LOVE COACH TALKS"]
)
def test_a_role_without_a_name_names_no_adult(text):
    assert not screen(text).names_adult


@pytest.mark.parametrize(
    "text",
    [
        "I will never hurt myself, don't worry",
        "no me voy a matar",
        "I don't have a gun",
        "It's a joke: I'll kill you",
    ],
)
def test_a_denial_is_not_trusted(text):
    assert screen(text).danger


@pytest.mark.parametrize(
    "text",
    ["k1ll", "ki11", "K I L L", "kiiiill", "k\u200bill", "кill", "KILL", "ｋｉｌｌ", "k-i-l-l", "kíll"],
)
def test_tricks_of_spelling_do_not_hide_danger(text):
    assert screen(plain_text(f"I will {text} myself")).danger
    assert screen(plain_text(f"{text} them")).danger


@pytest.mark.parametrize("text", ["su1c1de", "S.U.I.C.I.D.E", "suicidaaaarme", "m@tarme", "suíćide"])
def test_tricks_of_spelling_do_not_hide_a_word_of_danger(text):
    assert screen(plain_text(text)).danger


def test_names_of_lists_are_marked_without_capitals_too():
    names = Names.of(students=["Torres, Xochitl", "Will Young"], staff=["Ana María Okafor"])
    assert pieces("i sit by xóchitl", names) == [("name", "xóchitl")]
    assert pieces("okafor yells, so does ana", names) == [("adult", "okafor"), ("adult", "ana")]
    # A name that is a word too needs its capital.
    assert pieces("we will be young", names) == []
    assert ("name", "Will") in pieces("today Will helped me", names)


def test_a_name_does_not_stand_inside_a_word():
    assert pieces("banana manual", Names.of(staff=["Ana Manu"])) == []


signs = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.printable + "áéñ¿’\u202e\u200d\x1b", max_size=120),
    st.lists(st.sampled_from([text for _, text in DANGER] + corpus.HARMLESS), max_size=4).map(" ".join),
)


@settings(deadline=None)
@given(signs)
def test_marks_lie_in_the_text_apart_and_in_order(text):
    found = screen(text)
    last = 0
    for mark in found.marks:
        assert last <= mark.start < mark.end <= len(text) and mark.kind in KINDS
        last = mark.end
    # A mark inside a graver one is not drawn, and is told all the same.
    assert set(found.danger) >= {m.kind for m in found.marks} & set(KINDS[:4])
    assert found.names_adult == any(mark.kind == "adult" for mark in found.marks)


@settings(deadline=None)
@given(st.sampled_from(DANGER), st.text(max_size=40), st.text(max_size=40))
def test_what_stands_around_danger_does_not_hide_it(case, before, after):
    _, text = case
    assert screen(f"{before}\n{text}\n{after}").danger


@settings(deadline=None)
@given(st.sampled_from(DANGER), st.sampled_from([str.upper, str.lower, str.title]))
def test_capitals_do_not_hide_danger(case, change):
    assert screen(change(case[1])).danger


@settings(deadline=None)
@given(signs)
def test_every_sign_of_a_spelling_has_its_place(text):
    for spelling in spellings(text):
        assert len(spelling.text) == len(spelling.places)
        assert list(spelling.places) == sorted(spelling.places)
        assert all(0 <= place < len(text) for place in spelling.places)


@settings(deadline=None)
@given(signs)
def test_plain_text_moves_nothing_and_stays_what_it_is(text):
    shown = plain_text(text)
    assert plain_text(shown) == shown
    assert not any(
        (ord(sign) < 32 and sign != "\n")
        or 0x7F <= ord(sign) < 0xA0
        or sign in "\u202a\u202e\u2066\u2069\u200f\ufeff"
        for sign in shown
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "]0;titletext"),
        ("a\u202eb\u2066c", "abc"),
        ("a\rb\x08\x08c", "a\nbc"),
        ("\U000e0041\U000e0042hi", "hi"),
        ("tab\there", "tab here"),
    ],
)
def test_what_a_terminal_would_obey_goes_and_no_word_does(text, shown):
    assert plain_text(text) == shown


def test_the_language_of_most_comments_is_told():
    english = [text for text in (*ENGLISH, *corpus.HARMLESS[:30]) if language(text) not in ("en", None)]
    spanish = [text for text in (*SPANISH, *corpus.HARMLESS[30:42]) if language(text) != "es"]
    assert len(english) <= 2 and spanish == []
    assert language("Mwalimu wangu ananisaidia kila siku shuleni") == "other"
    assert language("老师很好") == "other"
