"""Slides of a view: one unit, for a coach to present; the plain sentences as notes, the charts native."""

from __future__ import annotations

from collections.abc import Iterator

from relsurvey.errors import PublishError
from relsurvey.publish.charts import Bars, Picture, coded_words
from relsurvey.publish.fitting import chunks, rows_high
from relsurvey.publish.office import FAVORABLE, FAVORABLE_MID, GROUPS, NEUTRAL, Told
from relsurvey.publish.presentation import BOTTOM, INNER, LABEL, LEFT, TITLES, TOP, Slides
from relsurvey.view import View
from relsurvey.view.model import GroupCell, GroupRow, GroupTable, ItemCell, ScaleCell, Share, Unit

#: How many bars, questions, groups and figures side by side are still read from the back of a room.
_MOST_SCALES, _MOST_CHANGES, _MOST_QUESTIONS, _MOST_GROUPS, _MOST_FIGURES = 8, 6, 6, 6, 32


def deck(view: View, unit: str | None = None, language: str | None = None) -> bytes:
    """Return a view's slides, for a coach to present to one school or team.

    Parameters
    ----------
    view
        A view that passed the gate with the threshold of files that travel, 11 students.
    unit
        The id of the school or team; None takes the first one of the view.
    language
        Of all its words; None takes the view's first language.

    Returns
    -------
    bytes
        The presentation, the same each time: wide slides, charts to edit, and the sentences of each slide in
        its notes. Comments are not in it.

    Raises
    ------
    PublishError
        If the view was made with a lower threshold, or has not that unit or language.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> view = rs.read(demo_workbook(), "five-elements").view(min_n=11, by=[])
    >>> deck(view, "sierra-norte-high-simulated")[:2]
    b'PK'
    """
    told = Told(view, language)
    known = {one.id: one for one in told.units}
    if unit is not None and unit not in known:
        raise PublishError(f"This view has no unit {unit!r}. Choose from: {', '.join(known)}.")
    made = _Deck(told, told.units[0] if unit is None else known[unit])
    made.write()
    return made.bytes(f"{told.say(view.title, LABEL)}: {told.say(made.unit.title, LABEL)}")


