"""The units of a view: what their students say, scale by scale and question by question."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from relsurvey.aggregate import Cell
from relsurvey.analysis.response import Invited
from relsurvey.analysis.verdict import Contrast, contrasts
from relsurvey.disclosure import ALL, Unit
from relsurvey.disclosure.plan import EVERY_ANSWER, WORDS_UNDER, Kind
from relsurvey.disclosure.systems import mark_of
from relsurvey.view import model, shares
from relsurvey.view.asked import bounds_words, percent_words, percents_words, share_that_answered
from relsurvey.view.cells import middle_code
from relsurvey.view.groups import Groups
from relsurvey.view.pages import in_languages
from relsurvey.view.since import Since
from relsurvey.view.telling import Telling
from relsurvey.view.waves import Wave
from relsurvey.words import Text, share_words, students_words
from relsurvey.words.shares import BOTTOM, TOP

Beside = Literal["other_schools", "rest_of_school"]

#: What stands above the fold of a tablet.
_WORDS, _NUMBERS = 60, 8


@dataclass(frozen=True)
class Others:
    """Those a unit is set beside, and the scales on which it is."""

    kind: Beside
    cell: Cell
    scales: frozenset[str]


@dataclass(frozen=True)
class Units(Telling):
    """The units of one view: all schools, each school, each team.

    Attributes
    ----------
    waves
        The wave before and this one; None where there is none before.
    """

    waves: tuple[Wave, Wave] | None = None

    def unit(self, unit: Unit) -> model.Unit:
        """Return a unit's page: what its students say, and what is not shown."""
        whole = self.cells.units[unit.id]
        others = self._others(unit)
        clear = self._standing_out(unit, whole, others)
        groups = Groups.of(self, unit)
        since = None if self.waves is None else Since.of(self, unit, *self.waves)
        planned = {(table.unit, table.variable) for table in self.cells.plan.tables}
        tables = [groups.table(v) for v in self.cells.categories if (unit.id, v) in planned]
        hidden = self._unheard(unit)
        kept_back = unit.kind != "team" and any(t.unit == unit.id for t in self.cells.plan.inside)
        left_out = {v for u, v in self.cells.plan.without if u == unit.id}
        if kept_back or any(t.note is not None and t.variable not in left_out for t in tables):
            hidden.append(self.say("hidden.groups"))
        gone = [u for u in self.cells.plan.units if u.id not in self.released.units]
        if any(u.id == ALL for u in gone):
            hidden.append(self.say("hidden.whole"))
        if any(unit.id in (ALL, u.parent) for u in gone):
            hidden.append(self.say("hidden.units"))
        hidden += self._left_out(unit)
        if unit.kind == "all":
            hidden += self.not_everywhere()
        if self._fell_apart():
            hidden.append(self.say("hidden.one_by_one"))
        return model.Unit(
            id=unit.id,
            kind=unit.kind,
            title=self._title(unit),
            parent=unit.parent if unit.parent in self.released.units else None,
            students=self._students(unit, whole),
            reach=self.reach(unit.id),
            say=at_a_glance(self._sentences(unit, whole, [*clear.values()], groups, since)),
            scales=[
                self._scale_cell(unit, key, whole, others, clear=key in clear) for key in self.cells.scales
            ],
            items=self._in_order([self._item_cell(unit, key, whole) for key in self.cells.items]),
            groups=tables,
            hidden=hidden,
            change=None if since is None else since.page(),
        )

    def _left_out(self, unit: Unit) -> list[Text]:
        """Say whether single shares are left out: for few answered, or to protect a few."""
        figures = self.cells.plan.figures
        withheld = {
            f for where, variable, f in self.released.withheld if (where, variable) == (unit.id, None)
        }
        few = {f for f in withheld if unit.students.figures[figures[f].students] < self.min_n}
        # What an answer is made of falls with it.
        of_few = {figures[f].of for f in few}
        guarded = any(figures[f].of not in of_few for f in withheld)
        return [
            self.say(f"hidden.{key}", min_n=self.min_n)
            for key, there in (("few", few), ("figures", guarded))
            if there
        ]

    def not_everywhere(self) -> list[Text]:
        """Say which scales not every school is counted in, since nobody answered them there."""
        schools = [self.cells.units[u.id] for u in self.cells.plan.units if u.kind == "school"]
        missing = [
            key
            for key in self.cells.reported
            if not self._withheld(ALL, key, "scale")
            and any(school.respondents >= self.min_n and not school.scales[key].n for school in schools)
        ]
        if not missing:
            return []
        titles = [self.scale_title(key) for key in missing]
        named = {language: ", ".join(title[language] for title in titles) for language in self.languages}
        return [self.say("hidden.not_everywhere", scales=named)]

    def _fell_apart(self) -> bool:
        """Say whether a scale of several questions is not read as one; a single question is no such scale."""
        apart = set(self.cells.scales) - set(self.cells.reported)
        return any(len(self.instrument.scales[key].items) > 1 for key in apart)

    def _students(self, unit: Unit, whole: Cell) -> Text:
        band = students_words(self.languages, whole.respondents)
        return band if self.reach(unit.id) == "nearly" else self.say("students.answered", students=band)

    def _unheard(self, unit: Unit) -> list[Text]:
        """Say which share of those asked answered, where so few did that all shares are of them alone.

        Beside it stands what the others could change in a school or team of several; of all it stands in the
        table of *About these numbers*.
        """
        if self.answering is None or self.reach(unit.id) == "nearly":
            return []
        names = self.cells.titles[unit.id]
        asked = self.answering.of(names, self.min_n)
        said = [self.say("hidden.unheard", share=share_that_answered(self.languages, asked, self.min_n))]
        if unit is self.cells.plan.units[0] or self.answering.units.get(names) is not asked:
            return said
        bounds = self.bounds(unit.id, asked, self.answering.scored[names])
        # A coded share is told by its code alone, and its bounds would say the same again.
        plain = {
            key: text
            for key, text in bounds.items()
            if BOTTOM < self.cells.units[unit.id].scales[key].share < TOP
        }
        if not plain:
            return said
        scales = {
            language: "; ".join(
                f"{self.scale_title(key)[language]}, {one[language]}" for key, one in plain.items()
            )
            for language in self.languages
        }
        return [*said, self.say("hidden.bounds", scales=scales)]

    def bounds(self, unit: str, asked: Invited, scored: Mapping[str, int]) -> dict[str, Text]:
        """Return between what the share of all students asked lies, by scale whose share is shown in percent.

        Parameters
        ----------
        unit
            Whose shares.
        asked, scored
            How many were asked there; of them, how many have a score on each scale.
        """
        found = {}
        for key in self.cells.reported:
            sums, came = self.cells.units[unit].scales[key], scored.get(key, 0)
            shown = sums.n >= WORDS_UNDER and not self._withheld(unit, key, "scale")
            # Of a handful that did not answer nothing is said.
            if shown and came >= self.min_n and asked.invited - asked.answered >= self.min_n:
                found[key] = bounds_words(self.languages, sums.share, came, asked.invited)
        return found

    def _title(self, unit: Unit) -> Text:
        names = self.cells.titles[unit.id]
        if unit.kind == "team":
            return self.say("unit.team", school=names[0], team=names[1])
        if names:
            return dict.fromkeys(self.languages, names[0])
        several = any(u.kind == "school" for u in self.cells.plan.units)
        return self.say("unit.all_schools" if several else "unit.all_students")

    def _withheld(self, unit: str, of: str, kind: Kind) -> bool:
        return self.released.hides(self.cells.plan, unit, None, of, kind)

    def _others(self, unit: Unit) -> Others | None:
        """Return those a unit is set beside: the rest of a team's school, or at least three other schools."""
        plan, units = self.cells.plan, self.cells.units
        sums: dict[str, Cell] = {}
        made_of: dict[str, None] = {}
        for key in self.cells.reported:
            names = mark_of(plan, self.released, unit.id, plan.share_of["scale", key])
            if not names:
                continue
            cell = units[names[0]] - units[unit.id] if unit.kind == "team" else _together(units, names)
            if cell.scales[key].n >= self.min_n and cell.respondents >= self.min_n:
                sums[key] = cell
                made_of.update(dict.fromkeys(names))
        if not sums:
            return None
        whole = (
            units[next(iter(made_of))] - units[unit.id] if unit.kind == "team" else _together(units, made_of)
        )
        scales = {**whole.scales, **{key: cell.scales[key] for key, cell in sums.items()}}
        kind: Beside = "rest_of_school" if unit.kind == "team" else "other_schools"
        return Others(kind, replace(whole, scales=scales), frozenset(sums))

    def _scale_cell(
        self, unit: Unit, key: str, whole: Cell, others: Others | None, *, clear: bool
    ) -> model.ScaleCell:
        if key not in self.cells.reported:
            return model.ScaleCell(scale=key, words=self.one_by_one(key), reason="one_by_one")
        if self._withheld(unit.id, key, "scale"):
            words, reason = self.kept_back(whole.scales[key].n)
            return model.ScaleCell(scale=key, words=words, reason=reason)
        said = self.share(whole.scales[key])
        mark = None
        if others is not None and key in others.scales and said.share is not None:
            theirs = others.cell.scales[key]
            words = self.say(f"reference.{others.kind}", words=self.share(theirs).words)
            mark = shares.reference(others.kind, theirs.favorable, theirs.n, words)
        return model.ScaleCell(
            scale=key,
            share=said.share,
            words=said.words,
            range=said.range,
            reason=said.reason,
            reference=mark,
            verdict="clear" if clear else None,
        )

    def _item_cell(self, unit: Unit, key: str, whole: Cell) -> model.ItemCell:
        counts = whole.items[key]
        if self._withheld(unit.id, key, "item"):
            words, reason = self.kept_back(counts.n)
            return model.ItemCell(item=key, words=words, reason=reason)
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
            parts=self._parts(unit, key, counts.codes, counts.n)
            if plain and not self._withheld(unit.id, key, "classes")
            else [],
            not_counted=int(100 * counts.not_counted / asked + 0.5)
            if plain and self._has_not_counted(key) and not self._withheld(unit.id, key, "not_counted")
            else None,
        )

    def _in_order(self, cells: Sequence[model.ItemCell]) -> list[model.ItemCell]:
        """Return questions' cells; in whole percents where one percent would be two tenths (rules.md 13).

        By percent they stand in one place of an order: by tenths one would be above the other.
        """
        said: dict[int, set[str]] = {}
        for cell in cells:
            if cell.share is not None and cell.share.coded is None:
                said.setdefault(cell.share.percent, set()).add(next(iter(cell.words.values())))
        return [
            cell.model_copy(
                update={
                    "words": percent_words(self.languages, cell.share.percent / 100),
                    "range": percents_words(self.languages, cell.share.low / 100, cell.share.high / 100),
                }
            )
            if cell.share is not None and cell.share.coded is None and len(said[cell.share.percent]) > 1
            else cell
            for cell in cells
        ]

    def _has_not_counted(self, key: str) -> bool:
        return any(not option.counted for option in self.instrument.options_of(key).options)

    def _parts(self, unit: Unit, key: str, codes: Sequence[tuple[float, int]], n: int) -> list[model.Part]:
        """Return the distribution, least favorable first: every answer; under 40 students three classes."""
        favorable = self.instrument.favorable_codes(key)
        options = self.instrument.options_of(key)
        reverse = self.instrument.items[key].reverse
        ordered = sorted(codes)
        middle = middle_code([code for code, _ in ordered])
        tones: list[model.Tone] = [
            "favorable" if code in favorable else "neutral" if code == middle else "unfavorable"
            for code, _ in ordered
        ]
        if n >= EVERY_ANSWER and not self._withheld(unit.id, key, "answers"):
            by_code = {o.code: in_languages(o.label, self.languages) for o in options.counted}
            labels = [by_code[options.turned(code) if reverse else code] for code, _ in ordered]
            counts = [count for _, count in ordered]
        else:
            kinds: list[model.Tone] = ["unfavorable", "neutral", "favorable"]
            kinds = [tone for tone in kinds if tone in tones]
            labels = [self.say(f"tone.{tone}") for tone in kinds]
            counts = [sum(c for (_, c), t in zip(ordered, tones, strict=True) if t == kind) for kind in kinds]
            tones = kinds
        percents = shares.parts(counts, [tone == "favorable" for tone in tones])
        return [
            model.Part(label=label, tone=tone, percent=percent)
            for label, tone, percent in zip(labels, tones, percents, strict=True)
        ]

    def _sentences(
        self,
        unit: Unit,
        whole: Cell,
        clear: list[tuple[bool, Text]],
        groups: Groups,
        since: Since | None,
    ) -> list[Text]:
        """Return the first page's sentences, the most useful first, strengths before gaps (rules.md 8)."""
        reported = self.cells.reported
        if not reported:
            return [self.say("say.no_scale" if self._fell_apart() else "say.no_scale_single")]
        clear = [*clear, *(since.clear() if since else [])]
        standing_out = [said for _, said in sorted(clear[:2], key=lambda pair: not pair[0])]
        different = groups.sentences()
        shown = [key for key in reported if not self._withheld(unit.id, key, "scale")]
        if self.subject == "marks":
            # Few measures, each of which says something by itself.
            told = [self._only_scale(unit, whole, key) for key in (shown or reported)[:2]]
            return [*told, *standing_out, *different]
        if standing_out:
            return [*standing_out, *different]
        only = len(self.cells.scales) == 1 or (len(shown) == 1 < len(reported))
        if only:
            first = self._only_scale(unit, whole, (shown or reported)[0])
        elif not shown:
            first = self.say("say.none_shown")
        elif self.alike:
            first = self.say("say.alike")
        else:
            first = self.say("say.none" if len(shown) == len(reported) else "say.none_of_shown")
        if different:
            return [first, *different] if only else [*different, first]
        return [first, self.say("say.no_difference")] if any(groups.found.values()) else [first]

    def _standing_out(self, unit: Unit, whole: Cell, others: Others | None) -> dict[str, tuple[bool, Text]]:
        """Return the scales that are clearly above or below others: whether above, and a sentence."""
        if others is None:
            return {}
        family = contrasts(
            [(("unit", ""), whole)],
            whole + others.cell,
            self.cells.reported,
            min_n=self.min_n,
            same_within=self.same_within,
        )
        clear = [
            c
            for c in family
            if c.verdict == "clear"
            and c.scale in others.scales
            and not self._withheld(unit.id, c.scale, "scale")
        ]
        clear.sort(key=lambda c: -c.difference)
        return {c.scale: (c.difference > 0, self._stands_out(unit, c, whole, others)) for c in clear[:2]}

    def _only_scale(self, unit: Unit, whole: Cell, key: str) -> Text:
        if self._withheld(unit.id, key, "scale"):
            words, title = self.kept_back(whole.scales[key].n)[0], self.scale_title(key)
            return {language: f"{title[language]}: {words[language]}" for language in self.languages}
        said = self.share(whole.scales[key])
        key_of = "say.single_plain" if said.range is None else "say.single"
        return self._told_of(unit, key_of, key, whole, range=said.range)

    def _told_of(self, unit: Unit, sentence: str, key: str, whole: Cell, **values: object) -> Text:
        """Return a sentence with a scale's share: of students, or of those who answered (rules.md 4)."""
        sums, scale = whole.scales[key], self.scale_title(key)
        match self.reach(unit.id):
            case "nearly":
                words = share_words(self.languages, sums.share, sums.n, of="of_students")
                return self.say(sentence, scale=scale, words=_capital(words), **values)
            case "some":
                words = share_words(self.languages, sums.share, sums.n)
                return self.say(f"{sentence}_some", scale=scale, words=words, **values)
            case "half":
                # Few, about half, most: no number, for it would be taken for one of all students.
                plain = share_words(self.languages, sums.share, 1)
                return self.say(f"{sentence}_half", scale=scale, words=plain, **values)

    def _stands_out(self, unit: Unit, c: Contrast, whole: Cell, others: Others) -> Text:
        mine, theirs = whole.scales[c.scale], others.cell.scales[c.scale]
        side = "above" if c.difference > 0 else "below"
        gap = shares.gap(self.languages, mine.share, theirs.share)
        return self._told_of(unit, f"say.{side}_{others.kind}", c.scale, whole, gap=gap)


def _together(units: Mapping[str, Cell], names: Iterable[str]) -> Cell:
    return functools.reduce(operator.add, (units[name] for name in names))


def at_a_glance(sentences: Sequence[Text]) -> list[Text]:
    """Return as many sentences as are read at a glance: 60 words and 8 numbers in the first language.

    The first one stands whatever its length; what does not fit stands on its own page.

    Examples
    --------
    >>> at_a_glance([{"en": "Care: 6 in 10."}, {"en": "word " * 60}, {"en": "Trust: 5 in 10."}])
    [{'en': 'Care: 6 in 10.'}, {'en': 'Trust: 5 in 10.'}]
    """
    chosen = list(sentences[:1])
    for sentence in sentences[1:]:
        text = " ".join(next(iter(one.values())) for one in (*chosen, sentence))
        if len(text.split()) <= _WORDS and len(re.findall(r"\d+", text)) <= _NUMBERS:
            chosen.append(sentence)
    return chosen


def _capital(text: Text) -> Text:
    return {language: value[:1].upper() + value[1:] for language, value in text.items()}
