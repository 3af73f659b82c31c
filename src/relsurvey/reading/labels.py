"""Labels of rows → codes, group ids and waves, each noted."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from relsurvey.errors import MatchError, Unmatched
from relsurvey.instrument import GroupVariable, Instrument, Options
from relsurvey.instrument.fold import fold
from relsurvey.reading import match
from relsurvey.reading.answers import Meaning, Reader, beside_number, label_of_date, no_answer
from relsurvey.reading.rows import Rows

Explained = Mapping[str, Mapping[str, float | str | None]]

#: How many spellings have a line of the ledger each, before the rest is counted together.
_LINES = 200
#: How exports and people write yes and no, in the languages that surveys are given in here.
_YES = frozenset({"yes", "y", "sí", "si", "s", "true", "t", "verdadero", "1", "1.0"})
_NO = frozenset({"no", "n", "false", "f", "falso", "0", "0.0"})
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")

#: How many labels that fit nothing are shown of one column: more are no labels but students' own words.
_SHOWN = 12


def match_answers(
    rows: Rows, where: str, instrument: Instrument, explained: Explained, *, strict: bool
) -> None:
    """Fill in the codes of all answers.

    Parameters
    ----------
    rows
        The rows of one file.
    where
        The file, and the sheet where there are several.
    instrument
        What was asked.
    explained
        A mapping's ``labels``.
    strict
        Whether an answer that fits no option is an error, else a ledger line.

    Raises
    ------
    MatchError
        If ``strict`` and an answer fits no option of its question.
    """
    import numpy as np

    problems: list[Unmatched] = []
    for name, options in instrument.options.items():
        items = [item for item in instrument.items if instrument.items[item].options == name]
        readers = {item: _reader(options, name, item, explained) for item in items}
        turned = _turned(rows, items, readers)
        seen: dict[tuple[str, Meaning], int] = defaultdict(int)
        for item in items:
            column, reader = rows.items[item], readers[item]
            codes = np.full(len(column.texts), math.nan)
            counts = column.counts()
            unmatched: Counter[str] = Counter()
            for position in column.used:
                text = column.texts[position]
                meaning = (
                    Meaning("missing codes", why="the file itself marks it as no answer")
                    if position in column.missing
                    else reader.meaning(
                        text, column.values[position] if column.values else "", numbers_turned=turned
                    )
                )
                codes[position] = meaning.code
                if meaning.kind == "unmatched labels":
                    unmatched[text] = counts[text]
                else:
                    seen[text, meaning] += counts[text]
            rows.codes[item] = codes[column.codes]
            problems += _unmatched(unmatched, where, item, options, name, turned=turned)
        _note_answers(rows, where, name, seen)
        if turned:
            what = f"the numbers beside the labels of `{name}` run another way than the instrument's codes"
            rows.note(
                "code direction", where, len(rows), what, "an answer is taken by its label; no bare number is"
            )
    if problems and strict:
        raise match.unmatched_error(
            problems,
            f"Some answers fit no option of `{instrument.id}`",
            "Correct them in the file, or say in a mapping what they mean (`relsurvey check` writes one); "
            "strict=False (--lenient) leaves them out and says so in the ledger.",
        )
    for problem in problems:
        what = f"{match.shown(problem.found)} is no answer to this question and was left out"
        rows.note("unmatched labels", problem.where, problem.rows, what, "strict=False")


def _reader(options: Options, name: str, item: str, explained: Explained) -> Reader:
    try:
        return Reader(options, {**explained.get(name, {}), **explained.get(item, {})})
    except KeyError as cause:
        near = [f"{o.code:g}" for o in options.counted if o.code is not None]
        raise MatchError(
            f"The mapping gives a label of `{name}` the meaning {match.shown(str(cause.args[0]))}, "
            f"which is no code or label of it. Use a code ({', '.join(near)}), a label, or null."
        ) from cause


def _turned(rows: Rows, items: list[str], readers: Mapping[str, Reader]) -> bool:
    """Say whether numbers beside labels disagree with the instrument's codes, in any of these questions."""
    for item in items:
        column = rows.items[item]
        for position in column.used:
            meaning = readers[item].meaning(
                column.texts[position], column.values[position] if column.values else ""
            )
            if meaning.kind == "labels" and meaning.number is not None and meaning.number != meaning.code:
                return True
    return False


