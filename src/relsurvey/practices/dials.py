"""The grid of policies that a view tries: dials that an analyst writes, or those ready for a gradebook."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from relsurvey.errors import PolicyError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading.policy import Count, Cut, Floor, Late, Makeup, Missing, Percent, Policy, Retake
from relsurvey.grading.support import refusals
from relsurvey.grading.written import Part, Written
from relsurvey.instrument.model import Text
from relsurvey.instrument.source import Place
from relsurvey.practices.hands import several
from relsurvey.words import languages, texts
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading import Gradebook

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
_LONGEST = 60
#: Of a category, so that it fits into the title of a dial.
_LONGEST_CATEGORY = 30
#: More policies than this are no grid that a team can go through.
MOST = 64
#: So many of the ready dials, at most.
_READY = 3


class Change(Part):
    """The parts of a :class:`relsurvey.grading.Policy` that a choice sets; null takes one away."""

    floor: Floor | None = None
    missing: Missing | None = None
    retake: Retake | None = None
    late: Late | None = None
    makeup: Makeup | None = None
    drop_lowest: dict[str, Annotated[Count, Field(ge=0)]] | None = None
    weights: dict[str, Percent] | None = None
    exclude: tuple[str, ...] | None = None
    cuts: dict[str, Cut] | None = None
    round: Literal[0, 1, 2] | None = None
    pass_: Percent | None = Field(None, alias="pass")

    @property
    def parts(self) -> dict[str, Any]:
        """What ``Gradebook.but`` takes."""
        return {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set}


class Choice(Part):
    """One position of a dial; without ``policy`` the courses' own rules stay."""

    id: str
    title: Text
    policy: Change | None = None


class Dial(Part):
    """One part of a policy that a reader may turn; its first choice is as it is now."""

    id: str
    title: Text
    choices: tuple[Choice, ...]


class Dials(Written):
    """The dials of one file, in its order.

    Attributes
    ----------
    dials
        Each with its choices; a policy of the grid is one choice of each.

    Raises
    ------
    PolicyError
        If a part is not as it must be: one sentence with the fix.

    Examples
    --------
    >>> dials = Dials.parse('''
    ... dials:
    ...   - id: floor
    ...     title: {en: Lowest score that counts, es: Puntaje más bajo que cuenta}
    ...     choices:
    ...       - {id: now, title: {en: as now, es: como ahora}}
    ...       - {id: 50, title: {en: at least 50 %, es: al menos 50 %}, policy: {floor: {percent: 50}}}
    ... ''')
    >>> dials.grid, dials.parts((1,))
    (((0,), (1,)), {'floor': Floor(percent=50.0, on='score')})
    """

    called: ClassVar[str] = "dials"
    file: ClassVar[str] = "file of dials"
    kind: ClassVar[str] = "a file of dials"

    id: str = "dials"
    dials: tuple[Dial, ...]

    def problems(self) -> Iterator[tuple[Place, str]]:
        """Yield what the dials say against each other: the place, and a sentence with the fix."""
        return _problems(self)

    @cached_property
    def grid(self) -> tuple[tuple[int, ...], ...]:
        """Every combination of the dials' positions, all as they are now first."""
        return tuple(product(*(range(len(dial.choices)) for dial in self.dials)))

    def turned(self, at: tuple[int, ...]) -> tuple[tuple[Dial, Choice], ...]:
        """Return the dials that are not as now, each with its choice."""
        return tuple((dial, dial.choices[k]) for dial, k in zip(self.dials, at, strict=True) if k)

    def parts(self, at: tuple[int, ...]) -> dict[str, Any]:
        """Return the parts of a policy that a combination sets, as ``Gradebook.but`` takes them."""
        return {
            key: part
            for _, choice in self.turned(at)
            for key, part in (choice.policy or Change()).parts.items()
        }


def _problems(found: Dials) -> Iterator[tuple[Place, str]]:
    if not found.dials:
        yield ("dials",), "there are no dials. Add at least one, with an `id`, a `title` and `choices`."
    set_by: dict[str, str] = {}
    for d, dial in enumerate(found.dials):
        place: Place = ("dials", d)
        yield from _of_name(place, dial, "dial")
        if dial.id in [other.id for other in found.dials[:d]]:
            yield (*place, "id"), f"two dials are called {dial.id!r}. Rename one."
        if len(dial.choices) < 2:
            yield (
                (*place, "choices"),
                f"the dial {dial.id!r} has fewer than 2 choices. Give it `now`, and one with a `policy`.",
            )
        for c, choice in enumerate(dial.choices):
            yield from _of_choice((*place, "choices", c), dial, c)
            for key in choice.policy.parts if choice.policy else ():
                if set_by.setdefault(key, dial.id) != dial.id:
                    yield (
                        (*place, "choices", c, "policy"),
                        (
                            f"the dials {set_by[key]!r} and {dial.id!r} both set `{key.rstrip('_')}`, and "
                            "one would undo the other. Make them one dial."
                        ),
                    )
    sizes = [len(dial.choices) for dial in found.dials]
    if math.prod(sizes) > MOST:
        yield (
            ("dials",),
            (
                f"the dials make {' × '.join(map(str, sizes))} = {math.prod(sizes)} policies, and a grid "
                f"has at most {MOST}. Take a dial or some choices out."
            ),
        )


