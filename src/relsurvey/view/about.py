"""*About these numbers*: what they rest on, what is not shown and why, and what they cannot tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsurvey.analysis.alpha import feldt
from relsurvey.analysis.change import MIN_N_CHANGE
from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.analysis.nonresponse import HALF
from relsurvey.disclosure import Certificate
from relsurvey.view import asked, model
from relsurvey.view.pages import in_languages
from relsurvey.view.units import Units
from relsurvey.words import Text
from relsurvey.words.catalogue import pick

#: Pages named in the table of what is not shown; of more, how many.
_NAMED = 3


@dataclass(frozen=True)
class About:
    """What a view says of itself.

    Attributes
    ----------
    told
        The view's numbers, and the languages to say them in.
    units
        Its pages: what they hide is said here once more, all of it in one place.
    reliability, certificate, simulated
        How far the scales hold, what the gate proved, and whether the answers were made up.
    """

    told: Units
    units: Sequence[model.Unit]
    reliability: Mapping[str, ScaleReliability]
    certificate: Certificate
    simulated: bool

    def sections(self) -> list[model.Section]:
        """Return the sections in the order of the page."""
        grouped = bool(self.told.cells.categories)
        several = len(self.told.cells.scales) > 1
        proved = "protect_none" if self.certificate.narrowest is None else "protect_width"
        return [
            *([self._section("simulated_title", "simulated")] if self.simulated else []),
            self._who(),
            *self._who_by_group(),
            *self._bounds(),
            self._section("sure_title", "sure_line", "sure_tenths", "sure_words", "sure_coded"),
            self._reading() if self.told.subject == "answers" else self._section("reading_title", "counting"),
            *([self._section("compare_title", "compare_rule", "compare_chance")] if grouped else []),
            *self._comparable(),
            *self._changed(),
            self._hidden(),
            self._section("not_title", "not_why", *(["not_elements"] if several else [])),
            self._section("protect_title", "protect_rule", "protect_check", proved),
        ]

    def _say(self, key: str, **values: object) -> Text:
        width = self.certificate.narrowest
        return self.told.say(f"about.{key}", **{"min_n": self.told.min_n, "width": width, **values})

    def _section(self, title: str, *keys: str) -> model.Section:
        return model.Section(title=self._say(title), paragraphs=[self._say(key) for key in keys])

    def _changed(self) -> list[model.Section]:
        """Return the rules of a change, where some page tells of one."""
        if not any(unit.change is not None and unit.change.cells for unit in self.units):
            return []
        rule = self._say("change_rule", fewest=max(MIN_N_CHANGE, self.told.min_n))
        return [model.Section(title=self._say("change_title"), paragraphs=[rule, self._say("change_same")])]

    def _who(self) -> model.Section:
        whole = None if self.told.answering is None else self.told.answering.whole
        said = asked.who_answered(self.told.languages, whole, self.told.min_n)
        known = whole is not None and whole.invited >= self.told.min_n
        return model.Section(
            title=self._say("who_title"), paragraphs=[self._of_whole(said) if known else said]
        )

    def _of_whole(self, said: Text) -> Text:
        """Say of whom a figure is, where pages of schools or teams stand beside those of all."""
        units = self.told.cells.plan.units
        if len(units) == 1:
            return said
        names = self.told.cells.titles[units[0].id]
        whole = dict.fromkeys(said, names[0]) if names else self._say("whole")
        inside = {language: one[:1].lower() + one[1:] for language, one in said.items()}
        return self._say("of_whole", whole=whole, said=inside)

    def _who_by_group(self) -> list[model.Section]:
        """Return which share of each group answered, where the roster has groups that may be shown."""
        known = self.told.answering
        if known is None or known.whole.invited < self.told.min_n:
            return []
        rows = []
        for variable in self.told.cells.categories:
            title = in_languages(self.told.instrument.groups[variable].title, self.told.languages)
            place = {category: at for at, category in enumerate(self.told.cells.categories[variable])}
            groups = asked.shown_groups(known.groups.get(variable, ()), self.told.min_n)
            for group in sorted(groups, key=lambda g: place.get(g.group or "", len(place))):
                rate = asked.rate_words(self.told.languages, group, self.told.min_n)
                label = self._category(variable, group.group)
                name = {language: f"{title[language]}: {label[language]}" for language in title}
                rows.append([name, rate])
        if not rows:
            return []
        whole = asked.rate_words(self.told.languages, known.whole, self.told.min_n)
        return [
            model.Section(
                title=self._say("who_groups_title"),
                paragraphs=[self._say("who_groups")],
                head=[self._say("head_students"), self._say("head_answered")],
                rows=[[self._say("all_asked"), whole], *rows],
            )
        ]

    def _category(self, variable: str, category: str | None) -> Text:
        if category is None:
            return self._say("other_groups")
        if category in ("no entry", "two_or_more"):
            return self._say("no_entry") if category == "no entry" else self.told.say("group.two_or_more")
        labels = {c.id: c.label for c in self.told.instrument.groups[variable].categories}
        return in_languages(labels.get(category, {"*": category}), self.told.languages)

    def _bounds(self) -> list[model.Section]:
        """Return how far those who did not answer could move each scale's share of all students."""
        known, cells = self.told.answering, self.told.cells
        whole = cells.plan.units[0].id
        if known is None or whole not in self.told.released.units:
            return []
        bounds = self.told.bounds(whole, known.whole, known.scored[()])
        rows = [
            [
                self.told.scale_title(key),
                asked.percent_words(self.told.languages, cells.units[whole].scales[key].share),
                said,
            ]
            for key, said in bounds.items()
        ]
        if not rows:
            return []
        return [
            model.Section(
                title=self._say("bounds_title"),
                paragraphs=[
                    self._of_whole(self._say("bounds_half" if known.whole.rate < HALF else "bounds"))
                ],
                head=[self._say("head_scale"), self._say("head_of_answered"), self._say("head_of_asked")],
                rows=rows,
            )
        ]

    def _reading(self) -> model.Section:
        """Return how each scale may be read, in words and as a whole percent."""
        rows = []
        for key in self.told.cells.scales:
            found = self.reliability[key]
            read = self._say(f"read_{found.verdict.reading}")
            rows.append([self.told.scale_title(key), read, self._reliability(found)])
        least = round(100 * self.told.instrument.reliability.report)
        return model.Section(
            title=self._say("reading_title"),
            paragraphs=[self._say("reading", least=least)],
            head=[self._say("head_scale"), self._say("head_read"), self._say("head_reliability")],
            rows=rows,
        )

    def _reliability(self, found: ScaleReliability) -> Text:
        """Return the figure that the verdict rests on (rules.md 9); none where it rests on too little."""
        value, low, high = found.omega, found.omega_low, found.omega_high
        if math.isnan(value):
            value, low, high = found.alpha, found.alpha_low, found.alpha_high
            if found.n_items == 2:
                value = found.alpha_std
                low, high = feldt(value, found.n, found.n_items)
        if found.verdict.reading == "too_few" or found.n < self.told.min_n or math.isnan(value + low + high):
            return self._say("no_figure")
        languages = self.told.languages
        between = asked.percents_words(languages, low, high)
        return self._say("figure", value=asked.percent_words(languages, value), between=between)

    def _comparable(self) -> list[model.Section]:
        """Return whether the groups of each variable read each scale's questions alike (rules.md 10)."""
        variables = [v for v in self.told.cells.categories if self.told.checked.get(v)]
        if not variables:
            return []
        titles = {v: self.told.instrument.groups[v].title for v in variables}
        rows = [
            [
                self.told.scale_title(key),
                *(
                    self.told.say(f"invariance.mark_{self.told.checked[v][key].mark.replace(' ', '_')}")
                    for v in variables
                ),
            ]
            for key in self.told.cells.reported
        ]
        return [
            model.Section(
                title=self._say("comparable_title"),
                paragraphs=[self._say("compare_dif")],
                head=[
                    self._say("head_scale"),
                    *(in_languages(titles[v], self.told.languages) for v in variables),
                ],
                rows=rows,
            )
        ]

    def _hidden(self) -> model.Section:
        """Return what the pages do not show, and why: the tables of groups, then all else."""
        first = self.told.languages[0]
        found: dict[tuple[str, str], tuple[Text, list[Text]]] = {}
        for unit in self.units:
            for table in unit.groups:
                if table.note is not None:
                    where = found.setdefault((table.variable, table.note[first]), (table.note, []))[1]
                    where.append(unit.title)
        rows = [
            [
                in_languages(self.told.instrument.groups[variable].title, self.told.languages),
                note,
                self._pages(where),
            ]
            for (variable, _), (note, where) in found.items()
        ]
        others = [
            self.told.say(f"hidden.{key}", min_n=self.told.min_n)
            for key in ("whole", "units", "few", "figures", "one_by_one")
        ] + self.told.not_everywhere()
        said = [text for text in others if any(text in unit.hidden for unit in self.units)]
        if not rows and not said:
            said = [self._say("hidden_nothing")]
        head = ("head_table", "head_why", "head_where") if rows else ()
        return model.Section(
            title=self._say("hidden_title"), paragraphs=said, head=[self._say(key) for key in head], rows=rows
        )

    def _pages(self, titles: Sequence[Text]) -> Text:
        if len(titles) > _NAMED:
            return self._say("pages", k=len(titles))
        return {
            language: "; ".join(pick(title, language) for title in titles) for language in self.told.languages
        }
