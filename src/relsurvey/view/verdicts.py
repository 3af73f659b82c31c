"""The verdicts a view would give the groups of one variable."""

from __future__ import annotations

from relsurvey.analysis.verdict import Difference, contrasts
from relsurvey.disclosure import ALL
from relsurvey.view import cells
from relsurvey.view.material import Material


def verdicts(
    material: Material, *, scale: str, by: str, variables: tuple[str, ...], min_n: int
) -> dict[str, Difference]:
    """Return each group's verdict beside all others, in the family of all variables (rules.md 6).

    Parameters
    ----------
    material
        One wave's rows and what is known of them.
    scale
        The scale the verdicts are on.
    by
        The variable whose groups they are of: a group variable, school or team.
    variables
        The group variables of the view.
    min_n
        A side under it is *too few*.
    """
    responses, instrument = material.responses, material.instrument
    family = tuple(dict.fromkeys((*material.reported, scale)))
    made = cells.make(
        responses.drop(columns=[c for c in ("school", "team") if c in responses and c != by]),
        material.answers,
        instrument,
        tuple(v for v in dict.fromkeys((*variables, by)) if v in instrument.groups),
        family,
    )
    whole = made.units[ALL] if ALL in made.units else next(iter(made.units.values()))
    groups = [
        ((v, str(c)), cell) for (unit, v, c), cell in made.groups.items() if unit == ALL and c is not None
    ]
    if by not in instrument.groups:
        groups += [((by, made.titles[unit][-1]), cell) for unit, cell in made.units.items() if unit != ALL]
    found = contrasts(groups, whole, family, min_n=min_n)
    return {c.key[1]: c.verdict for c in found if c.key[0] == by and c.scale == scale}
