"""How far teams have taken up each grading practice, as a view may say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.disclosure import ALL
from relsurvey.grading.practices import direction
from relsurvey.instrument.fold import fold
from relsurvey.view import model
from relsurvey.view.pages import in_languages
from relsurvey.words import Text, texts

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.practices import Adoption


@dataclass(frozen=True)
class Practices:
    """Practices and the stages that teams may be at.

    Attributes
    ----------
    practices, stages
        In the order of the instrument, the least stage first.
    units
        By unit, how far its teams are.
    """

    practices: list[model.Practice]
    stages: list[Text]
    units: dict[str, list[model.Adopted]]


def adopted(
    adoption: Adoption, schools: Mapping[str, str], shown: Sequence[str], languages: Sequence[str]
) -> Practices:
    """Return what teams agreed on, by unit: a school's own teams, and all teams together.

    Parameters
    ----------
    adoption
        As it was read: one sheet a team and wave. The latest wave of each team counts.
    schools
        By unit id the name of each school.
    shown
        The units that have a page.
    languages
        The view's.
    """
    asked, latest = adoption.instrument, adoption.latest
    options = sorted(
        (o for o in asked.options_of(next(iter(asked.items))).options if o.code is not None),
        key=lambda option: option.code or 0,
    )
    stages = [in_languages(option.label, languages) for option in options]
    codes = [option.code for option in options]
    use = [option.code for option in options if option.favorable]
    where = latest["school"].map(lambda name: None if name is None else fold(str(name)), na_action="ignore")
    units = {}
    for unit in shown:
        # Of all schools only those with marks: less the others, one that was left out would be told of.
        named = schools.values() if unit == ALL else [schools[unit]]
        here = where.isin([fold(name) for name in named])
        rows = latest[here | where.isna()] if unit == ALL and schools else latest[here | (not schools)]
        if len(rows):
            units[unit] = [
                _adopted(item, rows[rows["practice"] == item], codes, use, stages, languages)
                for item in asked.items
                if rows.loc[rows["practice"] == item, "stage"].notna().any()
            ]
    practices = [
        model.Practice(id=key, title=_titled(item.text, languages)) for key, item in asked.items.items()
    ]
    return Practices(practices, stages, units)


def _titled(text: Text, languages: Sequence[str]) -> Text:
    return {language: title.rstrip(".") for language, title in in_languages(text, languages).items()}


def _adopted(
    item: str,
    rows: pd.DataFrame,
    codes: Sequence[float | None],
    use: Sequence[float | None],
    stages: Sequence[Text],
    languages: Sequence[str],
) -> model.Adopted:
    said = rows[rows["stage"].notna()]
    teams = [int((said["stage"] == code).sum()) for code in codes]
    here = sum(count for count, code in zip(teams, codes, strict=True) if code in use)
    if len(said) == 1:
        words = stages[teams.index(1)]
    else:
        words = texts(languages, "practices.teams_in_use", k=here, n=len(said))
    return model.Adopted(
        practice=item, teams=teams, words=words, in_use=here == len(said), moved=direction(said["moved"])
    )
