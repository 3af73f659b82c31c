"""A policy explained: its sentences, and its arithmetic on one student who does not exist."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value
from relsurvey.escape import html_text
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.policy import Policy
from relsurvey.grading.policy_sentences import figure, one_policy, policy_words
from relsurvey.grading.regrade import regrade
from relsurvey.grading.values import counted
from relsurvey.words import Text, say

if TYPE_CHECKING:
    import pandas as pd


#: Percents of the invented student's work: four 85s and a 0, or by category these in turn.
_PLAIN = (85.0, 85.0, 85.0, 85.0, 0.0)
_BY_CATEGORY = ((85.0, 85.0, 85.0, 85.0, 0.0), (75.0, 55.0), (90.0, 80.0))
_EXCLUDED = 60.0

#: Invented work that shows a retake (first and new attempt), lateness, and work made up.
_FIRST, _NEW, _LATE, _MADE_UP = 55.0, 90.0, 90.0, 80.0

_DAY = date(2026, 3, 2)

#: The number of a piece of work, its percent before and after; None where it does not count.
Change = tuple[int, float | None, float | None]


@dataclass(frozen=True)
class Step:
    """One part of a policy at work on the invented student.

    Attributes
    ----------
    part
        The policy's key, ``"start"`` for the scores as they are.
    changes
        Of each piece of work that now counts something else: its number, its percent before and after; None
        where it does not count.
    percent
        The mark's percent after this part and those before it.
    categories
        Where categories are weighed, of each its name, percent and weight.
    """

    part: str
    changes: tuple[Change, ...]
    percent: float
    categories: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Piece:
    """A piece of the invented student's work.

    Attributes
    ----------
    number, category
        What it is called.
    attempts
        The percent of each attempt; None for work that was never handed in.
    days_late
        How late the first attempt was.
    on
        The day it was handed in, where that matters.
    """

    number: int
    category: str | None
    attempts: tuple[float | None, ...]
    days_late: int = 0
    on: date | None = None


@dataclass(frozen=True, repr=False)
class Explained(Finding):
    """A policy, said and worked through on one student who does not exist.

    Attributes
    ----------
    policy
        The policy.
    languages
        In which languages it is said.
    pieces
        The invented student's work.
    steps
        Part by part what becomes of it, computed by the simulator.
    letters
        The letter before any of the policy's rules for scores, and after all of them.
    """

    policy: Policy
    languages: tuple[str, ...]
    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]
    letters: tuple[str, str]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``example``: one row a part of the policy; ``work``: one row a piece of the invented work."""
        import pandas as pd

        steps = [
            (step.part, step.percent, len(step.changes), before.percent if before else None)
            for before, step in zip((None, *self.steps), self.steps, strict=False)
        ]
        work = [(p.number, p.category, p.attempts[0], p.attempts[-1], p.days_late) for p in self.pieces]
        return {
            "example": pd.DataFrame(steps, columns=["part", "percent", "changed", "percent_before"]),
            "work": pd.DataFrame(work, columns=["work", "category", "first", "last", "days_late"]),
        }

    @property
    def sentences(self) -> Text:
        """What the policy says and does to the example, in the languages asked for."""
        return {language: self.in_words(language) for language in self.languages}

    def in_words(self, language: str = "en") -> str:
        """Return the policy's sentences, and what they do to the invented student's mark."""
        return f"{policy_words(self.policy, (language,))[language]} {self.example_words(language)}"

    def example_words(self, language: str = "en") -> str:
        """Return what the policy does to the invented student's mark."""
        before, after = (
            f"{figure(step.percent)} % ({letter})"
            for step, letter in zip((self.steps[0], self.steps[-1]), self.letters, strict=True)
        )
        key = "policy_example" if before != after else "policy_example_same"
        return say(language, f"grading.{key}", before=before, after=after)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the invented student's work, and the arithmetic part by part."""
        work: list[tuple[Value, ...]] = [
            (
                _called(language, piece),
                ", ".join(
                    say(language, "grading.policy_not_handed_in") if one is None else f"{one:g} %"
                    for one in piece.attempts
                ),
                piece.days_late or None,
            )
            for piece in self.pieces
        ]
        steps: list[tuple[Value, ...]] = [
            (
                say(language, f"grading.policy_step_{step.part}"),
                "; ".join(self._numbers(language, step)) or None,
                f"{figure(step.percent)} %",
            )
            for step in self.steps
        ]
        steps.append((say(language, "grading.policy_step_letter"), None, self.letters[1]))
        return (
            Face.of(
                language, "grading", "policy_work", ("policy_piece", "policy_scores", "policy_late"), work
            ),
            Face.of(
                language, "grading", "policy_steps", ("policy_part", "policy_changes", "policy_mark"), steps
            ),
        )

    def _numbers(self, language: str, step: Step) -> Iterator[str]:
        out = say(language, "grading.policy_not_counted")
        for number, before, after in step.changes:
            was, now = (out if value is None else f"{figure(value)} %" for value in (before, after))
            yield f"{_called(language, self.pieces[number - 1])}: {was} → {now}"
        for name, percent, weight in step.categories:
            yield f"{name}: {figure(percent)} % × {figure(weight)} %"

    def _repr_html_(self) -> str:
        said = "".join(
            f"<p lang='{html_text(language)}'>{html_text(self.in_words(language))}</p>"
            for language in self.languages
        )
        return said + "".join(face.html() for face in self.faces(self.languages[0]))


