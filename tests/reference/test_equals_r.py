"""Every figure of R's that the package gives equals R's, record by record."""

from __future__ import annotations

import re

import pytest

from tests.reference import oracle

CLAIMED = [name for name in oracle.records() if oracle.claim_of(name)]


@pytest.mark.skipif(not CLAIMED, reason="the real data (../shared/data) are not beside this checkout")
@pytest.mark.parametrize("name", CLAIMED)
def test_equals_r(name):
    record, claim = oracle.records()[name], oracle.claim_of(name)
    found = oracle.figures(record, claim)
    assert found, f"{name}: nothing was compared"
    far = [f"{f.name}: R {f.r!r}, ours {f.ours!r}" for f in found if not oracle.near(f)]
    assert not far, f"{name} ({record.call}): {'; '.join(far[:10])}"


def test_every_record_is_claimed_or_left_for_a_reason(shared):
    lost = [n for n in oracle.records() if oracle.claim_of(n) is None and oracle.left_because(n) is None]
    assert not lost, lost[:20]
    both = [n for n in CLAIMED if oracle.left_because(n)]
    assert not both, both[:20]


def test_the_page_of_the_docs_shows_every_claimed_record(shared):
    shown = re.findall(r"^\| `([^`]+)`", oracle.PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(shown) == sorted(CLAIMED), "run `python -m tests.reference.oracle`"


def test_a_figure_that_is_off_is_seen():
    off = oracle.Figure("a", 1.0, 1.0 + 2e-8, 1e-8, False)
    assert not oracle.near(off)
    assert not oracle.near(oracle.Figure("a", float("nan"), 1.0, 1e-8, False))
    assert oracle.near(oracle.Figure("a", 1e6, 1e6 + 0.5, 1e-6, True))