def _of_choice(place: Place, dial: Dial, c: int) -> Iterator[tuple[Place, str]]:
    choice = dial.choices[c]
    yield from _of_name(place, choice, "choice")
    if choice.id in [other.id for other in dial.choices[:c]]:
        yield (*place, "id"), f"the dial {dial.id!r} has two choices called {choice.id!r}. Rename one."
    if c == 0 and choice.policy is not None:
        yield (
            (*place, "policy"),
            (
                f"the first choice of {dial.id!r} has a `policy`. The first is as it is now: take the policy "
                "out, or add such a choice before it."
            ),
        )
    if c > 0 and not (choice.policy and choice.policy.parts):
        yield (
            place,
            (
                f"the choice {choice.id!r} of {dial.id!r} sets nothing. Give it a `policy`; only the first "
                "is as it is now."
            ),
        )
    if choice.policy is not None:
        alone = {key: part for key, part in choice.policy.parts.items() if part is not None}
        try:
            Policy(id=f"{dial.id}, {choice.id}", **alone)
        except PolicyError as cause:
            yield (*place, "policy"), str(cause)


def _of_name(place: Place, named: Dial | Choice, what: str) -> Iterator[tuple[Place, str]]:
    if not _ID.match(named.id):
        yield (
            (*place, "id"),
            f"{named.id!r} cannot be the id of a {what}. Use up to 40 letters, digits, - and _.",
        )
    if not named.title or not all(text.strip() for text in named.title.values()):
        yield (*place, "title"), f"the {what} {named.id!r} has no title. Write `title: {{en: ...}}`."
    if any(len(text) > _LONGEST for text in named.title.values()):
        yield (
            (*place, "title"),
            f"the title of {named.id!r} is longer than {_LONGEST} characters. Shorten it.",
        )


def find(dials: str | Path | Dials) -> Dials:
    """Return dials given themselves or the path of a YAML file.

    Raises
    ------
    PolicyError
        If the file is not there or not right.
    """
    return dials if isinstance(dials, Dials) else Dials.from_yaml(dials)


def ready(gradebook: Gradebook) -> tuple[Dials | None, tuple[str, ...]]:
    """Return the dials that a gradebook supports as it is, and why others are left out.

    Parameters
    ----------
    gradebook
        What they would be tried on.

    Returns
    -------
    tuple
        At most three dials, or None without any: a lowest score that counts, new tries, a rule for late
        work, work never handed in that stays a zero, and a lowest score left out, the first that the file
        supports. Then a sentence for each one that was passed over.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> scores = pd.DataFrame({"student": ["s1"], "item": "a", "raw": 8, "points_possible": 10})
    >>> dials, notes = ready(Gradebook.of(scores))
    >>> [dial.id for dial in dials.dials], len(notes)
    (['floor'], 4)
    """
    found: list[Dial] = []
    notes = []
    for dial in _offered(gradebook):
        why = dial if isinstance(dial, str) else _refused(gradebook, dial)
        if why:
            notes.append(why)
        elif isinstance(dial, Dial):
            found.append(dial)
        if len(found) == _READY:
            break
    return Dials(dials=tuple(found)) if found else None, tuple(notes)


def _offered(gradebook: Gradebook) -> Iterator[Dial | str]:
    """Yield dials, those of most use first, or why there is none."""
    yield _dial("floor", {"40": {"floor": {"percent": 40}}, "50": {"floor": {"percent": 50}}})
    yield _dial("retake", {"80": {"retake": {"below": 70, "cap": 80}}})
    if any(policy.late for policy in gradebook.policies):
        yield _dial("makeup", {"10": {"makeup": {"window": 10}}})
    else:
        yield _dial("late", {"10": {"late": {"per_day": 10, "lowest": 50}}})
    scores = gradebook.scores
    if len(scores) and not (scores["status"] == "missing").any():
        yield "Work that was never handed in: the gradebook has none that is counted as a zero."
    else:
        yield _dial("missing", {"zero": {"missing": {"counts_as": "zero"}}})
    name = _category(scores)
    if name is not None:
        yield _dial("drop", {"1": {"drop_lowest": {name: 1}}}, category=name)
    elif scores["category"].notna().any():
        yield "Lowest scores left out: no category of work is one that three teachers or more use."
    else:
        yield "Lowest scores left out: the gradebook does not say of which category each piece of work is."


def _category(scores: pd.DataFrame) -> str | None:
    """Return the category with most work whose name may stand on a page: not one or two teachers' own."""
    most = scores["category"].dropna().value_counts()
    for name in sorted(most.index, key=lambda one: (-most[one], str(one))):
        plain = one_line(plain_text(str(name)))
        if plain == name and len(name) <= _LONGEST_CATEGORY and several(scores[scores["category"] == name]):
            return str(name)
    return None


def _dial(dial: str, choices: Mapping[str, Mapping[str, Any]], **values: str) -> Dial:
    known = languages()

    def title(key: str) -> Text:
        return texts(known, f"trying.{key}", **values)

    return Dial(
        id=dial,
        title=title(f"dial_{dial}"),
        choices=(
            Choice(id="now", title=title("now")),
            *(
                Choice(id=key, title=title(f"dial_{dial}_{key}"), policy=Change(**policy))
                for key, policy in choices.items()
            ),
        ),
    )


def _refused(gradebook: Gradebook, dial: Dial) -> str:
    """Return why a gradebook does not support a dial, else nothing."""
    for choice in dial.choices[1:]:
        for policy in gradebook.but(id=dial.id, **(choice.policy or Change()).parts):
            for sentence in refusals(gradebook, policy):
                return f"{pick(dial.title, 'en')}: {sentence}"
    return ""