def _unmatched(
    unmatched: Counter[str], where: str, item: str, options: Options, name: str, *, turned: bool
) -> list[Unmatched]:
    spellings = [text for option in options.options for text in option.label.values()]
    place = f"{where}, column {match.shown(item)}"
    problems = []
    for label, count in unmatched.most_common(_SHOWN):
        near = match.nearest(label, spellings)
        meant = match.shown(near[0]) if near and not turned else "…"
        line = f"labels: {{{name}: {{{match.shown(label)}: {meant}}}}}"
        problems.append(Unmatched(place, label, near, count, line, name))
    rest = len(unmatched) - len(problems)
    if rest > 0:
        others = sum(unmatched.values()) - sum(p.rows for p in problems)
        problems.append(Unmatched(place, f"{rest} further texts", (), others))
    return problems


def _note_answers(rows: Rows, where: str, name: str, seen: Mapping[tuple[str, Meaning], int]) -> None:
    # By code, so that a page of them reads as the answers stand in the question; what has none comes last.
    ordered = sorted(seen.items(), key=_by_code)
    further: Counter[str] = Counter()
    for (_, meaning), count in ordered[_LINES:]:
        further[meaning.kind] += count
    for kind, count in further.items():
        rows.note(kind, where, count, f"further spellings in `{name}` questions", "as the ones below")
    for (label, meaning), count in ordered[:_LINES]:
        text = match.shown(label)
        match meaning.kind:
            case "blank answers":
                what = f"answers to `{name}` questions left empty"
            case "not counted":
                what = f"answers {text} kept apart"
            case "missing codes":
                what = f"{text} taken as no answer to `{name}` questions"
            case _:
                what = f"answers {text} → {meaning.code:g}"
        why = "the instrument does not count this answer" if meaning.kind == "not counted" else meaning.why
        if meaning.kind == "labels":
            why = f"{why}, options `{name}`"
        rows.note(meaning.kind, where, count, what, why)


def _by_code(entry: tuple[tuple[str, Meaning], int]) -> tuple[bool, float, str, str]:
    (label, meaning), _ = entry
    uncoded = math.isnan(meaning.code)
    return uncoded, 0.0 if uncoded else meaning.code, meaning.kind, label


def match_groups(
    rows: Rows, where: str, instrument: Instrument, explained: Explained, separators: Mapping[str, str | None]
) -> None:
    """Turn the labels of group variables into category ids; one that is not listed stays as itself.

    Parameters
    ----------
    rows, where, instrument, explained
        As in :func:`match_answers`.
    separators
        By group variable, what stands between the choices of one cell.

    Raises
    ------
    MatchError
        If a mapping names a category that the instrument does not have.
    """
    for key, group in instrument.groups.items():
        known = categories_of(group)
        chosen = _chosen_categories(key, group, known, explained.get(key, {}))
        column = rows.groups[key]
        usual = yes_or_no(group, column.texts)
        counts = column.counts()
        ids = {"": ""}
        seen: dict[str, str] = {}
        noted: Counter[tuple[str, str]] = Counter()
        for position in column.used:
            label = column.texts[position]
            if label == "":
                noted[f"`{key}` left empty", "no answer is a group of its own kind"] += counts[label]
                continue
            if position in column.missing:
                ids[label], why = "", "the file itself marks it as no answer"
            elif fold(label) in chosen:
                ids[label], why = chosen[fold(label)], "through the mapping"
            elif fold(label) not in known and no_answer(label):
                ids[label], why = "", "by custom no answer, and no category"
            elif fold(label) in usual:
                ids[label], why = usual[fold(label)], "as yes or no is often written"
            else:
                ids[label], why = _category(label, group, known, separators.get(key) or ", ")
            # Of a category that is not listed, the first spelling stands for those that differ by case.
            ids[label] = seen.setdefault(fold(ids[label]), ids[label])
            noted[f"`{key}`: {match.shown(_spoken(label))} → {match.shown(ids[label])}", why] += counts[label]
        rows.groups[key] = column.replaced(ids)
        for (what, why), count in noted.most_common(100):
            rows.note("groups", where, count, what, why)
        if len(noted) > 100:
            left = sum(noted.values()) - sum(count for _, count in noted.most_common(100))
            what = f"`{key}`: {len(noted) - 100} further texts, each kept as itself or combined"
            rows.note("groups", where, left, what, "as the ones above")


