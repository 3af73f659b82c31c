"""The groups of one unit: its tables, and what differs between them in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.aggregate import Cell
from relsurvey.analysis.verdict import Contrast, Difference, contrasts
from relsurvey.disclosure import ALL, Dropped, Row, Unit
from relsurvey.instrument.fold import fold
from relsurvey.view import model, shares
from relsurvey.view.pages import in_languages
from relsurvey.view.telling import Telling
from relsurvey.words import Text, either, students_words

if TYPE_CHECKING:
    from relsurvey.analysis.comparable import Comparability

_YES = {"yes", "si", "sí", "y"}

#: Findings of a table that are told; of more, how many.
_TOLD = 3

#: What is said of a table in which all comparisons say one and the same.
_NOTHING: dict[Difference, str] = {
    "about_the_same": "say.group_same",
    "cannot_tell": "say.group_cannot_tell",
    "too_few": "verdict.cell_too_few",
}

#: Why a scale's questions were not checked.
_NOT_CHECKED = ("few_students", "few_questions", "unsolved")


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
class Groups:
    """The groups of one unit that are shown.

    Attributes
    ----------
    telling, unit
        The view's numbers, and the unit.
    found
        By variable and row: the row beside all other students, by scale.
    """

    telling: Telling
    unit: Unit
    found: dict[tuple[str, int], dict[str, Contrast]]

    @classmethod
    def of(cls, telling: Telling, unit: Unit) -> Groups:
        """Compare every published group of a unit with its other students, as one family (rules.md 6)."""
        rows = [
            ((variable, index), table[index])
            for variable in telling.cells.categories
            for table in [telling.released.rows(unit.id, variable)]
            for index in compared(table)
        ]
        found: dict[tuple[str, int], dict[str, Contrast]] = {key: {} for key, _ in rows}
        for contrast in contrasts(
            [((v, str(index)), telling.cells.row(unit.id, v, row)) for (v, index), row in rows],
            telling.cells.units[unit.id],
            telling.cells.reported,
            min_n=telling.min_n,
            same_within=telling.same_within,
            no_verdict=frozenset(
                ((variable, str(index)), scale)
                for (variable, index), row in rows
                for scale, check in telling.checked[variable].items()
                if {str(category) for category in row.categories} & set(check.marked_groups)
            ),
        ):
            variable, index = contrast.key
            if not telling.released.hides(telling.cells.plan, unit.id, variable, contrast.scale, "scale"):
                found[variable, int(index)][contrast.scale] = contrast
        return cls(telling, unit, found)

    def sentences(self) -> list[Text]:
        """Return what differs between groups, clear findings or else maybes: of two variables at most.

        Of one variable the group with the largest difference: the others' are often no more than its mirror.
        """
        clear, maybe = self._by_size("clear"), self._by_size("maybe")
        largest: dict[str, tuple[tuple[str, int], list[Contrast]]] = {}
        for key, found in clear or maybe:
            largest.setdefault(key[0], (key, found))
        tell = self._group_summary if clear else self._first_maybe
        return [tell(key, found) for key, found in list(largest.values())[:2]]

    def _by_size(self, verdict: Difference) -> list[tuple[tuple[str, int], list[Contrast]]]:
        """Return each group's contrasts of a verdict, the largest first, the group with the largest first."""
        each = [
            (key, sorted((c for c in cs.values() if c.verdict == verdict), key=lambda c: -abs(c.difference)))
            for key, cs in self.found.items()
        ]
        return sorted(((key, cs) for key, cs in each if cs), key=lambda pair: -abs(pair[1][0].difference))

    def _group_summary(self, key: tuple[str, int], clear: Sequence[Contrast]) -> Text:
        """Say a group's clear differences in one sentence: the largest, and how many scales go with it."""
        largest = clear[0]
        alike = [c for c in clear if c.difference * largest.difference > 0]
        side = "above" if largest.difference > 0 else "below"
        if self.telling.reach(self.unit.id) == "half":
            return self.telling.say(
                f"say.group_half_{side}",
                group=self._group_name(key),
                scale=self.telling.scale_title(largest.scale),
            )
        if len(alike) < 2:
            return self._group_clear(key, largest)
        # Of a scale that is left out nothing is said, not that it is alike.
        told = sum(c.verdict != "too_few" for c in self.found[key].values())
        many = "every" if len(alike) == len(self.telling.cells.reported) else "many"
        return self.telling.say(
            f"say.group_{many}_{side}",
            group=self._group_name(key),
            k=len(alike),
            n=told,
            scale=self.telling.scale_title(largest.scale),
            gap=self._gap(key, largest),
        )

    def _group_clear(self, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        return self.telling.say(
            f"say.group_{side}",
            scale=self.telling.scale_title(c.scale),
            group=self._group_name(key),
            gap=self._gap(key, c),
        )

    def _group_maybe(self, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        return self.telling.say(
            f"say.group_maybe_{side}", scale=self.telling.scale_title(c.scale), group=self._group_name(key)
        )

    def _first_maybe(self, key: tuple[str, int], found: Sequence[Contrast]) -> Text:
        return self._group_maybe(key, found[0])

    def _gap(self, key: tuple[str, int], c: Contrast) -> Text:
        mine = self.telling.cells.row(
            self.unit.id, key[0], self.telling.released.rows(self.unit.id, key[0])[key[1]]
        ).scales[c.scale]
        return shares.gap(self.telling.languages, mine.share, mine.share - c.difference)

    def _group_name(self, key: tuple[str, int]) -> Text:
        """Name a group for a sentence: the variable alone where the category is its 'yes'."""
        variable, index = key
        row = self.telling.released.rows(self.unit.id, variable)[index]
        title = in_languages(self.telling.instrument.groups[variable].title, self.telling.languages)
        if _is_yes(row):
            return title
        label = self._row_label(variable, row)
        return {language: f"{title[language]}: {label[language]}" for language in self.telling.languages}

    def _row_label(self, variable: str, row: Row) -> Text:
        if row.pooled:
            return self.telling.say("group.none" if row.categories == (None,) else "group.other_or_none")
        known = {c.id: c for c in self.telling.instrument.groups[variable].categories}
        labels: list[Text] = []
        for category in row.categories:
            if category is None:
                labels.append(self.telling.say("group.none"))
            elif category in known:
                labels.append(in_languages(known[category].label, self.telling.languages))
            elif category == "two_or_more":
                labels.append(self.telling.say("group.two_or_more"))
            else:
                labels.append(dict.fromkeys(self.telling.languages, category))
        first, *rest = labels
        for label in rest:
            if label == self.telling.say("group.none"):
                label = {k: v[:1].lower() + v[1:] for k, v in label.items()}
            first = {k: either(k, v, label[k]) for k, v in first.items()}
        return first

    def table(self, variable: str) -> model.GroupTable:
        """Return a variable's table: its rows and what they say, or why it is not shown."""
        table = self.telling.released.tables.get((self.unit.id, variable))
        if table is None or isinstance(table, Dropped):
            why = table.why if isinstance(table, Dropped) else "too_few"
            elsewhere = self.unit.kind == "school" and bool(self.telling.released.rows(ALL, variable))
            key = (
                "note.left_out"
                if why == "left_out"
                else "note.dropped_narrow"
                if why == "narrow"
                else "note.dropped_school"
                if elsewhere
                else "note.dropped_linked"
                if why == "linked"
                else "note.dropped"
            )
            return model.GroupTable(variable=variable, note=self.telling.say(key))
        rows = [
            self._row(variable, index, row, self.found.get((variable, index), {}))
            for index, row in enumerate(table)
        ]
        pooled = any(row.pooled and len(row.categories) > 1 for row in table)
        joined = any(not row.pooled and len(row.categories) > 1 for row in table)
        note = "note.pooled" if pooled else "note.merged" if joined else None
        guarded = [
            key
            for key in self.telling.cells.reported
            if self._hides(variable, key) and self._answered_least(variable, key) >= self.telling.min_n
        ]
        if guarded:
            note = "note.pooled_withheld" if pooled else "note.withheld"
        return model.GroupTable(
            variable=variable,
            say=self._table_sentences(variable),
            rows=rows,
            note=self.telling.say(note) if note else None,
            comparable=self._comparable(variable),
        )

    def _comparable(self, variable: str) -> Text | None:
        """Say of which scales the groups read the questions alike, over all schools; None for no scale."""
        found: dict[str, list[str]] = {}
        for key, check in self.telling.checked[variable].items():
            found.setdefault(self._read_alike(key, check), []).append(key)
        said = [
            self.telling.say(f"comparable.view_{how}", scales=self._scales(found[how]))
            for how in ("alike", "differs", *_NOT_CHECKED)
            if how in found
        ]
        if found.keys() & _NOT_CHECKED:
            said.append(self.telling.say("comparable.view_open"))
        if not said:
            return None
        return {language: " ".join(text[language] for text in said) for language in self.telling.languages}

    def _read_alike(self, scale: str, check: Comparability) -> str:
        """Return what the check of a scale found, or why there was none."""
        if check.mark != "not checked":
            return "alike" if check.mark == "comparable" else "differs"
        if not check.checked:
            return "few_students"
        # A factor model of one scale needs three questions.
        return "few_questions" if len(self.telling.instrument.scales[scale].items) < 3 else "unsolved"

    def _scales(self, keys: Sequence[str]) -> Text:
        """Name scales, or say that it is all of several."""
        if 1 < len(keys) == len(self.telling.cells.reported):
            return self.telling.say("comparable.all_scales")
        titles = [self.telling.scale_title(key) for key in keys]
        return {
            language: ", ".join(title[language] for title in titles) for language in self.telling.languages
        }

    def _row(self, variable: str, index: int, row: Row, found: dict[str, Contrast]) -> model.GroupRow:
        cell = self.telling.cells.row(self.unit.id, variable, row)
        return model.GroupRow(
            id=f"{variable}-{index}",
            label=self._row_label(variable, row),
            students=students_words(self.telling.languages, cell.respondents),
            cells=[
                self._group_cell((variable, index), key, cell, found.get(key))
                for key in self.telling.cells.scales
            ],
        )

    def _group_cell(
        self, key: tuple[str, int], scale: str, cell: Cell, c: Contrast | None
    ) -> model.GroupCell:
        if scale not in self.telling.cells.reported:
            return model.GroupCell(scale=scale, words=self.telling.one_by_one(scale), reason="one_by_one")
        if self._hides(key[0], scale):
            words, reason = self.telling.kept_back(cell.scales[scale].n)
            if reason == "protected" and self._answered_least(key[0], scale) < self.telling.min_n:
                words = self.telling.say("cell.few_elsewhere", min_n=self.telling.min_n)
            return model.GroupCell(scale=scale, words=words, reason=reason)
        said = self.telling.share(cell.scales[scale])
        return model.GroupCell(
            scale=scale,
            share=said.share,
            words=said.words,
            range=said.range,
            reason=said.reason,
            verdict=c.verdict if c else None,
            sentence=self._verdict_sentence(key, c) if c else None,
        )

    def _hides(self, variable: str, scale: str) -> bool:
        return self.telling.released.hides(self.telling.cells.plan, self.unit.id, variable, scale, "scale")

    def _answered_least(self, variable: str, scale: str) -> int:
        """Return how many answered a scale in the group of a table where fewest did."""
        rows = self.telling.released.rows(self.unit.id, variable)
        return min(self.telling.cells.row(self.unit.id, variable, row).scales[scale].n for row in rows)

    def _verdict_sentence(self, key: tuple[str, int], c: Contrast) -> Text:
        side = "above" if c.difference > 0 else "below"
        match c.verdict:
            case "clear":
                return self.telling.say(f"verdict.clear_{side}", gap=self._gap(key, c))
            case "maybe":
                return self.telling.say(f"verdict.maybe_{side}")
            case "cannot_tell":
                return self.telling.say("verdict.cell_cannot_tell", gap=self._smallest([c]))
            case _:
                return self.telling.say(f"verdict.cell_{c.verdict}")

    def _smallest(self, found: Sequence[Contrast]) -> Text:
        return shares.least_seen(self.telling.languages, [c.smallest for c in found])

    def _table_sentences(self, variable: str) -> list[Text]:
        """Return a table's findings: clear ones, then maybes; else about the same, or cannot tell."""
        found = {key: list(cs.values()) for key, cs in self.found.items() if key[0] == variable}
        told = [
            (self._group_summary(key, cs), sum(c.difference * cs[0].difference > 0 for c in cs))
            for key, cs in self._by_size("clear")
            if key in found
        ]
        told += [
            (self._group_maybe(key, c), 1) for key, cs in found.items() for c in cs if c.verdict == "maybe"
        ]
        if not told:
            return self._nothing_found(list(found.values()))
        all_found = sum(c.verdict in ("clear", "maybe") for cs in found.values() for c in cs)
        more = all_found - sum(k for _, k in told[:_TOLD])
        said = [text for text, _ in told[:_TOLD]]
        return [*said, self.telling.say("say.group_more", k=more)] if more else said

    def _nothing_found(self, found: Sequence[Sequence[Contrast]]) -> list[Text]:
        """Say where a table's groups are about the same and where one cannot tell, in one sentence."""
        verdicts = [c.verdict for of_group in found for c in of_group]
        unknown = [c for of_group in found for c in of_group if c.verdict == "cannot_tell"]
        gap = {"gap": self._smallest(unknown)} if unknown else {}
        kinds = [kind for kind in _NOTHING if kind in verdicts]
        if kinds == ["about_the_same"] and any(len(c) < len(self.telling.cells.reported) for c in found):
            return [self.telling.say("say.group_same_shown")]
        if len(kinds) < 2:
            return [self.telling.say(_NOTHING[kind], **gap) for kind in kinds]
        parts = [self.telling.say(f"say.group_{kind}_in", k=verdicts.count(kind), **gap) for kind in kinds]
        listed = {
            language: "; ".join(part[language] for part in parts) for language in self.telling.languages
        }
        of = "scales" if sum(map(bool, found)) == 1 else "comparisons"
        return [self.telling.say(f"say.group_of_{of}", n=len(verdicts), parts=listed)]
