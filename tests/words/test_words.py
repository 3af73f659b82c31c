"""Words: rounding, bands, and catalogues that say the same things."""

from __future__ import annotations

import re
from importlib import resources

import pytest
import yaml

from relsurvey.words import (
    either,
    gap_words,
    range_words,
    say,
    share_words,
    students_words,
    tenths,
    wave_name,
    wave_phrase,
)


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


def test_one_in_ten_is_said_in_spanish_as_any_other_share():
    assert share_words(["es"], 0.1, 100) == {"es": "cerca de 1 de cada 10"}
    assert share_words(["es"], 0.1, 100, of="of_students") == {"es": "cerca de 1 de cada 10 estudiantes"}
    assert gap_words(["es"], 0.31, 0.42)["es"] == "cerca de 1 de cada 10"
    for key, text in catalogue("es").items():
        assert not re.search(r"\b[Uu]n[oa]s {\w+} (de cada|puntos|de extremo)", text), key


@pytest.mark.parametrize(
    ("a", "b", "english", "spanish"),
    [
        ("A", "Otomí", "A or Otomí", "A u Otomí"),
        ("A", "Hombre", "A or Hombre", "A u Hombre"),
        ("A", "Óscar", "A or Óscar", "A u Óscar"),
        ("A", "Hmong", "A or Hmong", "A o Hmong"),
        ("7", "8", "7 or 8", "7 u 8"),
        ("10", "110", "10 or 110", "10 o 110"),
        ("10", "11", "10 or 11", "10 u 11"),
        ("A", "Otra lengua", "A or otra lengua", "A u otra lengua"),
        ("A", "Another", "A or another", "A o another"),
        ("A", "Otherland", "A or Otherland", "A u Otherland"),
        ("A", "", "A or ", "A o "),
    ],
)
def test_groups_joined_by_or(a, b, english, spanish):
    assert (either("en", a, b), either("es", a, b)) == (english, spanish)


@pytest.mark.parametrize(
    ("wave", "name", "nombre", "since", "desde", "en"),
    [
        ("fall", "Fall", "Otoño", "since fall", "desde el otoño", "en otoño"),
        ("Fall", "Fall", "Otoño", "since fall", "desde el otoño", "en otoño"),
        (
            "fall_2025",
            "Fall 2025",
            "Otoño de 2025",
            "since fall 2025",
            "desde el otoño de 2025",
            "en otoño de 2025",
        ),
        (
            "2025_fall",
            "Fall 2025",
            "Otoño de 2025",
            "since fall 2025",
            "desde el otoño de 2025",
            "en otoño de 2025",
        ),
        (
            *("spring-2026", "Spring 2026", "Primavera de 2026"),
            *("since spring 2026", "desde la primavera de 2026", "en primavera de 2026"),
        ),
        ("october", "October", "Octubre", "since October", "desde octubre", "en octubre"),
        (
            "Oct 2025",
            "October 2025",
            "Octubre de 2025",
            "since October 2025",
            "desde octubre de 2025",
            "en octubre de 2025",
        ),
        ("may", "May", "Mayo", "since May", "desde mayo", "en mayo"),
        *(
            (wave, wave, wave, f"since “{wave}”", f"desde «{wave}»", f"en «{wave}»")
            for wave in (
                "2025",
                "maybe",
                "octo",
                "fall_25",
                "2025_fall_2026",
                "fall_3025",
                "fall\n",
                "S1",
                "",
            )
        ),
    ],
)
def test_a_wave_is_said_by_its_season_or_month(wave, name, nombre, since, desde, en):
    assert wave_name(["en", "es"], wave) == {"en": name, "es": nombre}
    assert wave_phrase(["en", "es"], "change.since", wave) == {"en": since, "es": desde}
    assert wave_phrase(["es"], "since.in", wave) == {"es": en}


def test_every_month_has_its_name():
    names = [wave_name(["en", "es"], f"{say('en', f'month.{k}')[:3].lower()}_2025") for k in range(1, 13)]
    assert [n["en"] for n in names] == [f"{say('en', f'month.{k}')} 2025" for k in range(1, 13)]
    assert names[0]["es"] == "Enero de 2025" and names[11]["es"] == "Diciembre de 2025"
