"""The simulator once more, slowly: dictionaries, fractions, one student at a time, every subset tried.

It was written from the words of the rules alone, and shares nothing with the package but the policy's data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Row = Mapping[str, Any]
Key = tuple[Any, Any, Any, Any]

COUNTED = ("scored", "late", "missing")


def exact(number: float) -> Fraction:
    """Return the decimal number that was written, not its nearest binary."""
    return Fraction(str(number))


def unknown(value: Any) -> bool:
    return value is None or value != value


def slow(
    rows: Iterable[Row], tried: list[Any], own: list[Any], exported: Mapping[Key, str] | None = None
) -> dict[Key, tuple[Fraction | None, str | None]]:
    """Return by (student, school, course, term) the percent and the letter."""
    by_mark: dict[Key, list[Row]] = {}
    for row in rows:
        key = tuple(None if unknown(row.get(k)) else row[k] for k in ("student", "school", "course", "term"))
        by_mark.setdefault(key, []).append(row)
    out: dict[Key, tuple[Fraction | None, str | None]] = {}
    for key, mine in by_mark.items():
        place = {"school": key[1], "course": key[2], "teacher": teacher_of(mine)}
        chain = list(reversed([policy for policy in own if holds(policy, place)])) or [own[0]]
        chain = list(reversed([policy for policy in tried if holds(policy, place)]))[:1] + chain
        letter = (exported or {}).get(key)
        out[key] = one_mark(mine, list(map(plain, chain)), passed=letter in ("P", "NP", "CR", "NC"))
    return out


def plain(policy: Any) -> dict[str, Any]:
    said = policy.model_dump(by_alias=True)
    said["letters are its own"] = "cuts" in policy.model_fields_set
    return said


def teacher_of(rows: list[Row]) -> Any:
    for row in rows:
        if not unknown(row.get("teacher")):
            return row["teacher"]
    return None


def holds(policy: Any, place: Mapping[str, Any]) -> bool:
    scope = policy.scope
    return scope is None or scope.level == "district" or place[scope.level] in scope.ids


#: Outside the dates of every policy there is no rule for scores.
NO_RULES = dict.fromkeys(("missing", "late", "makeup", "retake", "floor")) | {"exclude": ()}


def one_mark(
    rows: list[Row], chain: list[dict[str, Any]], *, passed: bool
) -> tuple[Fraction | None, str | None]:
    """Return percent and letter under the first policy, outside whose dates the next one holds, and so on."""
    policy = chain[0]
    items: dict[Any, list[Row]] = {}
    for row in rows:
        items.setdefault(row["item"], []).append(row)
    kept: list[tuple[Any, Fraction, Fraction]] = []
    for attempts in items.values():
        attempts.sort(key=lambda row: row.get("attempt", 1))
        first = attempts[0]
        due = first.get("due")
        rules = next((one for one in chain if inside(due, one["effective"])), NO_RULES)
        category = first.get("category")
        if category in rules["exclude"]:
            continue
        score = item_score(attempts, rules)
        if score is not None:
            kept.append((category, score, exact(first["points_possible"])))
    percent = total(kept, policy)
    if percent is not None and policy["floor"] and policy["floor"]["on"] == "mark":
        percent = max(percent, exact(policy["floor"]["percent"]))
    if percent is None:
        return None, None
    if policy["round"] is not None:
        shift = 10 ** policy["round"]
        percent = Fraction(math.floor(percent * shift + Fraction(1, 2)), shift)
    if policy["pass"] is not None and (passed or not policy["letters are its own"]):
        return percent, "P" if percent >= exact(policy["pass"]) else "NP"
    for letter, cut in policy["cuts"].items():
        if percent >= exact(cut):
            return percent, letter
    return percent, list(policy["cuts"])[-1]


def day(value: Any) -> date | None:
    if unknown(value):
        return None
    return value.date() if isinstance(value, datetime) else value


def inside(due: Any, effective: Mapping[str, Any] | None) -> bool:
    """Work without a due date is not known to be inside."""
    if effective is None or (effective["from"] is None and effective["to"] is None):
        return True
    when = day(due)
    if when is None:
        return False
    if effective["from"] is not None and when < effective["from"]:
        return False
    return effective["to"] is None or when <= effective["to"]


def days_late(row: Row) -> int | None:
    """Each day begun after the due moment; a due date without an hour ends with its day."""
    given = row.get("days_late")
    if not unknown(given):
        return max(0, math.ceil(given))
    due, came = row.get("due"), row.get("submitted")
    if unknown(due) or unknown(came):
        return None
    if not isinstance(due, datetime) or (due.hour, due.minute, due.second) == (0, 0, 0):
        return max(0, (day(came) - day(due)).days)
    late = came - due
    whole = late // timedelta(days=1)
    return max(0, whole if late == whole * timedelta(days=1) else whole + 1)


def item_score(attempts: list[Row], rules: Mapping[str, Any]) -> Fraction | None:
    """Return an item's points under the rules for scores, or None where it does not count."""
    points = exact(attempts[0]["points_possible"])
    seen: list[tuple[Fraction, bool, Any, bool]] = []
    for row in attempts:
        # A new attempt that nobody handed in is none.
        if seen and row["status"] == "missing":
            continue
        one = attempt_score(row, rules, points, is_new=bool(seen))
        if one is not None:
            # What was never handed in begins when it was due.
            came = day(row.get("submitted")) or (None if seen else day(row.get("due")))
            seen.append((*one, came, row["status"] == "missing"))
    if not seen:
        return None
    (score, stays, came, never), new = seen[0], seen[1:]
    retake = rules["retake"]
    reached = Fraction(0) if never else score
    if retake is not None and new and points > 0 and reached < exact(retake["below"]) * points / 100:
        if retake["count"] is not None:
            new = new[: retake["count"]]
        if retake["window"] is not None:
            new = [
                one for one in new
                if came is not None and one[2] is not None and (one[2] - came).days <= retake["window"]
            ]  # fmt: skip
        if new:
            cap = exact(retake["cap"]) * points / 100
            capped = [min(one[0], cap) for one in new]
            if retake["keep"] == "best":
                score = max([score, *capped])
            elif retake["keep"] == "last":
                score = capped[-1]
            else:
                score = sum([score, *capped], Fraction(0)) / (1 + len(capped))
            stays = False
    floor = rules["floor"]
    if floor is not None and floor["on"] == "score" and points > 0 and not stays:
        score = max(score, exact(floor["percent"]) * points / 100)
    return score


