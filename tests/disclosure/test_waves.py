"""Two waves side by side: what a view says of the wave before, and what a verdict tells of few."""

from __future__ import annotations

import itertools
import json
import math
from collections import defaultdict
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.disclosure.ledger import default_ledger, ledger_key, shown_of
from relsurvey.errors import DisclosureError
from relsurvey.view import since
from relsurvey.view.since import Since
from relsurvey.view.units import Units
from relsurvey.view.waves import Wave
from tests.reading.belonging import INSTRUMENT
from tests.view.test_no_small_group import TEAMS, district, published, smallest
from tests.view.test_since import waves

MIN_N = 11
ITEMS = ["b1", "b2", "b3"]
SEEDS = range(16)


def two_waves(seed):
    """Return a small district in two waves: some left, some are new, some moved, and all answered anew."""
    rng = np.random.default_rng(seed)
    fall = district(seed).assign(wave="fall")
    spring = fall.sample(frac=rng.choice([0.8, 0.95, 1.0]), random_state=seed).assign(wave="spring")
    spring[ITEMS] = spring[ITEMS].sample(frac=1, random_state=seed).to_numpy()
    new = rng.random(len(spring)) < rng.choice([0, 0.03, 0.1, 0.3])
    spring.loc[new, "student_id"] = [f"new{i}" for i in range(new.sum())]
    moved = rng.random(len(spring)) < rng.choice([0, 0.02])
    spring.loc[moved, "school"] = rng.permutation(spring.school)[moved]
    return pd.concat([fall, spring], ignore_index=True)


@cache
def looked_at(seed):
    """Return a district's study and view, None where the gate refuses."""
    study = rs.read(two_waves(seed), TEAMS)
    try:
        return study, study.view(min_n=MIN_N)
    except DisclosureError:
        return study, None


def members(unit, responses):
    """Return the respondents of a unit, by its own title."""
    inside = responses[responses[ITEMS].notna().any(axis=1)]
    if unit.kind != "all":
        school, *team = unit.title["en"].split(": ")
        inside = inside[inside.school == school]
        inside = inside[inside.team == team[0]] if team else inside
    return frozenset(inside.respondent)


def shown_of_then(view):
    return [u for u in view.units if u.change and any(cell.before for cell in u.change.cells)]


@pytest.mark.parametrize("seed", SEEDS)
def test_of_the_wave_before_nothing_is_told_that_its_own_view_does_not_tell(seed):
    study, view = looked_at(seed)
    if view is None:
        return
    then = study.where(wave="fall").responses
    sets = {members(u, then) for u in shown_of_then(view)}
    try:
        own = study.where(wave="fall").view(min_n=MIN_N)
    except DisclosureError:
        assert not sets
        return
    shares = {(u.title["en"], c.scale): c.share for u in own.units for c in u.scales}
    for u in shown_of_then(view):
        for cell in u.change.cells:
            assert cell.before is None or cell.before == shares[u.title["en"], cell.scale]
    answered = then[then[ITEMS].notna().any(axis=1)].set_index("respondent")
    assert sets <= set(published(own, answered))
    assert not sets or smallest(sets) >= MIN_N


@pytest.mark.parametrize("seed", SEEDS)
def test_a_verdict_rests_on_the_same_students_only_where_no_few_are_others(seed):
    study, view = looked_at(seed)
    if view is None:
        return
    then, now = (study.where(wave=wave).responses for wave in ("fall", "spring"))
    for u in shown_of_then(view):
        a, b = members(u, then), members(u, now)
        assert min(len(a), len(b)) >= 20
        if u.change.base == "same_students":
            assert len(a & b) >= 0.7 * max(len(a), len(b))
            assert not any(0 < len(once) < MIN_N for once in (a - b, b - a))


def test_most_districts_tell_of_a_change_and_some_of_the_same_students():
    units = [u for seed in SEEDS for _, v in [looked_at(seed)] if v for u in shown_of_then(v)]
    assert len(units) >= 30
    assert {u.change.base for u in units} == {"same_students", "all_students"}
    assert {u.kind for u in units} == {"all", "school", "team"}


