"""One unit of a view: its cells, its groups, its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.aggregate import Cell
from relsurvey.analysis.verdict import Contrast, Difference, contrasts
from relsurvey.disclosure import ALL, Dropped, Released, Row, Unit
from relsurvey.instrument.fold import fold
from relsurvey.view import model, shares
from relsurvey.view.cells import Cells
from relsurvey.view.pages import in_languages
from relsurvey.words import Text, gap_words, students_words, texts

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument

Kind = Literal["other_schools", "rest_of_school"]
Contrasts = dict[tuple[str, int], dict[str, Contrast]]

_YES = {"yes", "si", "sí", "y"}
#: A mark for other schools needs this many of them (rules.md 8).
_OTHER_SCHOOLS = 3
#: From this many students on a distribution shows every answer; under it three classes.
_EVERY_ANSWER = 40


def compared(rows: Sequence[Row]) -> tuple[int, ...]:
    """Return which rows of a table are set beside all other students.

    Those without an answer are no group. Of two rows, and of yes and no, the second is the first one's
    others: to say it again would only mirror the same difference.

    Examples
    --------
    >>> compared([Row(("yes",)), Row(("no",)), Row((None,), pooled=True)])
    (0,)
    >>> compared([Row(("girl",)), Row(("boy",)), Row(("nonbinary", None), pooled=True)])
    (0, 1)
    """
    named = tuple(index for index, row in enumerate(rows) if not row.pooled)
    yes_first = bool(named) and _is_yes(rows[named[0]])
    return named[:1] if len(rows) == 2 or (len(named) == 2 and yes_first) else named


def _is_yes(row: Row) -> bool:
    return len(row.categories) == 1 and fold(str(row.categories[0])) in _YES


@dataclass(frozen=True)
class UnitBuilder:
    """Makes units of one view."""

    cells: Cells
    released: Released
    instrument: Instrument
    languages: Sequence[str]
    alike: bool
    min_n: int
    same_within: float

    def unit(self, unit: Unit, found: Contrasts) -> model.Unit:
        """Return a unit's page: what its students say, and what is not shown."""
        whole = self.cells.units[unit.id]
        kind, others = self._others(unit)
        tables = [
            self._table(unit, variable, found) for variable in self.cells.categories if unit.kind != "team"
        ]
        hidden = []
        if any(table.note is not None for table in tables):
            hidden.append(self._say("hidden.groups"))
        if unit.id == ALL and any(u.id not in self.released.units for u in self.cells.plan.units):
            hidden.append(self._say("hidden.units"))
        if len(self.cells.reported) < len(self.cells.scales):
            hidden.append(self._say("hidden.one_by_one"))
        return model.Unit(
            id=unit.id,
            kind=unit.kind,
            title=self._title(unit),
            parent=unit.parent if unit.parent in self.released.units else None,
            students=students_words(self.languages, whole.respondents),
            say=self._sentences(unit, whole, kind, others, found),
            scales=[self._scale_cell(key, whole, kind, others) for key in self.cells.scales],
            items=[self._item_cell(key, whole) for key in self.cells.items],
            groups=tables,
            hidden=hidden,
        )

    def _say(self, key: str, **values: object) -> Text:
        return texts(self.languages, key, **values)

    def _title(self, unit: Unit) -> Text:
        names = self.cells.titles[unit.id]
        if unit.kind == "team":
            return self._say("unit.team", school=names[0], team=names[1])
        if names:
            return dict.fromkeys(self.languages, names[0])
        several = any(u.kind == "school" for u in self.cells.plan.units)
        return self._say("unit.all_schools" if several else "unit.all_students")

    def _scale_title(self, key: str) -> Text:
        return in_languages(self.instrument.scales[key].title, self.languages)

    def _others(self, unit: Unit) -> tuple[Kind, Cell | None]:
        """Return those a unit is set beside: the rest of a team's school, or at least three other schools."""
        if unit.kind == "team" and unit.parent is not None:
            rest = self.cells.units[unit.parent] - self.cells.units[unit.id]
            return "rest_of_school", rest if min(rest.figures) >= self.min_n else None
        schools = [
            u
            for u in self.cells.plan.units
            if u.kind == "school" and u.id in self.released.units and u.id != unit.id
        ]
        if unit.kind != "school" or len(schools) < _OTHER_SCHOOLS:
            return "other_schools", None
        first, *rest_of = (self.cells.units[u.id] for u in schools)
        for cell in rest_of:
            first = first + cell
        return "other_schools", first

    def _scale_cell(self, key: str, whole: Cell, kind: Kind, others: Cell | None) -> model.ScaleCell:
        if key not in self.cells.reported:
            k = len(self.instrument.scales[key].items)
            words = self._say("cell.one_by_one" if k > 1 else "cell.one_by_one_single", k=k)
            return model.ScaleCell(scale=key, words=words, reason="one_by_one")
        sums = whole.scales[key]
        said = shares.shown(self.languages, sums.favorable, sums.n)
        mark = None
        if others is not None and said.share is not None:
            theirs = others.scales[key]
            words = shares.shown(self.languages, theirs.favorable, theirs.n).words
            mark = shares.reference(
                self.languages, kind, theirs.favorable, theirs.n, self._say(f"reference.{kind}", words=words)
            )
        return model.ScaleCell(
            scale=key,
            share=said.share,
            words=said.words,
            range=said.range,
            reason=said.reason,
            reference=mark,
        )

    def _item_cell(self, key: str, whole: Cell) -> model.ItemCell:
        counts = whole.items[key]
        favorable_codes = self.instrument.favorable_codes(key)
        favorable = sum(count for code, count in counts.codes if code in favorable_codes)
        said = shares.shown(self.languages, favorable, counts.n)
        asked = counts.n + counts.not_counted
        # A coded share hides its distribution too: the parts would give it back.
        plain = said.share is not None and said.share.coded is None
        return model.ItemCell(
            item=key,
            share=said.share,
            words=said.words,
            range=said.range,
            reason=said.reason,
            parts=self._parts(key, counts.codes, counts.n) if plain else [],
            not_counted=int(100 * counts.not_counted / asked + 0.5)
            if plain and self._has_not_counted(key)
            else None,
        )

    def _has_not_counted(self, key: str) -> bool:
        return any(not option.counted for option in self.instrument.options_of(key).options)

    def _parts(self, key: str, codes: Sequence[tuple[float, int]], n: int) -> list[model.Part]:
        """Return the distribution, least favorable first: every answer; under 40 students three classes."""
        favorable = self.instrument.favorable_codes(key)
        options = self.instrument.options_of(key)
        reverse = self.instrument.items[key].reverse
        ordered = sorted(codes)
        middle = ordered[len(ordered) // 2][0] if len(ordered) % 2 else None
        tones: list[model.Tone] = [
            "favorable" if code in favorable else "neutral" if code == middle else "unfavorable"
            for code, _ in ordered
        ]
        if n >= _EVERY_ANSWER:
            by_code = {o.code: in_languages(o.label, self.languages) for o in options.counted}
            labels = [by_code[options.low + options.high - code if reverse else code] for code, _ in ordered]
            counts = [count for _, count in ordered]
        else:
            kinds: list[model.Tone] = ["unfavorable", "neutral", "favorable"]
            kinds = [tone for tone in kinds if tone in tones]
            labels = [self._say(f"tone.{tone}") for tone in kinds]
            counts = [sum(c for (_, c), t in zip(ordered, tones, strict=True) if t == kind) for kind in kinds]
            tones = kinds
        percents = shares.parts(counts)
        return [
            model.Part(label=label, tone=tone, percent=percent)
            for label, tone, percent in zip(labels, tones, percents, strict=True)
        ]

    def _sentences(
        self, unit: Unit, whole: Cell, kind: Kind, others: Cell | None, found: Contrasts
    ) -> list[Text]:
        """Return the first page's sentences, the most useful first, strengths before gaps (rules.md 8)."""
        reported = self.cells.reported
        if not reported:
            return [self._say("say.no_scale")]
        standing_out = self._standing_out(whole, kind, others)
        groups = self._group_sentences(unit, found)
        if standing_out:
            return [*standing_out, *groups]
        if len(self.cells.scales) == 1:
            first = self._only_scale(whole, reported[0])
        else:
            first = self._say("say.alike" if self.alike else "say.none")
        if groups:
            return [first, *groups] if len(self.cells.scales) == 1 else [*groups, first]
        return [first, self._say("say.no_difference")] if found else [first]

    def _standing_out(self, whole: Cell, kind: Kind, others: Cell | None) -> list[Text]:
        """Return the scales that are clearly above or below others, at most two, those above first."""
        if others is None:
            return []
        family = contrasts(
            [(("unit", ""), whole)],
            whole + others,
            self.cells.reported,
            min_n=self.min_n,
            same_within=self.same_within,
        )
        clear = sorted((c for c in family if c.verdict == "clear"), key=lambda c: -c.difference)
        return [self._beside(c, whole, others, kind) for c in clear[:2]]

    def _only_scale(self, whole: Cell, key: str) -> Text:
        sums = whole.scales[key]
        said = shares.shown(self.languages, sums.favorable, sums.n)
        scale, words = self._scale_title(key), _capital(said.words)
        if said.range is None:
            return self._say("say.single_plain", scale=scale, words=words)
        return self._say("say.single", scale=scale, words=words, range=said.range)

    def _beside(self, c: Contrast, whole: Cell, others: Cell, kind: Kind) -> Text:
        mine, theirs = whole.scales[c.scale], others.scales[c.scale]
        words = _capital(shares.shown(self.languages, mine.favorable, mine.n).words)
        side = "above" if c.difference > 0 else "below"
        gap = gap_words(self.languages, mine.share, theirs.share)
        return self._say(f"say.{side}_{kind}", scale=self._scale_title(c.scale), words=words, gap=gap)

    def _group_sentences(self, unit: Unit, found: Contrasts) -> list[Text]:
        """Return what differs between groups, clear findings or else maybes: two sentences at most."""
        clear = [self._group_summary(unit, key, cs) for key, cs in self._by_size(found, "clear")]
        maybe = [self._group_maybe(unit, key, cs[0]) for key, cs in self._by_size(found, "maybe")]
        return (clear or maybe)[:2]

    def _by_size(self, found: Contrasts, verdict: Difference) -> list[tuple[tuple[str, int], list[Contrast]]]:
        """Return each group's contrasts of a verdict, the largest first, the group with the largest first."""
        each = [
            (key, sorted((c for c in cs.values() if c.verdict == verdict), key=lambda c: -abs(c.difference)))
            for key, cs in found.items()
        ]
        return sorted(((key, cs) for key, cs in each if cs), key=lambda pair: -abs(pair[1][0].difference))

    def _group_summary(self, unit: Unit, key: tuple[str, int], clear: Sequence[Contrast]) -> Text:
        """Say a group's clear differences in one sentence: the largest, and how many scales go with it."""
        largest = clear[0]
        alike = [c for c in clear if c.difference * largest.difference > 0]
        if len(alike) < 2:
            return self._group_clear(unit, key, largest)
        side = "above" if largest.difference > 0 else "below"
        many = "every" if len(alike) == len(self.cells.reported) else "many"
        return self._say(
            f"say.group_{many}_{side}",
            group=self._group_name(unit, key),
            k=len(alike),
            n=len(self.cells.reported),
            scale=self._scale_title(largest.scale),
            gap=self._gap(unit, key, largest),
        )

    def _group_clear(self, unit: Unit, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        return self._say(
            f"say.group_{side}",
            scale=self._scale_title(c.scale),
            group=self._group_name(unit, key),
            gap=self._gap(unit, key, c),
        )

    def _group_maybe(self, unit: Unit, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        return self._say(
            f"say.group_maybe_{side}", scale=self._scale_title(c.scale), group=self._group_name(unit, key)
        )

    def _gap(self, unit: Unit, key: tuple[str, int], c: Contrast) -> Text:
        mine = self.cells.row(unit.id, key[0], self.released.rows(unit.id, key[0])[key[1]]).scales[c.scale]
        return gap_words(self.languages, mine.share, mine.share - c.difference)

    def _group_name(self, unit: Unit, key: tuple[str, int]) -> Text:
        """Name a group for a sentence: the variable alone where the category is its 'yes'."""
        variable, index = key
        row = self.released.rows(unit.id, variable)[index]
        title = in_languages(self.instrument.groups[variable].title, self.languages)
        if _is_yes(row):
            return title
        label = self._row_label(variable, row)
        return {language: f"{title[language]}: {label[language]}" for language in self.languages}

    def _row_label(self, variable: str, row: Row) -> Text:
        if row.pooled:
            return self._say("group.none" if row.categories == (None,) else "group.other_or_none")
        known = {c.id: c for c in self.instrument.groups[variable].categories}
        labels: list[Text] = []
        for category in row.categories:
            if category is None:
                labels.append(self._say("group.none"))
            elif category in known:
                labels.append(in_languages(known[category].label, self.languages))
            elif category == "two_or_more":
                labels.append(self._say("group.two_or_more"))
            else:
                labels.append(dict.fromkeys(self.languages, category))
        first, *rest = labels
        for label in rest:
            first = self._say(
                "group.or",
                a=first,
                b={
                    k: v[:1].lower() + v[1:] if label == self._say("group.none") else v
                    for k, v in label.items()
                },
            )
        return first

    def _table(self, unit: Unit, variable: str, found: Contrasts) -> model.GroupTable:
        table = self.released.tables.get((unit.id, variable))
        if table is None or isinstance(table, Dropped):
            why = "linked" if isinstance(table, Dropped) and table.why == "linked" else "too_few"
            elsewhere = unit.kind == "school" and bool(self.released.rows(ALL, variable))
            key = (
                "note.dropped_school"
                if elsewhere
                else "note.dropped_linked"
                if why == "linked"
                else "note.dropped"
            )
            return model.GroupTable(variable=variable, note=self._say(key))
        rows = [
            self._row(unit, variable, index, row, found.get((variable, index), {}))
            for index, row in enumerate(table)
        ]
        pooled = any(row.pooled and len(row.categories) > 1 for row in table)
        joined = any(not row.pooled and len(row.categories) > 1 for row in table)
        note = self._say("note.pooled") if pooled else self._say("note.merged") if joined else None
        return model.GroupTable(
            variable=variable, say=self._table_sentences(unit, variable, found), rows=rows, note=note
        )

    def _row(
        self, unit: Unit, variable: str, index: int, row: Row, found: dict[str, Contrast]
    ) -> model.GroupRow:
        cell = self.cells.row(unit.id, variable, row)
        return model.GroupRow(
            id=f"{variable}-{index}",
            label=self._row_label(variable, row),
            students=students_words(self.languages, cell.respondents),
            cells=[
                self._group_cell(unit, (variable, index), key, cell, found.get(key))
                for key in self.cells.scales
            ],
        )

    def _group_cell(
        self, unit: Unit, key: tuple[str, int], scale: str, cell: Cell, c: Contrast | None
    ) -> model.GroupCell:
        if scale not in self.cells.reported:
            k = len(self.instrument.scales[scale].items)
            words = self._say("cell.one_by_one" if k > 1 else "cell.one_by_one_single", k=k)
            return model.GroupCell(scale=scale, words=words, reason="one_by_one")
        sums = cell.scales[scale]
        said = shares.shown(self.languages, sums.favorable, sums.n)
        return model.GroupCell(
            scale=scale,
            share=said.share,
            words=said.words,
            range=said.range,
            reason=said.reason,
            verdict=c.verdict if c else None,
            sentence=self._verdict_sentence(unit, key, c) if c else None,
        )

    def _verdict_sentence(self, unit: Unit, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        match c.verdict:
            case "clear":
                return self._say(f"verdict.clear_{side}", gap=self._gap(unit, key, c))
            case "maybe":
                return self._say(f"verdict.maybe_{side}")
            case "cannot_tell":
                return self._say("verdict.cell_cannot_tell", gap=self._smallest([c]))
            case _:
                return self._say(f"verdict.cell_{c.verdict}")

    def _smallest(self, found: Sequence[Contrast]) -> Text:
        """Return the gap that would have shown, in tenths, rounded up: too sharp an eye is not promised."""
        k = max(1, -int(-max(c.smallest for c in found) * 10 // 1))
        return self._say("share.tenths", k=min(10, k))

    def _table_sentences(self, unit: Unit, variable: str, found: Contrasts) -> list[Text]:
        """Return a table's findings: clear ones, then maybes; else about the same, or cannot tell."""
        mine = [(key, c) for key, of_group in found.items() if key[0] == variable for c in of_group.values()]
        clear = [self._group_clear(unit, key, c) for key, c in mine if c.verdict == "clear"]
        maybe = [self._group_maybe(unit, key, c) for key, c in mine if c.verdict == "maybe"]
        if clear or maybe or not mine:
            return [*clear, *maybe][:3]
        unknown = [c for _, c in mine if c.verdict == "cannot_tell"]
        if not unknown:
            same = any(c.verdict == "about_the_same" for _, c in mine)
            return [self._say("say.group_same" if same else "verdict.cell_too_few")]
        return [self._say("say.group_cannot_tell", gap=self._smallest(unknown))]


def _capital(text: Text) -> Text:
    return {language: value[:1].upper() + value[1:] for language, value in text.items()}
