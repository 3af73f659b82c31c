"""A share, the parts it is made of, and the words for it say one and the same."""

from __future__ import annotations

import pytest

from relsurvey.view import shares
from relsurvey.words import share_words


@pytest.mark.parametrize("n", [40, 41, 60, 97, 333])
def test_the_favorable_parts_add_up_to_the_share(n):
    for favorable in range(n // 20 + 1, n - n // 20):
        first = favorable // 3
        rest = (n - favorable) // 2
        counts = [rest, n - favorable - rest, first, favorable - first]
        parts = shares.parts(counts, [False, False, True, True])
        share = shares.shown(["en"], favorable, n).share
        assert sum(parts) == 100
        if share.coded is None:
            assert parts[2] + parts[3] == share.percent
        assert all(abs(part - 100 * count / n) < 1.5 for part, count in zip(parts, counts, strict=True))


@pytest.mark.parametrize(
    ("share", "n", "en", "es"),
    [
        (0.42, 50, "about 4 in 10 students", "cerca de 4 de cada 10 estudiantes"),
        (0.5, 15, "about half of the students", "cerca de la mitad de los estudiantes"),
        (0.8, 15, "most students", "la mayoría de los estudiantes"),
        (0.2, 15, "few students", "pocos estudiantes"),
        (0.01, 90, "almost no students", "apenas unos pocos estudiantes"),
        (1.0, 90, "nearly all students", "casi todos los estudiantes"),
    ],
)
def test_a_sentence_names_the_students_in_whole_words(share, n, en, es):
    assert share_words(["en", "es"], share, n, of="of_students") == {"en": en, "es": es}
