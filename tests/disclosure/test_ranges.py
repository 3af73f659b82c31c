"""How closely several releases tell the share of a small group together."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.disclosure.bounds import Published, feasible
from relsurvey.disclosure.differences import few_told
from relsurvey.disclosure.shown import FAVORABLE_SHARE, Shown
from relsurvey.disclosure.systems import as_shown
from tests.disclosure.test_told_together import CARE, POWER, answers, instrument, publish  # noqa: F401

FEW = 4


def late(frame, n=12, group=9):
    """Return answers before the last n students of the first school gave any; most of these are its group."""
    mine = frame.index[frame["school"] == "S0"][-n:]
    frame = frame.assign(home="no")
    for school in frame["school"].unique()[1:]:
        frame.loc[frame.index[frame["school"] == school][:30], "home"] = "yes"
    frame.loc[mine[:group], "home"] = "yes"
    early = frame.copy()
    early.loc[mine, [*CARE, *POWER]] = ""
    return early, frame


def test_late_answers_that_are_mostly_those_of_a_hidden_group(publish):  # noqa: F811
    early, frame = late(answers(100, 90, 80, 70))
    of = instrument("home")
    first = publish(early, of, "home")
    assert first.shares["s0", ""] >= {"care", "power", "c1", "b3"} and not first.shares["s0", "home"]
    second = publish(frame, of, "home")
    for page in ("s0", "all"):
        assert not second.shares[page, ""] & {"care", "power", "c1", "b3"}
    assert second.shares["s1", ""] >= {"care", "power", "c1", "b3"}
    assert any("S0" in note for note in second.notes)


def test_late_answers_of_many_others_leave_a_group_open(publish):  # noqa: F811
    early, frame = late(answers(200, 90, 80, 70), n=60)
    of = instrument("home")
    assert "care" in publish(early, of, "home").shares["s0", ""]
    second = publish(frame, of, "home")
    assert second.shares["s0", ""] >= {"care", "power", "c1", "b3"} and not second.notes


def test_a_group_that_an_earlier_release_kept_hidden_stays_so(publish):  # noqa: F811
    frame = answers(40, 90, 80, 70).assign(home="no", lang="no")
    mine = frame.index[frame["school"] == "S0"]
    # All but two of the school's 'yes' by home are its group by language, too small to be shown.
    frame.loc[mine[:12], "home"] = "yes"
    frame.loc[mine[:10], "lang"] = "yes"
    for school in ("S1", "S2", "S3"):
        own = frame.index[frame["school"] == school]
        frame.loc[own[:30], "home"] = "yes"
        frame.loc[own[15:50], "lang"] = "yes"
    of = instrument("home", "lang")
    both = publish(frame, of, "home", "lang")
    assert not both.shares["s0", "home"] and not both.shares["s0", "lang"]
    later = publish(frame, of, "home")
    assert not later.shares["s0", "home"] and later.shares["s1", "home"] == {"care", "power"}
    assert later.shares["s0", ""] >= {"care", "power"}


@st.composite
def releases(draw):
    """Return an earlier and a new release of two schools of few students, and who is in which small group."""
    n = draw(st.integers(9, 14))
    school = draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n))
    there = [draw(st.lists(st.booleans(), min_size=n, max_size=n)) for _ in range(2)]
    there[1] = [then or now for then, now in zip(*there, strict=True)] if draw(st.booleans()) else there[1]
    liked = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    changed = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    cells = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    found = []
    for turn, here in enumerate(there):
        lines, answered = {}, {}
        for i in range(n):
            like = liked[i] != (turn and changed[i] == 5)
            who = f"{i:012d}"
            line = who + f"{2 + like if here[i] else 0:012d}"
            lines[i] = line
            answered[line] = (
                f"{(FAVORABLE_SHARE if like else 1) if here[i] else 0:04x}{2 + like if here[i] else 0:04x}"
            )
        sets = {("all", "", ""): frozenset(lines[i] for i in range(n) if here[i])}
        sets |= {
            (s, "", ""): frozenset(lines[i] for i in range(n) if here[i] and school[i] == s) for s in "ab"
        }
        people = [frozenset(f"{i:012d}" for i in range(n) if cells[i] == c) for c in range(4)]
        found.append(
            Shown(
                FEW,
                {key: some for key, some in sets.items() if len(some) >= FEW},
                scales={"s": ("q",)},
                questions={"q": "words"},
                answered=answered,
                by=("home",),
                cells={"": [], "home": [cell for cell in people if cell]} if turn else {},
            )
        )
    return found


def told(release):
    """Return the answers behind each sum that a release tells of the scale."""
    for key, some in release.sets.items():
        if (*key[:2], "scale s") not in release.withheld | release.untold:
            own = frozenset(
                (line[:12], release.answered[line]) for line in some if int(release.answered[line][:4], 16)
            )
            if len(own) >= release.min_n:
                yield own


def widths(groups, *shown):
    """Return how wide the range of each group's share is, by the whole numbers that fit what is told."""
    sums = [own for release in shown for own in told(release)]
    every = sorted(set().union(*sums, *groups))
    place = {answer: i for i, answer in enumerate(every)}
    like = [int(codes[:4], 16) == FAVORABLE_SHARE for _, codes in every]

    def atoms(some):
        return frozenset(place[answer] for answer in some)

    sets = tuple(
        (atoms(own), *as_shown(len(own), sum(like[i] for i in atoms(own)))) for own in dict.fromkeys(sums)
    )
    spans = feasible(Published((1,) * len(every), sets), [atoms(group) for group in groups], integer=True)
    return [(high - low) / len(group) for group, (low, high) in zip(groups, spans, strict=True)]


@settings(max_examples=300, deadline=None)
@given(releases())
def test_no_small_group_is_told_closely_by_two_releases(pair):
    before, now = pair
    while places := few_told([before], now):
        now = dataclasses.replace(now, untold=now.untold | places)
    groups = []
    for cell in now.cells["home"]:
        for release in (before, now):
            own = frozenset(
                (line[:12], codes)
                for line, codes in release.answered.items()
                if line[:12] in cell and int(codes[:4], 16)
            )
            if 0 < len(own) < FEW:
                groups.append(own)
    if not groups or not any(True for _ in told(now)):
        return
    alone = [widths(groups, release) for release in (before, now)]
    for i, width in enumerate(widths(groups, before, now)):
        assert width >= 0.5 or min(one[i] for one in alone) < 0.5