def answers(favorable, n, wave):
    """Return answers of a school's students of whom so many are favorable."""
    rows = [[4, 4, 2]] * favorable + [[2, 2, 4]] * (n - favorable)
    frame = pd.DataFrame(rows, columns=ITEMS)
    return frame.assign(
        student_id=[f"p{i}" for i in range(n)], school="A", wave=wave, gender="Girl", race="Asian", more=""
    )


class Roster:
    """A school in two waves, and every way in which its students may be the same ones."""

    def __init__(self, then, now):
        frame = pd.concat([answers(*then, "fall"), answers(*now, "spring")], ignore_index=True)
        study = rs.read(frame, INSTRUMENT)
        self.before, self.now = (
            Wave.before(part._material(), (), MIN_N) for part in (study._before(), study.where(wave="spring"))
        )
        self.told = Units(
            self.now.cells, self.now.released, INSTRUMENT, ("en",), False, MIN_N, 0.1, {}, None, None
        )
        self.unit = self.now.cells.plan.units[0]
        self.favorable = self.now.students.scored["belonging"].favorable
        self.ids = self.before.students.respondents

    def met(self, places, rng):
        """Return the wave now, those in some places being new and the others any of the wave before."""
        respondents = np.array([f"new{i}" for i in range(len(self.favorable))], dtype=object)
        others = np.setdiff1d(np.arange(len(respondents)), places)
        ids = rng.permutation(self.ids)[: len(others)]
        respondents[others[: len(ids)]] = ids
        wave = replace(self.now)
        wave.__dict__["students"] = replace(self.now.students, respondents=respondents)
        return wave

    def groups(self, k):
        """Yield one group of k new students for each number of favorable ones there can be."""
        good, bad = np.flatnonzero(self.favorable == 1), np.flatnonzero(self.favorable == 0)
        for x in range(max(0, k - len(bad)), min(k, len(good)) + 1):
            yield x, np.concatenate([good[:x], bad[: k - x]])


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ((23, 30), (26, 36)),
        ((7, 23), (20, 30)),
        ((28, 34), (35, 38)),
        ((12, 40), (30, 44)),
        ((20, 20), (15, 22)),
    ],
)
def test_whatever_few_new_students_answered_the_page_is_the_same(then, now):
    """Every number of favorable ones among them fits the page, and every way in which others are the same."""
    rng = np.random.default_rng(1)
    school = Roster(then, now)
    k = now[1] - then[1]
    pages, counts = set(), set()
    for x, places in school.groups(k):
        for _ in range(8):
            page = Since.of(school.told, school.unit, school.before, school.met(places, rng)).page()
            pages.add(page.model_dump_json())
            counts.add(x)
    assert len(pages) == 1 and "different students" in page.who["en"]
    assert page.cells[0].verdict is not None
    bad = now[1] - now[0]
    assert counts == set(range(max(0, k - bad), min(k, now[0]) + 1))


def test_counting_out_every_new_group_finds_none_that_the_page_rules_out():
    """A school of twenty, three of them new: all 1,140 groups, each with another set of the same students."""
    rng = np.random.default_rng(2)
    school = Roster((12, 20), (9, 20))
    school.ids = school.ids[:17]
    pages = {
        Since.of(school.told, school.unit, school.before, school.met(np.array(places), rng))
        .page()
        .model_dump_json()
        for places in itertools.combinations(range(20), 3)
    }
    assert len(pages) == 1


def test_the_attacker_is_one_who_finds_something():
    """A verdict that rests on those who answered both times would tell what the six new ones answered."""
    rng = np.random.default_rng(3)
    school = Roster((23, 30), (26, 36))
    fits = defaultdict(set)
    for x, places in school.groups(6):
        for _ in range(400):
            wave = school.met(places, rng)
            # The same students are favorable as far as can be: this is what makes the two times go together.
            if rng.random() < 0.5:
                wave = alike(school, wave)
            pairs, scored = since._rows(school.before, school.unit.id, wave, school.unit.id)
            (found,) = since.change_verdicts(since._changes(scored, pairs, 0.1, 20))
            gap = math.ceil(10 * found.smallest) if found.verdict == "cannot_tell" else 0
            fits[found.verdict, gap].add(x)
    assert len(fits) > 1
    assert min(max(xs) - min(xs) for xs in fits.values()) < 3


