"""Labels of rows → codes, group ids and waves, each noted."""

from __future__ import annotations

import math
from collections import Counter

from relsurvey.errors import Unmatched
from relsurvey.instrument import GroupVariable, Instrument, Options
from relsurvey.instrument.fold import fold
from relsurvey.reading import match
from relsurvey.reading.formats import Table
from relsurvey.reading.rows import Rows


def match_answers(rows: Rows, table: Table, instrument: Instrument, *, strict: bool) -> None:
    """Fill in the codes of all answers.

    Raises
    ------
    MatchError
        If ``strict`` and an answer fits no option of its question.
    """
    problems: list[Unmatched] = []
    for name, options in instrument.options.items():
        items = [item for item in instrument.items if instrument.items[item].options == name]
        known = match.labels_of(options)
        spellings = [text for option in options.options for text in option.label.values()]
        seen: Counter[str] = Counter()
        for item in items:
            counted = Counter(rows.items[item])
            codes = {label: _code(label, options, known) for label in counted}
            problems += [
                Unmatched(
                    f"{table.where}, column {match.shown(item)}",
                    label,
                    match.nearest(label, spellings),
                    counted[label],
                )
                for label, code in codes.items()
                if code is None
            ]
            rows.codes[item] = [
                math.nan if (code := codes[label]) is None else code for label in rows.items[item]
            ]
            seen += counted
        _note_answers(rows, table, name, {label: _code(label, options, known) for label in seen}, seen)
    if problems and strict:
        raise match.unmatched_error(
            problems,
            f"Some answers fit no option of `{instrument.id}`",
            "Correct them in the file or add them to the instrument's options; "
            "strict=False (--lenient) leaves them out and says so in the ledger.",
        )
    for problem in problems:
        what = f"{match.shown(problem.found)} is no answer to this question and was left out"
        rows.note("unmatched labels", problem.where, problem.rows, what, "strict=False")


def _code(label: str, options: Options, known: dict[str, float]) -> float | None:
    """Return the code of a cell: NaN when it is blank or not counted, None when it fits nothing."""
    return math.nan if label == "" else match.code_of(label, options, known)


def _note_answers(
    rows: Rows, table: Table, name: str, codes: dict[str, float | None], seen: Counter[str]
) -> None:
    for label, count in seen.items():
        code = codes[label]
        if label == "":
            what = f"answers to `{name}` questions left empty"
            rows.note("blank answers", table.where, count, what, "a blank is no answer")
        elif code is not None and math.isnan(code):
            what = f"answers {match.shown(label)} kept apart"
            rows.note("not counted", table.where, count, what, "the instrument does not count this answer")
        elif code is not None:
            what = f"answers {match.shown(label)} → {code:g}"
            rows.note("labels", table.where, count, what, f"options `{name}`")


def match_groups(rows: Rows, table: Table, instrument: Instrument) -> None:
    """Turn the labels of group variables into category ids; one that is not listed stays as itself."""
    for key, group in instrument.groups.items():
        known = match.categories_of(group)
        ids = {"": ""}
        seen: dict[str, str] = {}
        for label, count in Counter(rows.groups[key]).items():
            if label == "":
                why = "no answer is a group of its own kind"
                rows.note("groups", table.where, count, f"`{key}` left empty", why)
                continue
            ids[label], why = _category(label, group, known, table.multiple_separator)
            # Of a category that is not listed, the first spelling stands for those that differ by case.
            ids[label] = seen.setdefault(fold(ids[label]), ids[label])
            what = f"`{key}`: {match.shown(label)} → {match.shown(ids[label])}"
            rows.note("groups", table.where, count, what, why)
        rows.groups[key] = [ids[label] for label in rows.groups[key]]


def _category(label: str, group: GroupVariable, known: dict[str, str], separator: str) -> tuple[str, str]:
    """Return the category id of a label, and why it is this one."""
    parts = match.choices(label, known, separator) if group.multiple and fold(label) not in known else [label]
    found = list(dict.fromkeys(known.get(fold(part), part) for part in parts)) or [label]
    why = "by its label"
    if len(found) == 1:
        category = found[0]
    elif group.combine:
        category, why = group.combine, "more than one was chosen; the instrument combines them"
    else:
        category, why = " + ".join(sorted(found)), "more than one was chosen; kept together"
    if group.categories and any(fold(part) not in known for part in parts):
        why = "the instrument does not list it; kept as itself"
    return category, why


def match_waves(rows: Rows, table: Table, instrument: Instrument, *, strict: bool) -> None:
    """Turn the labels of waves into the instrument's own.

    Raises
    ------
    MatchError
        If ``strict`` and a row belongs to no wave of the instrument.
    """
    if not instrument.waves or not any(rows.identity["wave"]):
        return
    known = {fold(wave): wave for wave in instrument.waves}
    counted = Counter(rows.identity["wave"])
    unknown = [w for w in counted if fold(w) not in known]
    if unknown and strict:
        problems = [
            Unmatched(f"{table.where}, wave", w, match.nearest(w, instrument.waves), counted[w])
            for w in unknown
        ]
        raise match.unmatched_error(
            problems,
            f"Some rows belong to no wave of `{instrument.id}` ({', '.join(instrument.waves)})",
            'Correct the file, add the wave to the instrument, or name it: wave="fall".',
        )
    for wave in unknown:
        what = f"{match.shown(wave)} is no wave of the instrument; kept as itself"
        rows.note("waves", table.where, counted[wave], what, "strict=False")
    rows.identity["wave"] = [known.get(fold(wave), wave) for wave in rows.identity["wave"]]
