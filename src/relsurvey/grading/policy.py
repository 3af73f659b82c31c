"""A grading policy: the rules that turn scores into marks, as a file that a team can read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from relsurvey.errors import PolicyError
from relsurvey.escape import yaml_scalar
from relsurvey.grading.written import Part, Written
from relsurvey.instrument.source import Place

#: Where a policy names none: the letters of most high schools in the United States.
CUTS = {"A": 90.0, "B": 80.0, "C": 70.0, "D": 60.0, "F": 0.0}

#: Letters of a course that is passed or not.
PASSED, NOT_PASSED = "P", "NP"

#: What YAML would not read as text.
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def _number(given: Any) -> Any:
    if isinstance(given, bool):
        raise PydanticCustomError("number", "input should be a number, not yes or no")
    return given


Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), BeforeValidator(_number)]
Days = Annotated[int, Field(ge=0), BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_number)]
Cut = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_number)]


def _texts(given: Any) -> Any:
    return {"*": given} if isinstance(given, str) else given


class Floor(Part):
    """The lowest percent there is: on every score, or on the report card's mark alone."""

    percent: Percent
    on: Literal["score", "mark"] = "score"


class Missing(Part):
    """What work that was never handed in counts.

    Without ``codes`` every piece of missing work is meant. What counts as ``zero`` stays a zero: no floor
    raises it, which is how such a rule differs from ``floor``.
    """

    codes: tuple[str, ...] = ()
    counts_as: Literal["zero", "floor", "excused"] = "zero"


class Retake(Part):
    """Who may try again (a first attempt below so many percent), and what the new attempt counts.

    ``cap`` holds for the new attempts alone. ``count`` is how many of them count, ``window`` how many days
    after the first attempt.
    """

    below: Percent = 100.0
    cap: Percent = 100.0
    keep: Literal["best", "last", "average"] = "best"
    count: Annotated[Count, Field(ge=1)] | None = None
    window: Days | None = None


class Late(Part):
    """Percent points (of the work's own points) taken off for each day begun.

    The deduction never brings a score under ``lowest``; a score that was lower before stays. Work later than
    ``window`` days counts as zero.
    """

    per_day: Percent
    lowest: Percent = 0.0
    window: Days | None = None


class Makeup(Part):
    """Late work that is forgiven: handed in on one of the days, or within so many days of its due date.

    It counts ``credit`` percent of its score, in place of the deduction for lateness.
    """

    days: tuple[date, ...] = ()
    window: Days | None = None
    credit: Percent = 100.0


class Effective(Part):
    """From which day's work to which the rules for scores hold, both days included."""

    from_: date | None = Field(None, alias="from")
    to: date | None = None


class Scope(Part):
    """For whom the policy holds."""

    level: Literal["district", "school", "course", "teacher"]
    ids: tuple[str, ...] = ()