class _Deck(Slides):
    """The slides of one unit."""

    def __init__(self, told: Told, unit: Unit) -> None:
        super().__init__(told)
        self.unit = unit

    def write(self) -> None:
        """Make all slides, in the order of the pages."""
        self.first()
        self.norms()
        self.glance()
        self.questions()
        for table in self.unit.groups:
            self.groups(table)
        self.change()
        self.earlier()
        self.strategies()
        self.card()
        self.about()

    def first(self) -> None:
        told, view = self.told, self.told.view
        title = told.say(self.unit.title, LABEL)
        wave = told.say(view.wave, LABEL)
        kicker = told.say(view.title, LABEL)
        notes = [told.capital(self.unit.students), told.say(view.promise)]
        slide = self.slide(kicker, title, notes, (40, 32, *TITLES))
        lines = [wave, told.capital(self.unit.students), told.say(view.audience), *told.publisher()]
        lines += [told.word("made_on", day=told.day)] + [told.word("simulated")] * view.simulated
        self.text(slide, (LEFT, 2.3, INNER, 4.2), [line for line in lines if line], 24)

    def norms(self) -> None:
        told, word = self.told, self.told.word
        lines = [told.say(told.view.promise), *map(word, ("norm_strengths", "norm_students", "norm_guess"))]
        lines.append(told.say(told.view.favorable))
        slide = self.slide("", word("norms_title"), [word("norm_all"), *lines])
        self.text(slide, (LEFT, TOP, INNER, BOTTOM - TOP), [word("norm_all"), *lines], 24)

    def glance(self) -> None:
        told, unit = self.told, self.unit
        said = [told.say(text) for text in unit.say]
        hidden = [told.say(text) for text in unit.hidden]
        title, *more = said or [told.capital(unit.students)]
        for cells, part in chunks(unit.scales, _MOST_SCALES):
            notes = [*said, *map(self.scale_line, cells), *hidden, told.say(told.view.favorable)]
            slide = self.slide(told.word("sheet_glance") + part, title, notes)
            caption = [f"{told.capital(unit.students)}.", told.word("range_key"), *hidden]
            names = [f"{told.scale(cell.scale)}: {told.say(cell.words)}" for cell in cells]
            series = [Bars.of(told.word("these"), [cell.share for cell in cells], FAVORABLE)]
            for kind in ("other_schools", "rest_of_school"):
                marks = [
                    c.reference.percent if c.reference and c.reference.kind == kind else None for c in cells
                ]
                if any(mark is not None for mark in marks):
                    series.append(Bars(told.word(kind), marks, NEUTRAL))
            self.page(slide, more, Picture(names, series), caption, told.word("alt_bars"), notes)

    def scale_line(self, cell: ScaleCell) -> str:
        told = self.told
        beside = f"; {told.say(cell.reference.words)}" if cell.reference is not None else ""
        return (
            f"{told.scale(cell.scale)}: {told.both(cell.words, cell.range)}{self.figure(cell.share)}{beside}"
        )

    def figure(self, share: Share | None) -> str:
        """Return a share in whole percents, for the notes."""
        if share is None:
            return ""
        if share.coded is not None:
            return f", {coded_words(self.told, share)}"
        return f", {share.percent} % ({share.low}–{share.high})"

    def questions(self) -> None:
        told = self.told
        scales: list[str | None] = [*told.scales, None]
        cells = {cell.scale: cell for cell in self.unit.scales}
        for scale in scales:
            items = [cell for cell in self.unit.items if self.scale_of(cell) == scale]
            known = cells.get(scale or "")
            title = told.scale(scale)
            if known is not None:
                title = self.scale_title(known)
            for some, part in chunks(items, _MOST_QUESTIONS):
                note = "" if scale is None else told.say(told.scales[scale].note)
                notes = [title, note, *map(self.question_line, some)]
                slide = self.slide(told.word("sheet_questions") + part, title, notes)
                self.page(slide, [], self.spread(some), [note], told.word("alt_stacked"), notes)

    def scale_title(self, cell: ScaleCell) -> str:
        """Return a scale's title with its share, as far as sentences on these students go (rules.md 4)."""
        told, title = self.told, self.told.scale(cell.scale)
        if cell.share is not None and self.unit.reach == "half":
            return told.word("title_answered", scale=title)
        if cell.share is not None and self.unit.reach == "some":
            title = told.word("title_answered", scale=title)
        return f"{title}: {told.say(cell.words)}" + (f" ({told.say(cell.range)})" if cell.range else "")

    def scale_of(self, cell: ItemCell) -> str | None:
        scale = self.told.items[cell.item].scale
        return scale if scale in self.told.scales else None

    def question_line(self, cell: ItemCell) -> str:
        told = self.told
        parts = [f"{told.say(part.label)} {part.percent} %" for part in cell.parts]
        if cell.not_counted is not None:
            label = told.say(told.items[cell.item].not_counted) or told.word("tone_not_counted")
            parts.append(f"{label} {cell.not_counted} %")
        whole = f"{told.say(told.items[cell.item].text)} {told.both(cell.words, cell.range)}"
        return "; ".join([whole + self.figure(cell.share), *parts])

    def spread(self, cells: list[ItemCell]) -> Picture:
        """Return how the answers to some questions were spread; a question without says why."""
        told = self.told
        answers = told.answers(cells)
        series = []
        for answer in answers:
            percents = [
                next((part.percent for part in cell.parts if told.answer(part) == answer), None)
                for cell in cells
            ]
            series.append(Bars(told.name(answer, answers), percents, told.fill(answer, cells)))
        names = []
        for cell in cells:
            text = told.say(told.items[cell.item].text, LABEL)
            names.append(text if cell.parts else f"{text} {told.capital(cell.words)}")
        return Picture(names, series, "stacked", room=0.46)

    def groups(self, table: GroupTable) -> None:
        """Make a slide of one group variable, where there is something to say."""
        told = self.told
        by, said = told.variables[table.variable], [told.say(text) for text in table.say]
        small = [told.say(text) for text in (table.note, table.comparable) if text is not None]
        title, *more = said or [by]
        drawn = [row for row in table.rows if any(cell.share is not None for cell in row.cells)]
        there = {cell.scale for row in drawn for cell in row.cells if cell.share is not None}
        scales = [cell.scale for cell in self.unit.scales if cell.scale in there]
        small = [*self.not_drawn(drawn, there), *small]
        parts = [
            (rows, some)
            for rows, _ in chunks(drawn, _MOST_GROUPS)
            for some, _ in chunks(scales, min(_MOST_SCALES, _MOST_FIGURES // len(rows)))
        ]
        for [(rows, some)], part in chunks(parts, 1):
            spoken = [row for row in table.rows if row in rows or row not in drawn]
            notes = [*said, *(line for row in spoken for line in self.group_lines(row, some)), *small]
            slide = self.slide(f"{told.word('sheet_groups')}: {by}{part}", title, notes)
            series = []
            for at, row in enumerate(rows):
                by_scale = {cell.scale: cell.share for cell in row.cells}
                shares = [by_scale.get(scale) for scale in some]
                series.append(Bars.of(told.say(row.label, 60), shares, GROUPS[at]))
            picture = Picture([told.scale(scale) for scale in some], series, "columns")
            self.page(slide, more, picture, small, told.word("alt_bars"), notes)

    def not_drawn(self, rows: list[GroupRow], drawn: set[str]) -> Iterator[str]:
        """Say why scales have no column: none of the rows has a share on them."""
        told = self.told
        for whole in (cell for cell in self.unit.scales if cell.scale not in drawn):
            said = [cell.words for row in rows for cell in row.cells if cell.scale == whole.scale]
            why = dict.fromkeys(told.say(words).removesuffix(".") for words in said or [whole.words])
            yield f"{told.scale(whole.scale)}: {'; '.join(why)}."

    def group_lines(self, row: GroupRow, scales: list[str]) -> Iterator[str]:
        told = self.told
        yield f"{told.say(row.label)} ({told.say(row.students)}):"
        for cell in (cell for cell in row.cells if cell.scale in scales):
            yield f"{told.scale(cell.scale)}: {self.group_line(cell)}"

    def group_line(self, cell: GroupCell) -> str:
        told = self.told
        sentence = f". {told.say(cell.sentence)}" if cell.sentence is not None else ""
        return f"{told.both(cell.words, cell.range)}{self.figure(cell.share)}{sentence}"

    def change(self) -> None:
        told, change = self.told, self.unit.change
        if change is None:
            return
        said, who = [told.say(text) for text in change.say], told.say(change.who)
        note = [told.say(change.note)] if change.note is not None else []
        title, *more = said or [who]
        for cells, part in chunks(change.cells, _MOST_CHANGES):
            lines = [
                f"{told.scale(cell.scale)}: {told.say(cell.sentence or cell.words).removesuffix('.')}."
                + "".join(
                    f" {told.word(when)}{self.figure(share)}."
                    for when, share in (("then", cell.before), ("now", cell.now))
                    if share is not None
                )
                for cell in cells
            ]
            notes = [*said, *lines, who, *note]
            slide = self.slide(told.say(change.title, LABEL) + part, title, notes)
            series = [
                Bars.of(told.word("then"), [cell.before for cell in cells], FAVORABLE_MID),
                Bars.of(told.word("now"), [cell.now for cell in cells], FAVORABLE),
            ]
            picture = Picture([told.scale(cell.scale) for cell in cells], series)
            self.page(slide, more, picture, [who, *note], told.word("alt_bars"), notes)

    def earlier(self) -> None:
        """Show what the team chose last time."""
        told, word = self.told, self.told.word
        if not self.unit.cards:
            return
        card = self.unit.cards[0]
        names = {strategy.id: told.say(strategy.title) for strategy in told.view.strategies}
        rows = [
            (word("col_made"), " · ".join(one for one in (told.say(card.made), told.say(card.wave)) if one)),
            (word("col_scale"), told.scale(card.scale) if card.scale in told.scales else ""),
            (word("col_strategy"), names.get(card.strategy or "", "")),
            (word("card_noticed"), told.say(card.noticed)),
            (word("card_trying"), told.say(card.trying)),
            (word("card_who"), told.say(card.who)),
            (word("card_by_when"), told.say(card.by_when)),
            (word("card_looking_at"), told.say(card.looking_at)),
        ]
        rows = [row for row in rows if row[1]]
        slide = self.slide(word("sheet_next"), word("earlier_title"), [": ".join(row) for row in rows])
        self.grid(slide, [], rows, (2.8, INNER - 2.8))

    def strategies(self) -> None:
        told, word = self.told, self.told.word
        head = [word("col_strategy"), word("col_helps"), word("col_what")]
        widths = (2.9, 2.7, INNER - 5.6)
        found = []
        for one in told.view.strategies:
            helps = "; ".join(told.scale(scale) for scale in one.scales if scale in told.scales)
            row = (told.say(one.title), helps or word("all_scales"), told.say(one.what))
            steps = [f"• {told.say(step)}" for step in one.steps]
            look = f"{word('col_look_at')}: {told.say(one.look_at)}"
            found.append((row, [f"{row[0]}: {row[2]}", *steps, look, told.say(one.source)]))
        room = BOTTOM - TOP - 0.5
        for most in range(len(found), 0, -1):
            pages = list(chunks(found, most))
            if all(rows_high([row for row, _ in page], widths) <= room for page, _ in pages) or most == 1:
                for page, part in pages:
                    notes = [line for _, lines in page for line in lines]
                    slide = self.slide(word("sheet_next"), word("sheet_strategies") + part, notes)
                    self.grid(slide, head, [row for row, _ in page], widths)
                return

    def card(self) -> None:
        word = self.told.word
        fields = ("noticed", "trying", "who", "by_when", "looking_at")
        rows = [(word(f"card_{one}"), "") for one in fields]
        slide = self.slide(word("sheet_next"), word("card_title"), [name for name, _ in rows])
        self.grid(slide, [], rows, (2.8, INNER - 2.8), tall=0.95)

    def about(self) -> None:
        told, word = self.told, self.told.word
        facts = [f"{name}: {value}" for name, value in told.facts()]
        hidden = [told.say(text) for text in self.unit.hidden]
        notes: list[str] = list(hidden)
        for section in told.view.about:
            rows = [" | ".join(map(told.say, row)) for row in (section.head, *section.rows) if row]
            notes += [told.say(section.title), *map(told.say, section.paragraphs), *rows]
        notes += [f"{told.say(step.what)} {told.say(step.why)}" for step in told.view.ledger] + facts
        lines = [f"{told.capital(self.unit.students)}. {told.word('range_key')}", *hidden]
        lines += [told.say(told.view.favorable), *facts[:5], word("more_notes")]
        slide = self.slide("", word("sheet_about"), notes)
        self.text(slide, (LEFT, TOP, INNER, BOTTOM - TOP), lines, 20)