def explain(policy: Policy, languages: Sequence[str] = ("en", "es")) -> Explained:
    """Say a policy in plain sentences, with its arithmetic on one student who does not exist.

    Parameters
    ----------
    policy
        What to say.
    languages
        In which languages of the catalogue.

    Returns
    -------
    Explained
        Its ``sentences`` by language, and the arithmetic in percent, part by part.

    Examples
    --------
    >>> from relsurvey.grading import Policy
    >>> print(explain(Policy(floor={"percent": 50})).sentence)
    No score counts less than 50 %. An example, with a student who does not exist: 68 % (D) becomes 78 % (C).
    """
    return example(policy, languages)


def example(policy: Policy, languages: Sequence[str] = ("en", "es")) -> Explained:
    """Work a policy through on one student who does not exist; every figure comes from the simulator.

    For whom and for which days' work the policy holds is left aside: the invented work is inside both.

    Parameters
    ----------
    policy
        What to work through.
    languages
        In which languages it is said.

    Examples
    --------
    >>> from relsurvey.grading import Policy
    >>> example(Policy(floor={"percent": 50})).table[["part", "percent"]].values.tolist()
    [['start', 68.0], ['floor', 78.0]]
    """
    policy = one_policy(policy)
    pieces = tuple(_pieces(policy))
    book = _book(policy, pieces)
    known = {piece.category for piece in pieces}
    plain = policy.but(
        scope=None,
        effective=None,
        drop_lowest={name: k for name, k in policy.drop_lowest.items() if name in known} or None,
    )
    parts = list(_parts(plain))
    tried = plain.but(**dict.fromkeys(key for _, given in parts for key in given))
    percent, first = _marked(book, tried)
    steps, letter = [Step("start", (), percent)], first
    for key, given in parts:
        before, tried = tried, tried.but(**given)
        percent, letter = _marked(book, tried)
        changes = (
            _left_out(book, before, tried, percent) if key == "drop_lowest" else _changes(book, before, tried)
        )
        steps.append(Step(key, changes, percent, _of_categories(book, tried) if key == "weights" else ()))
    return Explained(policy, tuple(languages), pieces, tuple(steps), (first, letter))


