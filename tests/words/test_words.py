"""Words: rounding, bands, and catalogues that say the same things."""

from __future__ import annotations

import re
from importlib import resources

import pytest
import yaml

from relsurvey.words import gap_words, range_words, say, share_words, students_words, tenths


def catalogue(language):
    """Return a language's catalogue as flat keys."""
    data = yaml.safe_load((resources.files("relsurvey.words") / f"{language}.yaml").read_text("utf-8"))
    return {f"{part}.{key}": text for part, entries in data.items() for key, text in entries.items()}


def test_both_languages_have_the_same_keys_and_the_same_blanks_to_fill():
    english, spanish = catalogue("en"), catalogue("es")
    assert set(english) == set(spanish)
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", spanish[key])), key


def test_no_sentence_ranks_or_accuses():
    for language in ("en", "es"):
        for key, text in catalogue(language).items():
            words = set(re.findall(r"\w+", text.casefold()))
            assert not words & {
                "deficit",
                "worst",
                "best",
                "significant",
                "significantly",
                "you",
                "your",
                "déficit",
                "peor",
            }, key


@pytest.mark.parametrize(
    ("share", "k"), [(0.05, 1), (0.15, 2), (0.249999, 2), (0.25, 3), (0.949, 9), (0.35, 4), (0.45, 5)]
)
def test_tenths_are_half_up(share, k):
    assert tenths(share) == k


@pytest.mark.parametrize(
    ("share", "n", "words"),
    [
        (0.95, 100, "nearly all"),
        (0.949, 100, "about 9 in 10"),
        (0.05, 100, "almost none"),
        (0.051, 100, "about 1 in 10"),
        (0.5, 19, "about half"),
        (0.2, 12, "few"),
        (0.9, 12, "most"),
        (0.5, 20, "about 5 in 10"),
        (1.0, 12, "nearly all"),
    ],
)
def test_a_share_in_words(share, n, words):
    assert share_words(["en"], share, n) == {"en": words}


def test_limits_are_rounded_outward():
    assert range_words(["en"], 0.61, 0.69) == {"en": "between 6 and 7"}
    assert range_words(["en", "es"], 0.6, 0.7) == {"en": "between 6 and 7", "es": "entre 6 y 7"}


def test_a_gap_never_contradicts_the_two_shares_own_tenths():
    for a in range(0, 101, 3):
        for b in range(0, 101, 3):
            words = gap_words(["en"], a / 100, b / 100)["en"]
            match = re.fullmatch(r"about (\d+) in 10", words)
            if match:
                assert int(match[1]) == abs(tenths(a / 100) - tenths(b / 100)) > 0
            else:
                assert words == f"{abs(a - b)} in 100"


@pytest.mark.parametrize(
    ("n", "words"), [(10, "10 to 19 students"), (39, "20 to 39 students"), (300, "300 or more students")]
)
def test_students_are_told_in_bands(n, words):
    assert students_words(["en"], n) == {"en": words}


def test_a_language_without_a_sentence_says_it_in_english():
    assert say("fr", "share.half") == "about half"