def attempt_score(
    row: Row, rules: Mapping[str, Any], points: Fraction, *, is_new: bool
) -> tuple[Fraction, bool] | None:
    """Return points, and whether they are a zero that no floor raises; None where it does not count."""
    if row["status"] not in COUNTED:
        return None
    if row["status"] == "missing":
        missing = rules["missing"]
        if missing is None or (missing["codes"] and row.get("code") not in missing["codes"]):
            return Fraction(0), False
        if missing["counts_as"] == "excused":
            return None
        if missing["counts_as"] == "floor":
            return exact(rules["floor"]["percent"]) * points / 100, False
        return Fraction(0), True
    score = exact(row["raw"])
    late, rule, makeup = days_late(row), rules["late"], rules["makeup"]
    # A new attempt comes after the due date by its nature.
    if not late or is_new:
        return score, False
    if makeup is not None:
        came = day(row.get("submitted"))
        in_window = makeup["window"] is not None and late <= makeup["window"]
        if in_window or (came is not None and came in makeup["days"]):
            return score * exact(makeup["credit"]) / 100, False
    if rule is not None:
        if rule["window"] is not None and late > rule["window"]:
            return Fraction(0), False
        lowest = exact(rule["lowest"]) * points / 100
        less = score - exact(rule["per_day"]) * late * points / 100
        return max(less, min(score, lowest)), False
    return score, False


def total(kept: list[tuple[Any, Fraction, Fraction]], policy: Mapping[str, Any]) -> Fraction | None:
    """Return the percent of a mark, with the lowest left out that help most; None without counted work."""
    if policy["weights"]:
        parts = []
        for category, weight in policy["weights"].items():
            of = [(score, points) for name, score, points in kept if name == category]
            found = [ratio(left) for left in without(of, policy["drop_lowest"].get(category, 0))]
            shares = [one for one in found if one is not None]
            if shares:
                parts.append((exact(weight), max(shares)))
        whole = sum((weight for weight, _ in parts), Fraction(0))
        return sum((weight * one for weight, one in parts), Fraction(0)) / whole if whole else None
    choices = []
    for category in {name for name, _, _ in kept}:
        of = [(score, points) for name, score, points in kept if name == category]
        choices.append(list(without(of, policy["drop_lowest"].get(category, 0))))
    found = [ratio([one for part in choice for one in part]) for choice in product(*choices)]
    shares = [one for one in found if one is not None]
    return max(shares) if shares else None


def without(of: list[tuple[Fraction, Fraction]], k: int) -> Iterable[list[tuple[Fraction, Fraction]]]:
    """Yield what is left after each way to leave out k, never the last one and never extra credit."""
    can = [i for i, (_, points) in enumerate(of) if points > 0]
    for gone in combinations(can, max(0, min(k, len(can) - 1))):
        yield [one for i, one in enumerate(of) if i not in gone]


def ratio(of: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    points = sum((one[1] for one in of), Fraction(0))
    return 100 * sum((one[0] for one in of), Fraction(0)) / points if points > 0 else None
