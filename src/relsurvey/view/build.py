"""Findings → view: the gate decides what is shown, words say it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from relsurvey.analysis.models.reliability_finding import ScaleReliability
from relsurvey.disclosure import certify
from relsurvey.disclosure.gate import release
from relsurvey.disclosure.shown import NOTHING, LeftOut
from relsurvey.errors import DisclosureError
from relsurvey.instrument.crossing import pair
from relsurvey.view import cells as _cells
from relsurvey.view import model, pages
from relsurvey.view.about import About
from relsurvey.view.cells import Cells
from relsurvey.view.content import why_no_page
from relsurvey.view.material import Material
from relsurvey.view.strategies import Strategies, offered, ready
from relsurvey.view.units import Units
from relsurvey.view.waves import Wave
from relsurvey.view.without import Without, tables_left_out
from relsurvey.words import Text, languages, speaking_of, texts

if TYPE_CHECKING:
    from relsurvey.instrument import Instrument


def build(
    material: Material,
    *,
    by: tuple[str, ...],
    min_n: int,
    same_within: float = 0.10,
    made: datetime.date | None = None,
    strategies: Strategies | None = None,
    earlier: Material | None = None,
    left_out: LeftOut = NOTHING,
    without: Without | None = None,
) -> model.View:
    """Make a view: aggregate, pass the gate, find, say.

    Parameters
    ----------
    material
        One wave's rows and what is known of them.
    by
        Group variables of the instrument, and pairs of them (``a*b``) for all schools together.
    min_n
        Fewest students of anything shown.
    same_within
        Shares closer than this are about the same (0-1).
    made
        The day; today when None.
    strategies
        What a team could try; the ready cards when None.
    earlier
        The wave before, to say what changed since; None where there is none.
    left_out
        Scales and questions that are not to be shown in some pages and tables: unit, variable (empty for the
        page), and ``scale care`` or ``item c1``.
    without
        Tables that people left out, as :meth:`relsurvey.Study.view` takes them.

    Raises
    ------
    AnalysisError
        If there is no such table to leave out.
    DisclosureError
        If the gate refuses, not even the whole has ``min_n`` students, or a pair is asked of one school.
    """
    with speaking_of(material.subject):
        return _built(material, by, min_n, same_within, made, strategies, earlier, left_out, without or {})


def _built(
    material: Material,
    by: tuple[str, ...],
    min_n: int,
    same_within: float,
    made: datetime.date | None,
    strategies: Strategies | None,
    earlier: Material | None,
    left_out: LeftOut,
    without: Without,
) -> model.View:
    asked = material.instrument
    material = material.crossing(by)
    instrument = material.instrument
    known = tuple(language for language in instrument.languages if language in languages()) or ("en",)
    readings = {r.scale: r for r in material.reliability}
    cells = _cells.make(material.responses, material.answers, instrument, by, material.reported)
    together = [variable for variable in by if pair(variable) is not None]
    planned = (*cells.plan.tables, *cells.plan.inside)
    if together and not any(table.variable in together for table in planned):
        raise DisclosureError(
            f"Two variables together ({together[0]}) are shown for all schools only, and this is one school. "
            "Leave the pair out of `by`."
        )
    cells = replace(cells, plan=replace(cells.plan, without=tables_left_out(cells, without)))
    released = release(cells.plan, min_n, cells.plan.places(left_out.now))
    if not released.units:
        marks = material.subject == "marks"
        raise DisclosureError(
            f"Fewer than {min_n} students {'have a final mark' if marks else 'answered'}, so there is "
            f"nothing that may be shown. {'Read more gradebooks' if marks else 'Collect more answers'} first."
        )
    certificate = certify(cells.plan, released, min_n)
    checked = {variable: material.comparability(variable) for variable in cells.categories}
    waves = None
    if earlier is not None:
        before = Wave.before(earlier, tuple(v for v in by if pair(v) is None), min_n, left_out.before)
        waves = before, Wave(material, cells, released)
        certificate = certificate.beside(certify(before.cells.plan, before.released, min_n))
    told = Units(
        cells,
        released,
        instrument,
        known,
        material.alike,
        min_n,
        same_within,
        checked,
        material.answering,
        material.subject,
        waves,
    )
    titles = {v: pages.in_languages(instrument.groups[v].title, known) for v in by}
    units = [
        unit.model_copy(
            update={"hidden": [*unit.hidden, *why_no_page(unit, titles, told.say("hidden.not_compared"))]}
        )
        for unit in (told.unit(unit) for unit in cells.plan.units if unit.id in released.units)
    ]
    scales = [_scale(instrument, cells, readings, key, known) for key in cells.scales]
    items = [
        model.Item(
            id=key,
            text=pages.in_languages(item.text, known),
            scale=pages.scale_of(instrument, key),
            reverse=item.reverse,
            not_counted=pages.not_counted(instrument, key, known),
        )
        for key, item in instrument.items.items()
        if key in cells.items
    ]
    return model.View(
        subject=material.subject,
        id=f"{instrument.id}{f'-{material.wave}' if material.wave else ''}",
        title=pages.in_languages(instrument.title, known),
        languages=list(known),
        simulated=material.simulated,
        wave=pages.wave_name(material.wave, known, instrument.waves),
        audience=texts(known, "page.audience"),
        publisher=texts(known, "page.publisher", version=pages.version()),
        made=(made or datetime.date.today()).isoformat(),
        promise=texts(known, "page.promise" if len(instrument.scales) > 1 else "page.promise_plain"),
        license=pages.in_languages(instrument.source, known),
        favorable=pages.favorable(instrument, known, material.subject),
        scales=scales,
        items=items,
        not_counted=pages.all_not_counted(items, known),
        variables=[model.Variable(id=v, title=title) for v, title in titles.items()],
        units=units,
        strategies=offered(strategies or ready(), scales, known),
        about=About(told, units, readings, certificate, material.simulated).sections(),
        ledger=pages.ledger(material.ledger, known, min_n),
        provenance=pages.provenance(asked, material.sha256, min_n, same_within, certificate),
    )


def _scale(
    instrument: Instrument,
    cells: Cells,
    readings: dict[str, ScaleReliability],
    key: str,
    known: Sequence[str],
) -> model.Scale:
    scale = instrument.scales[key]
    verdict = readings[key].verdict
    note: Text = texts(known, f"reliability.{verdict.reading}.{verdict.reason}", k=len(scale.items))
    return model.Scale(
        id=key,
        title=pages.in_languages(scale.title, known),
        element=scale.element,
        items=[item for item in scale.items if item in cells.items],
        reading=verdict.reading,
        note=note,
    )
