"""A policy in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from relsurvey.errors import PolicyError
from relsurvey.grading.policy import Policy, policies_of
from relsurvey.words import Text, say


def policy_words(policy: Policy, languages: Sequence[str] = ("en", "es")) -> Text:
    """Return a policy in plain sentences, by language.

    Examples
    --------
    >>> from relsurvey.grading import Policy
    >>> policy_words(Policy(drop_lowest={"Homework": 1}, exclude=["Behavior"]), ["en"])["en"]
    'Behavior is not part of the mark. In Homework, the score that pulls the mark down most does not count.'
    """
    policy = one_policy(policy)
    return {language: " ".join(_said(policy, language)) for language in languages}


def one_policy(given: object) -> Policy:
    """Return the one policy that is given.

    Raises
    ------
    PolicyError
        If there are several, or none.
    """
    found = policies_of(given)
    if len(found) != 1:
        raise PolicyError(
            f"One policy is explained at a time; here are {len(found)}, such as one a course. Choose one: "
            "policies[0]."
        )
    return found[0]


def _said(policy: Policy, language: str) -> Iterator[str]:
    """Yield a sentence, or a few, for each part of a policy, in the order the simulator follows."""
    asked = [name for name in Policy.model_fields if name not in ("id", "title") and _asks(policy, name)]
    if not [name for name in asked if name not in ("scope", "effective")]:
        yield say(language, "grading.policy_none")
    yield from _of_handing_in(policy, language)
    if policy.retake is not None:
        yield from _of_retakes(policy, language)
    if policy.floor is not None:
        yield say(language, f"grading.policy_floor_{policy.floor.on}", percent=figure(policy.floor.percent))
    if policy.exclude:
        key = "policy_exclude" if len(policy.exclude) == 1 else "policy_exclude_several"
        yield say(language, f"grading.{key}", categories=listed(language, policy.exclude))
    for category, k in policy.drop_lowest.items():
        if k:
            key = "policy_drop" if k == 1 else "policy_drop_several"
            yield say(language, f"grading.{key}", category=category, k=k)
    if policy.weights:
        parts = [f"{category} {figure(weight)} %" for category, weight in policy.weights.items()]
        yield say(language, "grading.policy_weights", parts=listed(language, parts))
    if policy.round is not None:
        yield say(language, f"grading.policy_round_{policy.round}")
    if "cuts" in policy.model_fields_set:
        yield _of_cuts(policy, language)
    if policy.pass_ is not None:
        # Without letters of its own a policy makes every course one that is passed or not.
        key = "policy_pass" if "cuts" in policy.model_fields_set else "policy_pass_alone"
        yield say(language, f"grading.{key}", percent=figure(policy.pass_))
    if policy.effective is not None:
        yield from _of_dates(policy, language)
    if policy.scope is not None:
        yield from _of_scope(policy, language)


def _asks(policy: Policy, name: str) -> bool:
    value = getattr(policy, name)
    return name in policy.model_fields_set if name == "cuts" else value is not None and value not in ({}, ())


def _of_handing_in(policy: Policy, language: str) -> Iterator[str]:
    if policy.missing is not None:
        codes = policy.missing.codes
        what = (
            say(language, "grading.policy_missing_codes", codes=listed(language, codes, "or"))
            if codes
            else say(language, "grading.policy_missing_any")
        )
        kind: str = policy.missing.counts_as
        if kind == "zero" and policy.floor is not None and policy.floor.on == "score":
            kind = "zero_still"
        percent = figure(policy.floor.percent) if policy.floor is not None else ""
        yield say(language, f"grading.policy_missing_{kind}", what=what, percent=percent)
    if policy.late is not None:
        late = policy.late
        key = "policy_late_lowest" if late.lowest > 0 else "policy_late"
        yield say(language, f"grading.{key}", per_day=figure(late.per_day), lowest=figure(late.lowest))
        if late.window is not None:
            yield say(language, "grading.policy_late_window", **_days(language, late.window))
    if policy.makeup is not None:
        makeup = policy.makeup
        named = listed(language, [day_words(language, day) for day in makeup.days], "or")
        key = (
            "policy_makeup_both"
            if makeup.days and makeup.window is not None
            else ("policy_makeup_days" if makeup.days else "policy_makeup_window")
        )
        which = say(language, f"grading.{key}", named=named, **_days(language, makeup.window or 0))
        key = "policy_makeup_all" if makeup.credit == 100 else "policy_makeup_part"
        yield say(language, f"grading.{key}", which=which, credit=figure(makeup.credit))


def _of_retakes(policy: Policy, language: str) -> Iterator[str]:
    retake = policy.retake
    assert retake is not None
    key = "policy_retake_any" if retake.below == 100 else "policy_retake_below"
    yield say(language, f"grading.{key}", below=figure(retake.below))
    if retake.cap < 100:
        yield say(language, "grading.policy_retake_cap", cap=figure(retake.cap))
    yield say(language, f"grading.policy_retake_{retake.keep}")
    if retake.count is not None:
        key = "policy_retake_once" if retake.count == 1 else "policy_retake_count"
        yield say(language, f"grading.{key}", count=retake.count)
    if retake.window is not None:
        yield say(language, "grading.policy_retake_window", **_days(language, retake.window))


def _of_cuts(policy: Policy, language: str) -> str:
    *upper, (last, _) = policy.cuts.items()
    if not upper:
        return say(language, "grading.policy_cuts_one", last=last)
    parts = [say(language, "grading.policy_cut", letter=letter, percent=figure(cut)) for letter, cut in upper]
    return say(language, "grading.policy_cuts", parts=listed(language, parts), last=last)


def _of_dates(policy: Policy, language: str) -> Iterator[str]:
    dates = policy.effective
    assert dates is not None
    if dates.from_ is None and dates.to is None:
        return
    key = "policy_dates" if dates.from_ and dates.to else "policy_from" if dates.from_ else "policy_to"
    yield say(
        language,
        f"grading.{key}",
        first=day_words(language, dates.from_) if dates.from_ else "",
        last=day_words(language, dates.to) if dates.to else "",
    )


def _of_scope(policy: Policy, language: str) -> Iterator[str]:
    scope = policy.scope
    assert scope is not None
    # Who the teachers are is no business of whoever reads the sentence.
    key = "district" if scope.level == "district" else scope.level
    yield say(language, f"grading.policy_scope_{key}", names=listed(language, scope.ids))


def listed(language: str, parts: Sequence[str], word: str = "and") -> str:
    """Return a list in words: 'A, B and C'.

    Examples
    --------
    >>> listed("en", ["A", "B", "C"]), listed("es", ["A"], "or")
    ('A, B and C', 'A')
    """
    if len(parts) < 2:
        return "".join(parts)
    return say(language, f"grading.policy_{word}", parts=", ".join(parts[:-1]), last=parts[-1])


def day_words(language: str, day: date) -> str:
    """Return a day in words.

    Examples
    --------
    >>> day_words("en", date(2026, 3, 6)), day_words("es", date(2026, 3, 6))
    ('March 6, 2026', '6 de marzo de 2026')
    """
    month = say(language, f"month.{day.month}")
    return say(language, "grading.policy_day", day=day.day, month=month, year=day.year)


def _days(language: str, days: int) -> dict[str, str]:
    key = "policy_one_day" if days == 1 else "policy_n_days"
    return {"days": say(language, f"grading.{key}", days=days)}


def figure(value: float) -> str:
    """Return a number with two decimals at most.

    Examples
    --------
    >>> figure(50.0), figure(66.6667)
    ('50', '66.67')
    """
    return f"{round(value, 2):g}"