def alike(school, wave):
    """Return a wave in which whoever was favorable before is now, as far as there are enough."""
    respondents = wave.students.respondents.copy()
    there = np.flatnonzero(np.isin(respondents, school.ids))
    then = school.before.students.scored["belonging"].favorable
    order = there[np.argsort(-school.favorable[there], kind="stable")]
    respondents[order] = school.ids[np.argsort(-then, kind="stable")][: len(order)]
    found = replace(wave)
    found.__dict__["students"] = replace(wave.students, respondents=respondents)
    return found


def test_few_students_of_one_question_alone_count_too():
    """All answered both times, but four of them left a scale out now: there they are the few."""
    frame = waves([120])
    frame[ITEMS] = frame[ITEMS].astype(object)
    four = frame.index[frame.wave == "spring"][:4]
    frame.loc[four, ["b1", "b2"]] = ""
    page = rs.read(frame, INSTRUMENT).view().units[0].change
    assert page.base == "all_students" and "different students" in page.who["en"]


# What was published of the wave before.


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """Give a test a ledger and a key of its own."""
    monkeypatch.setenv("RELSURVEY_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def publish(own_home):
    def of(frame, wave=None):
        return rs.read(frame, INSTRUMENT).where(wave=wave).publish(own_home / "out", formats=["html"], by=[])

    return of


def entries():
    lines = default_ledger(INSTRUMENT).read_text("utf-8").splitlines()
    return [json.loads(line)["release"] for line in lines]


def altered(frame, wave, n):
    """Return the frame with another answer of n students of a wave."""
    frame = frame.copy()
    rows = frame.index[frame.wave == wave][:n]
    frame.loc[rows, "b1"] = frame.loc[rows, "b1"] % 5 + 1
    return frame


def test_a_view_with_a_change_is_a_release_of_both_waves(publish):
    frame = waves([90, 60])
    publish(frame, "fall")
    publish(frame)
    publish(frame)
    assert [entry["wave"] for entry in entries()] == ["fall", "spring", "fall", "spring", "fall"]
    own, _, beside, *_ = entries()
    assert beside["shown"] == own["shown"]
    assert shown_of(beside, ledger_key()).sets == shown_of(own, ledger_key()).sets
    assert shown_of(beside, ledger_key()).answered == shown_of(own, ledger_key()).answered
    publish(frame, "fall")
    publish(frame, "spring")
    assert [entry["wave"] for entry in entries()][-2:] == ["fall", "spring"]


@pytest.mark.parametrize(("n", "refused"), [(1, True), (10, True), (11, False), (40, False)])
def test_the_wave_before_may_not_have_changed_by_few(publish, n, refused):
    frame = waves([120])
    publish(frame, "fall")
    if not refused:
        publish(altered(frame, "fall", n))
        return
    with pytest.raises(DisclosureError, match=r"In the answers of fall.*fewer than 11 students") as caught:
        publish(altered(frame, "fall", n))
    assert "\n" not in str(caught.value)
    assert "study.where(wave='spring'), or read files of that wave alone." in str(caught.value)
    assert [entry["wave"] for entry in entries()] == ["fall"], "nothing is noted of what was refused"
    # What the sentence offers is possible.
    publish(altered(frame, "fall", n), "spring")


def test_a_later_release_of_the_wave_before_is_held_against_the_change(publish):
    frame = waves([120])
    publish(frame)
    with pytest.raises(DisclosureError, match="fewer than 11 students"):
        publish(altered(frame, "fall", 4), "fall")
    publish(frame, "fall")
    publish(altered(frame, "fall", 20), "fall")


def test_the_wave_now_is_held_against_its_own_releases(publish):
    frame = waves([120])
    publish(frame, "spring")
    with pytest.raises(DisclosureError, match=r"^Since the release"):
        publish(altered(frame, "spring", 3))
    publish(frame)


def test_where_no_change_is_shown_the_wave_before_has_no_entry(publish):
    frame = waves([60])
    few = frame[(frame.wave == "spring") | (frame.groupby("wave").cumcount() < 15)]
    publish(few)
    assert [entry["wave"] for entry in entries()] == ["spring"]