def _spoken(label: str) -> str:
    """Return the choices of several columns as a person would list them."""
    return label.replace("\x1f", ", ")


def _chosen_categories(
    key: str, group: GroupVariable, known: Mapping[str, str], explained: Mapping[str, float | str | None]
) -> dict[str, str]:
    result = {}
    for label, value in explained.items():
        text = "" if value is None else f"{value:g}" if isinstance(value, float) else value
        category = known.get(fold(text), text)
        if text and group.categories and fold(text) not in known:
            near = match.nearest(text, [c.id for c in group.categories])
            raise MatchError(
                f"The mapping gives a label of `{key}` the meaning {match.shown(text)}, "
                f"which is no category of it{f' (nearest: {near[0]})' if near else ''}. "
                "Correct the mapping, or add the category."
            )
        result[fold(label)] = category
    return result


def _category(label: str, group: GroupVariable, known: dict[str, str], separator: str) -> tuple[str, str]:
    """Return the category id of a label, and why it is this one."""
    for bare, _ in beside_number(fold(label)):
        if bare in known and fold(label) not in known:
            return known[bare], "by its label, beside a number"
    turned = None if fold(label) in known else label_of_date(fold(label), known)
    if turned is not None:
        return known[turned], "a spreadsheet had turned the label into a date"
    parts = choices(label, known, separator) if group.multiple and fold(label) not in known else [label]
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


def categories_of(group: GroupVariable) -> dict[str, str]:
    """Return the category id of each folded spelling."""
    return {
        fold(text): category.id
        for category in group.categories
        for text in (category.id, *category.label.values(), *category.match)
    }


def yes_or_no(group: GroupVariable, texts: Iterable[str]) -> dict[str, str]:
    """Return the category id of each text that says yes or no in a usual way; none where that is a guess.

    Parameters
    ----------
    group
        The variable: only where its categories are a yes and a no, and nothing else, is anything known.
    texts
        All that stands in its column: beside other numbers, such as 2, neither 0 nor 1 has a known meaning.

    Examples
    --------
    >>> from relsurvey.instrument import GroupVariable
    >>> group = GroupVariable(id="avid", title={"en": "AVID"}, categories=["Yes", "No"])
    >>> yes_or_no(group, ["Y", "no", "Maybe"]), yes_or_no(group, ["1", "2"])
    ({'y': 'Yes'}, {})
    """
    named: dict[str, frozenset[str]] = {}
    for category in group.categories:
        labels = {fold(label) for label in category.label.values()}
        for words, spellings in (({"yes", "sí", "si"}, _YES), ({"no"}, _NO)):
            if labels <= words:
                named[category.id] = spellings
    if len(group.categories) != 2 or set(named.values()) != {_YES, _NO}:
        return {}
    listed = categories_of(group)
    found = {fold(text) for text in texts if not no_answer(text)} - listed.keys()
    if any(_NUMBER.fullmatch(text) and text not in _YES | _NO for text in found):
        found = {text for text in found if not _NUMBER.fullmatch(text)}
    return {text: category for category, spellings in named.items() for text in found & spellings}


