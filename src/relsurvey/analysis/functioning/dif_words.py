"""What is said and shown of differential item functioning."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE, Face, Value
from relsurvey.analysis.functioning.dif_models import NOTICEABLE, Contrast, turned
from relsurvey.analysis.functioning.proportional_odds import MOST_STEPS
from relsurvey.words import say

if TYPE_CHECKING:
    from relsurvey.analysis.dif import DIF, ItemDIF


def in_words(found: DIF, language: str) -> str:
    """Return which questions differ, for whom and by how much, and what that does not tell."""

    def of(key: str, **values: object) -> str:
        return say(language, f"dif.{key}", **values)

    def listed(key: str, chosen: Callable[[ItemDIF], bool], **values: object) -> list[str]:
        names = [item.name for item in found.items if chosen(item)]
        return [of(key, items=", ".join(names), **values)] if names else []

    k = len(found.items)
    small = [g for g, size in zip(found.groups, found.sizes, strict=True) if size < found.min_n]
    left_out = [of("small", min_n=found.min_n, groups=", ".join(small))] if small else []
    if not found.checked:
        return " ".join([of("not_checked", k=k, min_n=found.min_n), *left_out])
    parts = _differences(found, language)
    if found.comparable == "differs":
        parts.append(of("meaning"))
    elif found.comparable == "comparable":
        parts.append(of("none", k=k, groups=", ".join(found.checked)))
    parts += listed("constant", lambda item: _problem(item) == "constant")
    parts += listed("unmatched", lambda item: _problem(item) == "unmatched")
    parts += listed("not_converged", lambda item: _problem(item) == "not_converged", steps=MOST_STEPS)
    parts += listed("separated", lambda item: item.mark == "differs" and _separated(item))
    parts += listed("unused", lambda item: item.unused > 0)
    parts += left_out
    parts += listed("rest", _turns)
    if found.comparable == "differs" and found.purification != "not asked":
        parts.append(of(found.purification.replace(" ", "_"), rounds=len(found.rounds)))
    if found.comparable != "not checked":
        parts.append(of("limits"))
    parts.append(of("counted", k=k))
    return " ".join(parts)


def faces(found: DIF, language: str, min_n: int) -> tuple[Face, ...]:
    """Return questions, and questions by group; groups under ``min_n`` masked."""

    def head(*keys: str) -> tuple[str, ...]:
        return tuple(say(language, f"dif.head_{key}") for key in keys)

    under = say(language, "dif.under", min_n=min_n)
    sizes = dict(zip(found.groups, found.sizes, strict=True))
    hidden = any(sizes[group] < min_n for group in found.checked)
    by_item: list[tuple[Value, ...]] = []
    by_group: list[tuple[Value, ...]] = []
    for item in found.items:
        mark = say(language, f"dif.mark_{_key(item.mark)}")
        if hidden:
            by_item.append((item.name, under, None, None, None, None, None))
        elif item.total is None:
            by_item.append((item.name, None, mark, None, None, None, None))
        else:
            effect = say(language, f"dif.effect_{_key(item.total.effect)}")
            kind = say(language, f"dif.kind_{_key(item.judged.kind)}")
            p = item.judged.p_adjusted
            n = item.total.nested.n
            by_item.append((item.name, n, mark, kind, p, item.total.nested.total.r2, effect))
        contrasts = {found.checked[contrast.group]: (contrast, m) for contrast, _, m in item.contrasts}
        for group in found.groups:
            if group == found.reference:
                continue
            beside = found.reference or say(language, "dif.others")
            contrast, group_mark = contrasts.get(group, (None, "not checked"))
            told = say(language, f"dif.mark_{_key(group_mark)}")
            if sizes[group] < min_n or (contrast and contrast.n_beside < min_n):
                by_group.append((item.name, group, under, beside, None, None, None, None))
            elif contrast is None:
                by_group.append((item.name, group, sizes[group], beside, None, None, None, told))
            else:
                points = (contrast.points, contrast.points_low, contrast.points_high)
                by_group.append((item.name, group, sizes[group], beside, *points, told))
    return (
        Face(
            say(language, "dif.face_items"),
            head("item", "n", "mark", "kind", "p", "r2", "effect"),
            tuple(by_item),
            decimals=3,
        ),
        Face(
            say(language, "dif.face_groups"),
            head("item", "group", "n", "beside", "points", "low", "high", "mark"),
            tuple(by_group),
        ),
    )


def _differences(found: DIF, language: str) -> list[str]:
    """Return one sentence for all questions on which a group differs by the same."""
    told: dict[tuple[str, str, str, str], list[str]] = {}
    hidden = False
    for item in found.items:
        if item.mark != "differs" or item.total is None:
            continue
        for contrast in _spoken(item):
            if min(contrast.n, contrast.n_beside) < MIN_N_FILE:
                hidden = True
                continue
            group = found.checked[contrast.group]
            beside = found.beside(contrast)
            key, size = _size(contrast, item.total.span, len(item.total.codes))
            told.setdefault((key, size, group, beside), []).append(item.name)
    parts = [
        say(
            language,
            f"dif.{key}",
            size=size,
            group=group,
            others=say(language, "dif.reference", group=beside) if beside else say(language, "dif.others"),
            items=", ".join(names),
        )
        for (key, size, group, beside), names in told.items()
    ]
    return [*parts, say(language, "finding.masked", min_n=MIN_N_FILE)] if hidden else parts


def _spoken(item: ItemDIF) -> list[Contrast]:
    """Return the contrasts to name: of two groups the one with higher answers, else those that differ."""
    assert item.total is not None
    contrasts = item.total.contrasts
    marked = [contrast for contrast, _, mark in item.contrasts if mark == "differs"]
    mirrored = len(contrasts) == 2 and contrasts[0].nested is contrasts[1].nested
    return [item.total.widest] if mirrored or not marked else marked


def _size(contrast: Contrast, span: float, answers: int) -> tuple[str, str]:
    """Return the key of the sentence and the size in it."""
    points = contrast.points
    if not abs(points) >= NOTICEABLE * span:
        return "changing", ""
    if answers == 2:
        return "more" if points > 0 else "fewer", f"{100 * abs(points) / span:.0f}"
    return "higher" if points > 0 else "lower", f"{abs(points):.{1 if span >= 2 else 2}f}"


def _problem(item: ItemDIF) -> str:
    return item.total.nested.problem if item.total else ""


def _turns(item: ItemDIF) -> bool:
    """Say whether the mark stands with one of the two scores only, or stands for the other direction."""
    marks = {item.mark, item.rest_judged.mark}
    if item.total is None or item.rest is None or "differs" not in marks or "not checked" in marks:
        return False
    return len(marks) == 2 or turned(item.total, item.rest)


def _separated(item: ItemDIF) -> bool:
    return item.total is not None and item.total.nested.separated


def _key(text: str) -> str:
    return text.replace(" ", "_").replace("-", "_")
