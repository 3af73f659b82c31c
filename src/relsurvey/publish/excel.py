"""A workbook of a view: a sheet a page, tables to filter, pictures that read the sheets' own cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relsurvey.publish.office import FAVORABLE, FAVORABLE_MID, INK, Answer, Told, day_of, ends
from relsurvey.publish.pages import HEAD, LABEL, Helper, Pages, Percent, Table, Value
from relsurvey.publish.sheets import FONT, bars, put, saved
from relsurvey.view import View
from relsurvey.view.model import Change, Item, ItemCell, Share, Unit

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_UNIT, _SCALE, _FIGURE, _LONG = 30, 24, 12, 60
_SHARE = [("col_words", 28), ("col_range", 20)]
_SHARE += [("col_percent", _FIGURE), ("col_low", _FIGURE), ("col_high", _FIGURE)]


def workbook(view: View, language: str | None = None) -> bytes:
    """Return a view as an Excel workbook.

    Parameters
    ----------
    view
        A view that passed the gate with the threshold of files that travel, 11 students.
    language
        Of all its words; None takes the view's first language.

    Returns
    -------
    bytes
        The workbook, the same each time. All texts are texts: none of them is a formula, a link or a macro.
        Percents are whole numbers, from 0 to 100. Comments are not in it.

    Raises
    ------
    PublishError
        If the view was made with a lower threshold, or has not that language.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> view = rs.read(demo_workbook(), "five-elements").view(min_n=11, by=[])
    >>> workbook(view)[:2]
    b'PK'
    """
    from openpyxl import Workbook

    told, book = Told(view, language), Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.language = told.say(view.title, 250), told.language
    _Writer(told, book).write()
    return saved(book, day_of(view))


class _Writer(Pages):
    """Writes the sheets of one view."""

    def __init__(self, told: Told, book: Workbook) -> None:
        super().__init__(told, book)
        self.several = len(told.units) > 1

    def write(self) -> None:
        """Write all sheets, the first one last: it names the others."""
        start = self.sheet("start")
        held = [
            (self.table("sentences", self.sentences()), "sentences"),
            (self.glance(), "glance"),
            (self.questions(), "questions"),
            (self.groups(), "groups"),
            (self.change(), "change"),
            (self.table("next", self.next_step()), "next"),
            (self.table("strategies", self.strategies()), "strategies"),
            (self.about(), "about"),
            (self.table("codebook", self.codebook()), "codebook"),
        ]
        self.start(start, [(sheet.title, key) for sheet, key in held if sheet is not None])

    def unit(self, unit: Unit) -> str:
        return self.told.say(unit.title, LABEL)

    def start(self, page: Worksheet, held: Sequence[tuple[str, str]]) -> None:
        """Write what the workbook is, and what its sheets hold."""
        told, view, word = self.told, self.told.view, self.told.word
        facts: list[tuple[str, str]] = [
            (word("fact_title"), told.say(view.title)),
            (word("fact_units"), told.say("; ".join(self.unit(unit) for unit in told.units))),
            (word("fact_wave"), self.wave()),
            (word("fact_audience"), told.say(view.audience)),
            (word("fact_publisher"), told.say(view.publisher)),
            (word("fact_made"), told.day),
            (word("fact_data"), " ".join([word("aggregates")] + [word("simulated")] * view.simulated)),
            (word("fact_promise"), told.say(view.promise)),
            (word("fact_favorable"), told.say(view.favorable)),
        ]
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 30, 100
        self.head(page, HEAD, [word("col_fact"), word("col_value")])
        number = HEAD
        for number, fact in enumerate((fact for fact in facts if fact[1]), HEAD + 1):
            self.row(page, number, fact)
        self.head(page, number + 2, [word("col_sheet"), word("col_what")])
        for at, (name, key) in enumerate(held, number + 3):
            self.row(page, at, [name, word(f"holds_{key}")])
        page.freeze_panes = f"A{HEAD + 1}"

    def sentences(self) -> Table:
        told, word = self.told, self.told.word
        rows: list[list[Value]] = []
        for unit in told.units:
            said = [(self.title("glance"), "", text) for text in unit.say]
            for table in unit.groups:
                by = told.variables[table.variable]
                more = [text for text in (table.note, table.comparable) if text is not None]
                said += [(self.title("groups"), by, text) for text in (*table.say, *more)]
            if unit.change is not None:
                note = [unit.change.note] if unit.change.note is not None else []
                said += [(self.title("change"), "", t) for t in (unit.change.who, *unit.change.say, *note)]
            said += [(word("hidden_title"), "", text) for text in unit.hidden]
            rows += [[self.unit(unit), page, by, told.say(text)] for page, by, text in said]
        head = [("col_unit", _UNIT), ("col_page", _SCALE), ("col_by", _SCALE), ("col_sentence", 110)]
        return Table(self.named(head), rows)

    def glance(self) -> Worksheet | None:
        told = self.told
        kinds = [
            kind
            for kind in ("other_schools", "rest_of_school")
            if any(c.reference and c.reference.kind == kind for u in told.units for c in u.scales)
        ]
        cells = [(unit, cell) for unit in told.units for cell in unit.scales]
        rows: list[list[Value]] = []
        for unit, cell in cells:
            references: list[Value] = [
                Percent(cell.reference.percent) if cell.reference and cell.reference.kind == kind else None
                for kind in kinds
            ]
            start: list[Value] = [self.unit(unit), told.scale(cell.scale)]
            rows.append([*start, *self.told_share(cell.words, cell.range, cell.share), *references])
        head = [("col_unit", _UNIT), ("col_scale", _SCALE), *_SHARE, *((f"col_{k}", 24) for k in kinds)]
        table = Table(self.named(head), rows, self.first(), self.lines([cell.share for _, cell in cells]))
        page = self.table("glance", table)
        if page is not None:
            self.place(page, table, self.bars(page, table, [(5, FAVORABLE)], 2), len(told.view.scales))
        return page

    def told_share(
        self, words: dict[str, str], span: dict[str, str] | None, share: Share | None
    ) -> list[Value]:
        """Return a share in words, its range, and its three figures: the columns of :data:`_SHARE`."""
        return [self.told.capital(words), self.told.say(span), *self.figures(share)]

    def figures(self, share: Share | None) -> list[Value]:
        """Return a share and its interval; a coded one has none, and a coded end says so."""
        if share is None:
            return [None, None, None]
        if share.coded is not None:
            return [Percent(share.percent, share.coded), None, None]
        low = Percent(share.low, "bottom" if share.low <= 5 else None)
        return [Percent(share.percent), low, Percent(share.high, "top" if share.high >= 95 else None)]

    def lines(self, shares: Sequence[Share | None]) -> list[Helper]:
        """Return the columns from which a picture draws its intervals."""
        lows, highs = zip(*map(ends, shares), strict=True) if shares else ((), ())
        return [(self.told.word("col_down"), [*lows]), (self.told.word("col_up"), [*highs])]

    def first(self) -> dict[int, str]:
        """Return the filter that leaves the first unit."""
        return {0: self.unit(self.told.units[0])} if self.several else {}

    def questions(self) -> Worksheet | None:
        told = self.told
        cells = [cell for unit in told.units for cell in unit.items]
        answers = told.answers(cells)
        apart = any(cell.not_counted is not None for cell in cells)
        rows = [
            [*self.question(unit, cell), *self.parts(cell, answers, apart)]
            for unit in told.units
            for cell in sorted(unit.items, key=self.place_of)
        ]
        head = self.named([("col_unit", _UNIT), ("col_scale", _SCALE), ("col_question", _LONG), *_SHARE])
        head += [(told.name(answer, answers), 14) for answer in answers]
        head += [(told.say(told.view.not_counted, 80) or told.word("tone_not_counted"), 14)] * apart
        table = Table(head, rows, self.first())
        page = self.table("questions", table)
        if page is not None and answers:
            from openpyxl.chart.layout import Layout, ManualLayout

            series = [(9 + at, told.fill(answer, cells)) for at, answer in enumerate(answers)]
            chart = bars(page, table.place, series, 3, stacked=True)
            chart.plot_area.layout = Layout(
                ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0.42, y=0.08, w=0.54, h=0.8)
            )
            self.place(page, table, chart, len(told.view.items), 30)
        return page

    def place_of(self, cell: ItemCell) -> tuple[int, int]:
        """Return where a question stands: by scale, in the order of the instrument."""
        scale = self.told.items[cell.item].scale
        known = list(self.told.scales)
        return known.index(scale) if scale in known else len(known), list(self.told.items).index(cell.item)

    def question(self, unit: Unit, cell: ItemCell) -> list[Value]:
        told, item = self.told, self.told.items[cell.item]
        share = self.told_share(cell.words, cell.range, cell.share)
        return [self.unit(unit), told.scale(item.scale), told.say(item.text), *share]

    def parts(self, cell: ItemCell, answers: Sequence[Answer], apart: bool) -> list[Value]:
        """Return how a question's answers were spread, in the columns of all answers."""
        known = {self.told.answer(part): part.percent for part in cell.parts}
        spread: list[Value] = [Percent(known[a]) if a in known else None for a in answers]
        none = None if cell.not_counted is None else Percent(cell.not_counted)
        return [*spread, none] if apart else spread

    def groups(self) -> Worksheet | None:
        told = self.told
        rows: list[list[Value]] = []
        shares: list[Share | None] = []
        for unit in told.units:
            for table in unit.groups:
                for scale in (cell.scale for cell in unit.scales):
                    for row in table.rows:
                        for cell in (cell for cell in row.cells if cell.scale == scale):
                            verdict = "" if cell.verdict is None else told.word(f"verdict_{cell.verdict}")
                            start = [self.unit(unit), told.say(told.variables[table.variable], LABEL)]
                            group = [told.scale(scale), told.say(row.label, LABEL), told.say(row.students)]
                            share = self.told_share(cell.words, cell.range, cell.share)
                            rows.append([*start, *group, *share, verdict, told.say(cell.sentence)])
                            shares.append(cell.share)
        head = [("col_unit", _UNIT), ("col_by", _SCALE), ("col_scale", _SCALE), ("col_group", 26)]
        head += [("col_students", 22), *_SHARE, ("col_verdict", 18), ("col_compared", _LONG)]
        # One variable at a time: a difference is not read across two of them.
        first = {0: str(rows[0][0]), 1: str(rows[0][1])} if rows else {}
        names = (told.word("col_bar"), [f"{row[2]}: {row[3]}" for row in rows])
        data = Table(self.named(head), rows, first, [names, *self.lines(shares)])
        page = self.table("groups", data)
        if page is not None:
            shown = sum(all(row[at] == value for at, value in first.items()) for row in rows)
            self.place(page, data, self.bars(page, data, [(8, FAVORABLE)], len(head) + 1), shown)
        return page

    def change(self) -> Worksheet | None:
        told = self.told
        pairs = [(u, u.change, cell) for u in told.units if u.change is not None for cell in u.change.cells]
        rows = [
            [
                self.unit(unit),
                told.scale(cell.scale),
                told.say(cell.words),
                *self.figures(cell.before),
                *self.figures(cell.now),
                *self.changed(change, cell.scale),
            ]
            for unit, change, cell in pairs
        ]
        head = [("col_unit", _UNIT), ("col_scale", _SCALE), ("col_words", 40)]
        for wave in ("before", "now"):
            head += [(f"col_{wave}{end}", 14) for end in ("", "_low", "_high")]
        head += [("col_verdict", 18), ("col_changed", _LONG)]
        helpers = self.lines([c.before for _, _, c in pairs]) + self.lines([c.now for _, _, c in pairs])
        first = {0: str(rows[0][0])} if rows and self.several else {}
        table = Table(self.named(head), rows, first, helpers)
        page = self.table("change", table)
        if page is not None:
            series = [(4, FAVORABLE_MID), (7, FAVORABLE)]
            self.place(page, table, self.bars(page, table, series, 2), 2 * len(told.view.scales))
        return page

    def changed(self, change: Change, scale: str) -> list[Value]:
        cell = next(cell for cell in change.cells if cell.scale == scale)
        verdict = "" if cell.verdict is None else self.told.word(f"verdict_{cell.verdict}")
        return [verdict, self.told.say(cell.sentence)]

    def next_step(self) -> Table:
        """Return an empty card for each unit, and under it those of earlier meetings."""
        told = self.told
        names = {strategy.id: told.say(strategy.title) for strategy in told.view.strategies}
        rows: list[list[Value]] = []
        for unit in told.units:
            rows.append([self.unit(unit), *[""] * 9])
            for card in unit.cards:
                scale = told.scale(card.scale) if card.scale in told.scales else ""
                start = [told.say(card.made), told.say(card.wave), scale, names.get(card.strategy or "", "")]
                own = (card.noticed, card.trying, card.who, card.by_when, card.looking_at)
                rows.append([self.unit(unit), *start, *map(told.say, own)])
        head = [("col_unit", _UNIT), ("col_made", 14), ("col_wave", 16), ("col_scale", _SCALE)]
        head += [("col_strategy", 26), ("card_noticed", 40), ("card_trying", 40), ("card_who", 20)]
        head += [("card_by_when", 18), ("card_looking_at", 40)]
        return Table(self.named(head), rows)

    def strategies(self) -> Table:
        told = self.told
        rows: list[list[Value]] = []
        for one in told.view.strategies:
            helps = [told.scale(scale) for scale in one.scales if scale in told.scales]
            steps = "\n".join(f"• {told.say(step)}" for step in one.steps)
            texts = [told.say(one.what), steps, told.say(one.look_at), told.say(one.source)]
            rows.append([told.say(one.title), "; ".join(helps) or told.word("all_scales"), *texts])
        head = [("col_strategy", 30), ("col_helps", 26), ("col_what", 50), ("col_steps", 70)]
        return Table(self.named([*head, ("col_look_at", 50), ("col_source", 50)]), rows)

    def about(self) -> Worksheet:
        """Write *About these numbers* from the top down, a section after the other."""
        from openpyxl.styles import Font

        told, word = self.told, self.told.word
        page = self.sheet("about")
        for column, width in zip("ABCDEFGH", (70, 50, 50, *[30] * 5), strict=True):
            page.column_dimensions[column].width = width
        at = HEAD
        for section in told.view.about:
            title = put(page, at, 1, told.say(section.title))
            title.font = Font(FONT, bold=True, size=12, color=INK)
            for paragraph in section.paragraphs:
                at += 1
                self.row(page, at, [told.say(paragraph)])
            if section.head:
                at += 1
                self.head(page, at, [told.say(label) for label in section.head])
            for row in section.rows:
                at += 1
                self.row(page, at, [told.say(cell) for cell in row])
            at += 2
        steps: list[list[Value]] = [[told.say(s.what), told.say(s.why)] for s in told.view.ledger]
        facts: list[list[Value]] = [[name, value] for name, value in told.facts()]
        for head, rows in (
            ([word("col_step"), word("col_why")], steps),
            ([word("col_fact"), word("col_value")], facts),
        ):
            self.head(page, at, head)
            for values in rows:
                at += 1
                self.row(page, at, values)
            at += 2
        page.freeze_panes = f"A{HEAD}"
        return page

    def codebook(self) -> Table:
        """Return every question with each of its answers, a row an answer."""
        told, word = self.told, self.told.word
        found: dict[str, ItemCell] = {}
        for cell in (cell for unit in told.units for cell in unit.items):
            if cell.item not in found or len(cell.parts) > len(found[cell.item].parts):
                found[cell.item] = cell
        rows: list[list[Value]] = []
        for item in told.items.values():
            scale = told.scales.get(item.scale or "")
            reading = ["", ""] if scale is None else [word(f"reading_{scale.reading}"), told.say(scale.note)]
            turned = word("is_reversed" if item.reverse else "not_reversed")
            start = [told.scale(item.scale), *reading, told.say(item.id), told.say(item.text), turned]
            rows += [[*start, *answer] for answer in self.answers_of(item, found.get(item.id))]
        head = [("col_scale", _SCALE), ("col_reading", 24), ("col_note", 50), ("col_id", 18)]
        head += [("col_question", _LONG), ("col_reversed", 14), ("col_answer", 26), ("col_counts", 18)]
        return Table(self.named(head), rows)

    def answers_of(self, item: Item, cell: ItemCell | None) -> Iterator[tuple[str, str]]:
        """Yield a question's answers from the least favorable on, and how each counts."""
        told = self.told
        if cell is None or not cell.parts:
            yield "", ""
            return
        for part in cell.parts:
            yield told.say(part.label), told.word(f"tone_{part.tone}")
        if item.not_counted is not None:
            yield told.say(item.not_counted), told.word("tone_not_counted")
