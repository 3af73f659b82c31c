"""What a view of marks holds beside its measures: practices, each week's work, and policies to try."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from relsurvey.analysis.finding import MIN_N_FILE
from relsurvey.disclosure import ALL
from relsurvey.errors import DisclosureError
from relsurvey.practices.adopted import adopted
from relsurvey.practices.dials import Dials, ready
from relsurvey.practices.hands import refuse_few
from relsurvey.practices.people import RELATIONSHIPS
from relsurvey.practices.runs import runs
from relsurvey.practices.trying import Counts, Trials, lab_of, try_all
from relsurvey.view import model
from relsurvey.view.cells import members
from relsurvey.view.pages import in_languages
from relsurvey.words import texts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from relsurvey.disclosure.shown import Key
    from relsurvey.grading import Gradebook
    from relsurvey.practices.practices import GradingPractices


def with_practices(view: model.View, marks: GradingPractices, left_out: Collection[Key] = ()) -> model.View:
    """Return a view of marks with its own pages, for the units that the gate lets have a page.

    ``left_out``: unit, an empty variable, and ``week 2026-09-21``: weeks that are not drawn there.
    """
    languages = view.languages
    shown = [unit.id for unit in view.units]
    rows = marks._latest().responses
    masks, kinds, titles = members(rows)
    schools = {unit: titles[unit][0] for unit, (kind, _) in kinds.items() if kind == "school"}
    refuse_few(marks, {schools[unit] for unit in shown if unit in schools}, ALL in shown)
    update: dict[str, object] = {}
    own: dict[str, dict[str, object]] = {unit: {} for unit in shown}
    if marks.adoption is not None:
        found = adopted(marks.adoption, schools, shown, languages)
        update |= {"practices": found.practices, "stages": found.stages}
        for unit, cells in found.units.items():
            own[unit]["practices"] = cells
    if marks.weekly is not None:
        for unit, charts in runs(marks.weekly, marks.changes, schools, shown, languages, left_out).items():
            own[unit]["weeks"] = charts
    if marks.dials is not None and marks.gradebook is not None:
        trials = _tried(marks, marks.gradebook, marks.dials, _units(rows["respondent"], masks, schools))
        # In the app too: a step of 1 to 10 students is never printed.
        least = max(MIN_N_FILE, view.provenance.settings.min_n)
        dials, labs = lab_of(trials, _now(view, marks, masks), languages, least) if trials else ([], {})
        if labs:
            update["dials"] = dials
        for unit, lab in labs.items():
            own[unit]["lab"] = lab
    if marks.rule is not None:
        update["rules"] = [
            model.Section(
                title=in_languages(marks.rule.title, languages),
                paragraphs=[
                    in_languages(marks.rule.text, languages),
                    texts(languages, "practices.rule_source", source=marks.rule.source),
                ],
            )
        ]
    for page in view.units:
        own[page.id]["groups"] = [_together(table, languages) for table in page.groups]
    about = [_cannot(section, view, "dials" in update) for section in view.about]
    units = [unit.model_copy(update=own[unit.id]) for unit in view.units]
    return view.model_copy(update={**update, "units": units, "about": about})


def _tried(marks: GradingPractices, gradebook: Gradebook, dials: Dials, units: pd.Series) -> Trials | None:
    """Return every policy tried; of the ready dials those alone that are not about one or two teachers.

    Raises
    ------
    DisclosureError
        If a dial that was asked for is.
    """
    year = marks.waves or None, marks.year_course, marks.attendance
    trials = try_all(gradebook, dials, marks.rule, units, *year)
    if not trials.narrow:
        return trials
    if dials != ready(gradebook)[0]:
        raise DisclosureError(
            f"Turning {' and '.join(trials.narrow)} would change the marks of one or two teachers alone at "
            "some school, so the grid would be about them. Take it out of the dials, or leave policies out: "
            "dials=False."
        )
    kept = tuple(dial for dial in dials.dials if dial.id not in trials.narrow)
    # What is left was in the grid before, and told of more teachers there.
    return try_all(gradebook, Dials(dials=kept), marks.rule, units, *year) if kept else None


def _units(students: pd.Series, masks: Mapping[str, np.ndarray], schools: Mapping[str, str]) -> pd.Series:
    """Return each student's school, as the id of its page."""
    import pandas as pd

    found = pd.Series(None, index=students.to_numpy(), dtype=object)
    for unit in schools:
        found[masks[unit]] = unit
    return found


def _now(view: model.View, marks: GradingPractices, masks: Mapping[str, np.ndarray]) -> Counts:
    """Return of how many students a measure holds, and of how many, on each page that shows it."""
    rows, asked = marks._latest().responses, marks.instrument
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for unit in view.units:
        for cell in unit.scales:
            if cell.reason is None:
                [item] = asked.scales[cell.scale].items
                codes = rows[item][masks[unit.id]].dropna()
                holds = int(codes.isin(asked.favorable_codes(item)).sum())
                found.setdefault(unit.id, {})[cell.scale] = holds, len(codes)
    return found


def _together(table: model.GroupTable, languages: Sequence[str]) -> model.GroupTable:
    """Return a table, with what it does not say where marks stand beside what students say."""
    if table.variable != RELATIONSHIPS or not table.rows:
        return table
    return table.model_copy(update={"comparable": texts(languages, "about.not_together")})


def _cannot(section: model.Section, view: model.View, tried: bool) -> model.Section:
    """Return a section with what marks beside a survey, and policies that are tried, cannot tell."""
    if section.title != texts(view.languages, "about.not_title"):
        return section
    more = [
        texts(view.languages, f"about.{key}")
        for key, there in (
            ("not_tried", tried),
            ("not_together", any(variable.id == RELATIONSHIPS for variable in view.variables)),
        )
        if there
    ]
    return section.model_copy(update={"paragraphs": [*section.paragraphs, *more]})
