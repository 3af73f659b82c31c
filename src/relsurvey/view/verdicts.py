"""The verdicts a view would give the groups of one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relsurvey.analysis.verdict import Difference, contrasts
from relsurvey.disclosure import ALL
from relsurvey.instrument import GroupVariable
from relsurvey.view import cells
from relsurvey.view.material import Material

if TYPE_CHECKING:
    import pandas as pd

#: The name under which schools or teams stand as groups; no column of an instrument is called so.
_UNIT = "school or team"


def verdicts(
    material: Material,
    *,
    scale: str,
    by: str,
    column: pd.Series,
    variables: tuple[str, ...],
    min_n: int,
    marked: tuple[str, ...] = (),
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
    column
        Each row's group.
    variables
        The group variables of the view.
    min_n
        A side under it is *too few*.
    marked
        Groups with a DIF mark on this scale: they cannot be *clear*.
    """
    instrument = material.instrument
    # All students are one unit here, so a school or team is a group like any other.
    responses = material.responses.drop(columns=[c for c in ("school", "team") if c in material.responses])
    variable = by
    if by not in instrument.groups:
        variable = _UNIT
        unit = GroupVariable(id=variable, title={"*": by})
        instrument = instrument.model_copy(update={"groups": {**instrument.groups, variable: unit}})
        responses = responses.assign(**{variable: column})
    family = tuple(dict.fromkeys((*material.reported, scale)))
    made = cells.make(
        responses, material.answers, instrument, tuple(dict.fromkeys((*variables, variable))), family
    )
    groups = [((v, str(c)), cell) for (_, v, c), cell in made.groups.items() if c is not None]
    found = contrasts(
        groups,
        made.units[ALL],
        family,
        min_n=min_n,
        no_verdict=frozenset(((variable, group), scale) for group in marked),
    )
    return {c.key[1]: c.verdict for c in found if c.key[0] == variable and c.scale == scale}