def _parts(policy: Policy) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the parts of a policy in the order the simulator follows, each with what it adds."""
    missing, floor = policy.missing, policy.floor
    if missing is not None and missing.counts_as != "floor":
        yield "missing", {"missing": missing}
    for key in ("late", "makeup", "retake"):
        if getattr(policy, key) is not None:
            yield key, {key: getattr(policy, key)}
    # What counts as the floor needs one.
    given = {"missing": missing} if missing is not None and missing.counts_as == "floor" else {}
    if floor is not None and (floor.on == "score" or given):
        yield "floor", {"floor": floor, **given}
    # Categories that are weighed have their lowest dropped each for itself.
    for key in ("exclude", "weights", "drop_lowest"):
        if getattr(policy, key):
            yield key, {key: getattr(policy, key)}
    if floor is not None and floor.on == "mark" and not given:
        yield "floor", {"floor": floor}
    if policy.round is not None:
        yield "round", {"round": policy.round}


def _pieces(policy: Policy) -> Iterator[Piece]:
    """Yield invented work that shows every part of a policy."""
    named = [*policy.weights] or [name for name in policy.drop_lowest if name not in policy.exclude]
    # What shows a retake or lateness stands where it weighs most.
    rest = max(policy.weights, key=policy.weights.__getitem__) if policy.weights else None
    sets: list[tuple[str | None, tuple[float | None, ...]]] = [
        (name, _BY_CATEGORY[place % len(_BY_CATEGORY)]) for place, name in enumerate(named)
    ] or [(None, _PLAIN)]
    found: list[tuple[str | None, tuple[float | None, ...], int, date | None]] = [
        (name, (score,), 0, None) for name, scores in sets for score in scores
    ]
    if policy.missing is not None:
        found.append((sets[0][0], (None,), 0, None))
    if policy.retake is not None:
        # A first attempt that may be tried again.
        found.append((rest, (min(_FIRST, max(policy.retake.below - 10, 0)), _NEW), 0, None))
    makeup = policy.makeup
    if policy.late is not None:
        # Later than what is forgiven.
        found.append(
            (rest, (_LATE,), 2 if makeup is None or makeup.window is None else makeup.window + 1, None)
        )
    if makeup is not None:
        in_time = 2 if makeup.window is None else max(min(makeup.window, 2), 1)
        found.append((rest, (_MADE_UP,), in_time, makeup.days[0] if makeup.days else None))
    found += [(name, (_EXCLUDED,), 0, None) for name in policy.exclude]
    for number, (category, attempts, late, on) in enumerate(found, 1):
        yield Piece(number, category, attempts, late, on)


def _book(policy: Policy, pieces: Sequence[Piece]) -> Gradebook:
    import pandas as pd

    code = (policy.missing.codes or ("M",))[0] if policy.missing is not None else "M"
    rows = []
    for piece in pieces:
        due = piece.on - timedelta(piece.days_late) if piece.on is not None else _DAY
        for number, score in enumerate(piece.attempts, 1):
            rows.append(
                {
                    "student": "example",
                    "item": str(piece.number),
                    "category": piece.category,
                    "due": pd.Timestamp(due),
                    "submitted": pd.Timestamp(due + timedelta(piece.days_late)),
                    "days_late": piece.days_late,
                    "points_possible": 100.0,
                    "raw": score,
                    "status": "missing" if score is None else "scored",
                    "code": code if score is None else None,
                    "attempt": number,
                }
            )
    return Gradebook.of(pd.DataFrame(rows))


def _marked(book: Gradebook, policy: Policy) -> tuple[float, str]:
    marks = regrade(book, policy).marks
    return float(marks["percent"].iloc[0]), str(marks["letter"].iloc[0])


def _counts(book: Gradebook, policy: Policy) -> list[float | None]:
    """Return the percent of each piece of work, None where it does not count."""
    one = counted(book.work, policy, policy)
    percents = (100 * one.value / one.points).round(6).tolist()
    return [percent if counts else None for percent, counts in zip(percents, one.counts, strict=True)]


def _changes(book: Gradebook, before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return which pieces of work count something else than before."""
    pairs = enumerate(zip(_counts(book, before), _counts(book, after), strict=True), 1)
    return tuple((number, was, now) for number, (was, now) in pairs if was != now)


def _left_out(book: Gradebook, before: Policy, after: Policy, percent: float) -> tuple[Change, ...]:
    """Return the pieces that were dropped: the mark without them, dropping so many fewer, is the same."""
    values = _counts(book, before)
    scores, found = book.scores, []
    left = dict(after.drop_lowest)
    for category in left:
        for item in dict.fromkeys(scores.loc[scores["category"] == category, "item"]):
            fewer = left | {category: left[category] - 1}
            without = Gradebook.of(
                scores.assign(status=scores["status"].where(scores["item"] != item, "excused"))
            )
            if left[category] and math.isclose(_marked(without, after.but(drop_lowest=fewer))[0], percent):
                scores, left = without.scores, fewer
                found.append((int(item), values[int(item) - 1], None))
    return tuple(found)


def _of_categories(book: Gradebook, policy: Policy) -> tuple[tuple[str, float, float], ...]:
    """Return name, percent and weight of each category that is weighed."""
    found = []
    for name, weight in policy.weights.items():
        others = [*policy.exclude, *(other for other in policy.weights if other != name)]
        found.append((name, _marked(book, policy.but(weights=None, exclude=others))[0], weight))
    return tuple(found)


def _called(language: str, piece: Piece) -> str:
    name = say(language, "grading.policy_work_name", number=piece.number)
    return f"{name} ({piece.category})" if piece.category else name
