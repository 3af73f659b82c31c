"""A rule that says who is on track: a file with a name, a version, words for people and a machine part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from relsurvey.errors import PolicyError
from relsurvey.grading.written import Part, Written
from relsurvey.instrument.source import Place
from relsurvey.reading.match import nearest

Count = Annotated[int, Field(ge=0)]


class Requires(Part):
    """What a student on track must have; all of what is named.

    ``credits``: at least so many, a course of a whole year being 1. ``core_failed``: at most so many failing
    marks in core courses. ``gpa``: at least, unweighted. ``no_df``: by what sentences call it, the names that
    a subject may have; no D or F there. ``attendance``: at least, in percent. ``suspensions``: at most.
    ``df_count``: at most so many marks that are D or F.
    """

    credits: Annotated[float, Field(gt=0)] | None = None
    core_failed: Count | None = None
    gpa: Annotated[float, Field(ge=0, le=4)] | None = None
    no_df: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    attendance: Annotated[float, Field(ge=0, le=100)] | None = None
    suspensions: Count | None = None
    df_count: Count | None = None


class Rule(Written):
    """A rule that says who is on track.

    Attributes
    ----------
    id, version
        Its name, and which wording of it.
    title, text
        By language: what it is called, and what it says.
    source
        Where it comes from.
    grade
        The grade it speaks of: students who are known to be in another one are left out.
    requires
        Its machine part.
    without_terms
        Words in a term's name that leave its marks out.

    Raises
    ------
    PolicyError
        If a part is not as it must be: one sentence with the fix.
    """

    called: ClassVar[str] = "rule"
    file: ClassVar[str] = "rule"
    kind: ClassVar[str] = "a rule"

    version: str
    title: dict[str, str]
    text: dict[str, str]
    source: str
    grade: int | None = None
    requires: Requires
    without_terms: tuple[str, ...] = ()

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Yield what the parts say against each other: the place, and a sentence with the fix."""
        return _problems(self)


def _problems(rule: Rule) -> Iterator[tuple[Place, str]]:
    if rule.requires == Requires():
        yield ("requires",), "`requires` asks for nothing. Add a part such as `credits: 5`."
    for key, texts in (("title", rule.title), ("text", rule.text)):
        if not texts:
            yield (key,), f"`{key}` has no words. Write `{key}: {{en: ...}}`: it stands beside every number."


def track_rules() -> dict[str, Rule]:
    """Return the rules that come with the package, by id.

    Examples
    --------
    >>> list(track_rules())
    ['bs-or-better', 'chicago', 'core-failures', 'df-count', 'ew-8', 'ew-9', 'rise']
    """
    return {rule.id: rule for rule in _ready()}


@cache
def _ready() -> tuple[Rule, ...]:
    folder = resources.files("relsurvey.grading") / "rules"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(Rule.parse(file.read_text("utf-8"), file.name) for file in files)


@dataclass(frozen=True)
class Stated:
    """A rule that is not a file: its name, version, words and source."""

    id: str
    version: str
    title: dict[str, str]
    text: dict[str, str]
    source: str


def rule_of(rule: str | Path | dict[str, Any] | Rule) -> Rule:
    """Return a rule given itself, its parts, the id of a ready one, or the path of a YAML file.

    Raises
    ------
    PolicyError
        If there is neither a ready rule nor a file of that name, or it is not as it must be.
    """
    if isinstance(rule, Rule):
        return rule
    if isinstance(rule, dict):
        return Rule(**rule)
    ready = track_rules()
    if str(rule) in ready:
        return ready[str(rule)]
    if isinstance(rule, Path) or rule.endswith((".yaml", ".yml")):
        return Rule.from_yaml(rule)
    near = nearest(rule, ready)
    raise PolicyError(
        f"There is no rule {rule!r}{f' (nearest: {near[0]!r})' if near else ''}. "
        f"There are: {', '.join(ready)}; or give the path of a YAML file."
    )
