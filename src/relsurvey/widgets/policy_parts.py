"""The parts of a policy as controls hold them: what a gradebook supports, and changes into policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from relsurvey.errors import PolicyError
from relsurvey.grading.letters import meanings
from relsurvey.grading.policy import Policy, _plain
from relsurvey.grading.policy_sentences import policy_words
from relsurvey.grading.support import holds, refusals
from relsurvey.grading.work import MISSING
from relsurvey.loading.choices import literal
from relsurvey.words import languages, texts

if TYPE_CHECKING:
    from relsurvey.grading.gradebook import Gradebook

#: The parts that have controls, in their order.
PARTS = (
    "floor",
    "missing",
    "retake",
    "late",
    "makeup",
    "drop_lowest",
    "weights",
    "exclude",
    "cuts",
    "round",
    "pass",
)

#: Parts that name something: a browser's objects keep neither the order of names nor every name.
_PAIRS = ("drop_lowest", "weights", "cuts")

#: Parts that speak of single pieces of work.
_OF_WORK = ("missing", "retake", "late", "makeup", "drop_lowest", "weights", "exclude")

_OF_CATEGORIES = ("drop_lowest", "weights", "exclude")

Parts = Mapping[str, Any]
"""Parts of a policy by their key, as plain data; None for one that is taken away."""


def plain_parts(policy: Policy) -> dict[str, Any]:
    """Return the parts of a policy that have controls, as plain data.

    Examples
    --------
    >>> plain_parts(Policy(floor={"percent": 50}, weights={"Tests": 100}))["weights"]
    [['Tests', 100.0]]
    """
    said = policy.model_dump(mode="json", by_alias=True)
    return {
        part: [list(pair) for pair in said[part].items()] if part in _PAIRS else said[part] for part in PARTS
    }


def allowed(parts: Any) -> dict[str, Any]:
    """Return parts that a browser sent, if they can be parts of a policy at all.

    Raises
    ------
    PolicyError
        If one is unknown, or is not pairs of a name and a number where it has to be.
    """
    if not isinstance(parts, dict):
        raise PolicyError("The parts of a policy are named. Reload the page.")
    for part, value in parts.items():
        if part not in PARTS:
            raise PolicyError(f"A policy has no part {part!r} that can be changed here.")
        if part in _PAIRS and not (isinstance(value, list) and all(map(_is_pair, value))):
            raise PolicyError(f"`{part}` is a list of names, each with a number.")
    return dict(parts)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def policies_with(gradebook: Gradebook, changes: Parts) -> tuple[Policy, ...]:
    """Return the courses' own rules with some parts changed.

    A course whose work lacks a category keeps its scores of the others: no policy names what it has not.

    Raises
    ------
    PolicyError
        If that is no policy.
    """
    own = gradebook.policies
    if not changes:
        return own
    found = []
    for policy in own:
        parts = {key: dict(value) if key in _PAIRS else value for key, value in changes.items()}
        if len(own) > 1:
            within = categories_of(gradebook, policy)
            if "drop_lowest" in parts:
                parts["drop_lowest"] = {name: k for name, k in parts["drop_lowest"].items() if name in within}
            if "exclude" in parts:
                parts["exclude"] = [name for name in parts["exclude"] or () if name in within]
        if parts.get("pass") is not None and policy.pass_ is None:
            # Without letters of its own a policy makes every course one that is passed or not.
            parts.setdefault("cuts", dict(policy.cuts))
        name = policy.id if len(own) > 1 else "policy-lab"
        found.append(policy.but(**parts, id=name, title=texts(languages(), "grading.compare_own_changed")))
    return tuple(found)


def categories_of(gradebook: Gradebook, policy: Policy) -> tuple[str, ...]:
    """Return the categories of the work for which a policy holds."""
    import numpy as np

    if not len(gradebook.scores):
        return ()
    work = gradebook.work
    there = np.unique(work.category[holds(work.marks, policy)[work.mark]])
    return tuple(work.categories[i] for i in there.tolist() if i >= 0)


def menu(gradebook: Gradebook) -> dict[str, Any]:
    """Return what the controls may offer, and for each part that the gradebook cannot support why not.

    The reasons in ``lacks`` are keys, for which the browser has the words.
    """
    import numpy as np

    own = gradebook.policies
    lacks = dict.fromkeys(PARTS, "")
    exported = np.isin(meanings(gradebook.marks["letter"]).astype(str), ("P", "NP")).any()
    if not exported:
        lacks["pass"] = "passes"
    offered: dict[str, Any] = {"lacks": lacks, "codes": [], "categories": [], "many": len(own) > 1}
    offered |= {"scores": bool(len(gradebook.scores)), "days": False, "window": False}
    if not len(gradebook.scores):
        return offered | {"lacks": lacks | dict.fromkeys(_OF_WORK, "scores")}
    work = gradebook.work
    never = work.status == MISSING
    codes = np.unique(work.code[never & (work.code >= 0)]).tolist()
    offered["codes"] = [work.codes[i] for i in codes if work.codes[i]]
    if not never.any():
        lacks["missing"] = "missing"

    def refused(**parts: Any) -> bool:
        return any(True for _ in refusals(gradebook, Policy(**parts)))

    if refused(retake={}):
        lacks["retake"] = "attempts"
    for part, probe in (("late", {"per_day": 10}), ("makeup", {"window": 1})):
        if refused(**{part: probe}):
            lacks[part] = "dates"
    offered["days"] = not refused(makeup={"days": ["2026-03-06"]})
    offered["window"] = not refused(retake={"window": 1})
    categories = [work.categories[i] for i in np.unique(work.category).tolist() if i >= 0]
    offered["categories"] = categories
    if not categories:
        lacks |= dict.fromkeys(_OF_CATEGORIES, "categories")
    elif len({categories_of(gradebook, policy) for policy in own}) > 1:
        lacks["weights"] = "differ"
    elif refused(weights=dict.fromkeys(categories, 0) | {categories[0]: 100}):
        lacks["weights"] = "categories"
    offered["lacks"] = lacks
    return offered


def said(policies: tuple[Policy, ...]) -> list[dict[str, Any]]:
    """Return policies in plain sentences: those that say the same together, and for which courses."""
    found: dict[str, dict[str, Any]] = {}
    for policy in policies:
        scope = policy.scope
        words = policy_words(policy.but(scope=None), languages())
        one = found.setdefault(words["en"], {"of": [], "words": words})
        # Who the teachers are is no business of whoever reads the sentence.
        if scope is not None and scope.level != "teacher":
            one["of"] += scope.ids
    return list(found.values())


def code_of(policies: tuple[Policy, ...], *, changed: bool) -> str:
    """Return the call that tries policies on a gradebook called ``gradebook``.

    Examples
    --------
    >>> print(code_of((Policy(id="a", floor={"percent": 50}),), changed=True))
    policy = rs.grading.Policy(
        id="a",
        floor={"percent": 50, "on": "score"},
    )
    tried = rs.grading.regrade(gradebook, policy)
    """
    calls = []
    for policy in policies:
        words = {key: value for key, value in _plain(policy).items() if not (changed and key == "title")}
        calls.append(
            [f"{'pass_' if key == 'pass' else key}={literal(_short(v))}" for key, v in words.items()]
        )
    if len(calls) == 1:
        lines = "".join(f"    {word},\n" for word in calls[0])
        return f"policy = rs.grading.Policy(\n{lines})\ntried = rs.grading.regrade(gradebook, policy)"
    each = "".join(
        "    rs.grading.Policy(\n" + "".join(f"        {word},\n" for word in words) + "    ),\n"
        for words in calls
    )
    return f"policies = [\n{each}]\ntried = rs.grading.regrade(gradebook, policies)"


def _short(value: Any) -> Any:
    """Return plain data with whole numbers as such."""
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