def choices(cell: str, known: Mapping[str, str], separator: str) -> list[str]:
    """Cut a cell with several choices, keeping a choice whole that itself holds the separator.

    Examples
    --------
    >>> choices("Asian, Black, or African American", {"asian": "A", "black, or african american": "B"}, ", ")
    ['Asian', 'Black, or African American']
    """
    mark = separator.strip(" ") or separator
    mark = mark if mark in cell else ";"
    pieces = cell.split(mark)
    # No choice is longer than the longest that is known.
    most = 1 + max((text.count(mark) for text in known), default=0)
    found: list[str] = []
    at = 0
    while at < len(pieces):
        for length in range(min(most, len(pieces) - at), 0, -1):
            candidate = mark.join(pieces[at : at + length])
            if length == 1 or fold(candidate) in known:
                if candidate.strip():
                    found.append(candidate.strip())
                at += length
                break
    return found


def _names_of_waves(instrument: Instrument) -> dict[str, str]:
    """Return what a file may call each wave: its id, or a title that no other wave bears."""
    named = {
        wave: {fold(t) for t in (known.title or {}).values()} for wave, known in instrument.waves.items()
    }
    times = Counter(title for titles in named.values() for title in titles)
    ids = {fold(wave): wave for wave in instrument.waves}
    return {title: wave for wave, titles in named.items() for title in titles if times[title] == 1} | ids


def match_waves(
    rows: Rows, where: str, instrument: Instrument, explained: Explained, *, strict: bool
) -> None:
    """Turn the labels of waves into the instrument's own, and those of schools and teams by the mapping.

    Raises
    ------
    MatchError
        If ``strict`` and a row belongs to no wave of the instrument.
    """
    for key in ("school", "team", "wave"):
        meant = {fold(label): str(value or "") for label, value in explained.get(key, {}).items()}
        if meant:
            _note_changes(rows, where, key, meant)
            column = rows.identity[key]
            rows.identity[key] = column.replaced({t: meant.get(fold(t), t) for t in column.texts})
    column = rows.identity["wave"]
    if not instrument.waves or not column.filled().any():
        return
    known = _names_of_waves(instrument)
    counted = column.counts()
    unknown = [w for w in counted if fold(w) not in known]
    if unknown and strict:
        problems = [
            Unmatched(
                f"{where}, wave",
                w,
                near,
                counted[w],
                f"labels: {{wave: {{{match.shown(w)}: {next(iter(near), 'WAVE')}}}}}",
                "wave",
            )
            for w in unknown
            for near in [match.nearest(w, instrument.waves)]
        ]
        raise match.unmatched_error(
            problems,
            f"Some rows belong to no wave of `{instrument.id}` ({', '.join(instrument.waves)})",
            'Correct the file, add the wave to the instrument, or name it: wave="fall".',
        )
    unknown.sort(key=lambda wave: -counted[wave])
    for wave in unknown[:_LINES]:
        what = f"{match.shown(wave)} is no wave of the instrument; kept as itself"
        rows.note("waves", where, counted[wave], what, "strict=False")
    if rest := sum(counted[wave] for wave in unknown[_LINES:]):
        what = f"{len(unknown) - _LINES} further texts are no waves of the instrument; kept as themselves"
        rows.note("waves", where, rest, what, "strict=False")
    rows.identity["wave"] = column.replaced({text: known.get(fold(text), text) for text in column.texts})


def _note_changes(rows: Rows, where: str, key: str, meant: Mapping[str, str]) -> None:
    for label, count in rows.identity[key].counts().items():
        if fold(label) in meant:
            what = f"`{key}`: {match.shown(label)} → {match.shown(meant[fold(label)])}"
            rows.note("waves" if key == "wave" else "given", where, count, what, "through the mapping")