class Policy(Written):
    """The rules by which scores become marks. Every part is optional; one that is absent is no rule.

    Attributes
    ----------
    id, title
        What it is called; ``title`` is a text, or one by language.
    floor
        The lowest percent of every score, or of the mark.
    missing
        What work that was never handed in counts.
    retake
        Who may try again. Without it the first attempt counts.
    late
        The deduction for each day.
    makeup
        Late work that is forgiven.
    drop_lowest
        By category, how many scores are left out: those whose absence raises the mark most, and never the
        last one. Where points are added up that is the whole mark; Canvas looks at the category alone.
    weights
        By category its part of the mark, in percent; together 100. Without it points are added up.
    exclude
        Categories that are no part of the mark.
    cuts
        By letter the lowest percent that earns it; the last one starts at 0. Without it 90, 80, 70, 60.
    round
        To how many decimals the percent is rounded, half up, before it meets the cuts; None: not at all.
    pass_
        In YAML ``pass``: the percent that passes a course without letters.
    effective, scope
        Of which days' work, and for whom, it holds.

    Raises
    ------
    PolicyError
        If a part is not as it must be: one sentence with the fix.

    Examples
    --------
    >>> policy = Policy(id="floor-50", floor={"percent": 50}, weights={"Homework": 40, "Tests": 60})
    >>> Policy.parse(policy.to_yaml()) == policy
    True
    >>> Policy(weights={"Homework": 40, "Tests": 50})
    Traceback (most recent call last):
    relsurvey.errors.PolicyError: policy: the weights add up to 90, not to 100. Change them in `weights`.
    """

    called: ClassVar[str] = "policy"
    file: ClassVar[str] = "policy"
    kind: ClassVar[str] = "a policy"

    id: str = "policy"
    title: Annotated[dict[str, str], BeforeValidator(_texts)] = Field(default_factory=dict)
    floor: Floor | None = None
    missing: Missing | None = None
    retake: Retake | None = None
    late: Late | None = None
    makeup: Makeup | None = None
    drop_lowest: dict[str, Annotated[Count, Field(ge=0)]] = Field(default_factory=dict)
    weights: dict[str, Percent] = Field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    cuts: dict[str, Cut] = Field(default_factory=lambda: dict(CUTS))
    round: Annotated[Literal[0, 1, 2], BeforeValidator(_number)] | None = None
    pass_: Percent | None = Field(None, alias="pass")
    effective: Effective | None = None
    scope: Scope | None = None

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Yield what the parts say against each other: the place, and a sentence with the fix."""
        return _problems(self)

    @model_validator(mode="after")
    def _titled(self) -> Self:
        if not self.title:
            object.__setattr__(self, "title", {"*": self.id})
        return self

    def to_yaml(self) -> str:
        """Return the policy as YAML, as :meth:`parse` reads it; what is as it would be anyway is left out."""
        lines = [f"{key}: {_flow(value)}" for key, value in _plain(self).items()]
        return "\n".join(lines) + "\n"

    def but(self, **parts: Any) -> Policy:
        """Return the same policy with some parts changed; None takes a part away.

        Examples
        --------
        >>> Policy(weights={"Tests": 100}).but(floor={"percent": 50}).weights
        {'Tests': 100.0}
        """
        kept = _plain(self)
        for key, part in parts.items():
            key = key.rstrip("_")
            kept.pop(key, None)
            if part is not None:
                kept[key] = part.model_dump(by_alias=True) if isinstance(part, BaseModel) else part
        return Policy(**kept)


def policies_of(given: object) -> tuple[Policy, ...]:
    """Return what a caller gave as policies: one, or several.

    Raises
    ------
    PolicyError
        If it is something else, such as the path of a file.
    """
    several: Iterable[object] = (given,)
    if isinstance(given, Iterable) and not isinstance(given, str | Mapping | BaseModel):
        several = given
    found: list[Policy] = []
    for one in several:
        if not isinstance(one, Policy):
            raise PolicyError(
                f"A policy is a Policy or a list of them, not a {type(one).__name__}. Read a file with "
                "Policy.from_yaml(path), or write Policy(floor={...})."
            )
        found.append(one)
    return tuple(found)


def _problems(policy: Policy) -> Iterator[tuple[Place, str]]:
    """Yield what the parts of a policy say against each other: the place, and a sentence with the fix."""
    if not any(map(str.isalnum, policy.id)):
        yield ("id",), "`id` has no letter or digit. Give it a short name such as `floor-50`."
    total = math.fsum(policy.weights.values())
    if policy.weights and not math.isclose(total, 100, abs_tol=0.015):
        yield ("weights",), f"the weights add up to {total:g}, not to 100. Change them in `weights`."
    both = [category for category in policy.exclude if category in policy.weights]
    if both:
        yield (
            ("exclude",),
            f"the category {both[0]!r} is excluded and has a weight. Take it out of one of the two.",
        )
    yield from _of_cuts(policy.cuts)
    if policy.missing is not None and policy.missing.counts_as == "floor" and policy.floor is None:
        yield (
            ("missing", "counts_as"),
            "missing work counts as the floor, and there is no `floor`. Add one such as `{percent: 50}`.",
        )
    if policy.makeup is not None and not policy.makeup.days and policy.makeup.window is None:
        yield ("makeup",), "`makeup` names neither `days` nor a `window`. Add one."
    dates = policy.effective
    if dates is not None and dates.from_ is not None and dates.to is not None and dates.from_ > dates.to:
        yield ("effective",), "`effective` ends before it begins. Change one of its two dates."
    if policy.scope is not None and policy.scope.level != "district" and not policy.scope.ids:
        yield ("scope",), f"`scope` names no {policy.scope.level}. Add `ids: [...]`."


def _of_cuts(cuts: dict[str, float]) -> Iterator[tuple[Place, str]]:
    if not cuts:
        yield ("cuts",), "`cuts` has no letters. Write them as `{A: 90, B: 80, C: 70, D: 60, F: 0}`."
        return
    letters = list(cuts)
    for better, worse in pairwise(letters):
        if cuts[better] <= cuts[worse]:
            yield (
                ("cuts", worse),
                f"`{worse}` starts at {cuts[worse]:g}, not below `{better}` at {cuts[better]:g}. Lower it.",
            )
    if cuts[letters[-1]] > 0:
        yield (
            ("cuts",),
            f"the cuts have a hole: there is no letter under {cuts[letters[-1]]:g}. Let the last start at 0.",
        )


def _plain(policy: Policy) -> dict[str, Any]:
    """Return what a policy's file has to say: plain values, by the file's own keys."""
    said = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said = {"id": policy.id, **said}
    if policy.title == {"*": policy.id}:
        said.pop("title", None)
    elif list(policy.title) == ["*"]:
        said["title"] = policy.title["*"]
    if "cuts" in policy.model_fields_set:
        # Beside `pass` it says that there are courses with letters too.
        said["cuts"] = dict(policy.cuts)
    for key in ("floor", "missing", "makeup", "retake", "late", "scope"):
        part = getattr(policy, key)
        if part is not None:
            said[key] = part.model_dump(mode="json", exclude_none=True)
    return said


def _flow(value: Any) -> str:
    """Return plain data as one line of YAML."""
    if isinstance(value, dict):
        pairs = (f"{_key(str(key))}: {_flow(part)}" for key, part in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return yaml_scalar(value)


def _key(text: str) -> str:
    """Return a key bare where YAML reads it back as this text, else in quotes."""
    plain = text.isascii() and text.isidentifier() and text.casefold() not in _WORDS
    return text if plain else yaml_scalar(text)
