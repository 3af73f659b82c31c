"""Which grading practices a team has agreed on, and how far: one stage a practice, never a teacher's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding
from relsurvey.errors import ReadError
from relsurvey.reading.survey import read
from relsurvey.words import say
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.instrument import Instrument


@dataclass(frozen=True, repr=False, eq=False)
class Adoption(Finding):
    """The stage of each practice, as teams agreed.

    Attributes
    ----------
    stages
        One row a team, wave and practice: ``school, team, wave, practice, stage`` (its number from the first
        stage, 1; NaN where the team gave none), ``label``, ``in_use`` (whether it is a stage that the
        instrument calls favorable), ``before`` (the stage in the wave before) and ``moved`` (up, down, same).
    instrument
        What was asked.
    """

    stages: pd.DataFrame
    instrument: Instrument

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its one table."""
        return {"adoption": self.stages}

    @property
    def latest(self) -> pd.DataFrame:
        """The stages of each team's latest wave."""
        last = self.stages.groupby(["school", "team"], dropna=False)["wave_place"].transform("max")
        return self.stages[self.stages["wave_place"] == last].reset_index(drop=True)

    def in_words(self, language: str = "en") -> str:
        """Return which practices are in use and what moved, in how many teams, strengths first."""
        latest = self.latest
        said: dict[str, list[str]] = {"in_use": [], "up": [], "down": []}
        for item in self.instrument.items:
            rows = latest[(latest["practice"] == item) & latest["stage"].notna()]
            before = rows[rows["moved"].notna()]
            counts = {"in_use": (int(rows["in_use"].sum()), len(rows))}
            if (way := direction(rows["moved"])) in ("up", "down"):
                counts[way] = (int((before["moved"] == way).sum()), len(before))
            for key, (k, n) in counts.items():
                title = self._title(item, language)
                if k:
                    of_teams = say(language, "grading.adoption_practice", practice=title, k=k, n=n)
                    said[key].append(of_teams if n > 1 else title)
        parts = [
            say(language, f"grading.adoption_{key}", practices="; ".join(names))
            for key, names in said.items()
            if names
        ]
        teams = latest[["school", "team"]].drop_duplicates()
        parts.append(say(language, "grading.adoption_teams", n=len(teams)))
        return " ".join(parts)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return a row a team and practice: a team's agreed stage is no student's and is never masked."""
        latest = self.latest
        options = {o.code: o for i in self.instrument.items for o in self.instrument.options_of(i).options}
        rows = [
            (
                *(row[key] for key in ("school", "team", "wave")),
                self._title(row["practice"], language),
                pick(options[row["stage"]].label, language) if row["stage"] in options else row["label"],
                None if row["moved"] is None else say(language, f"grading.adoption_moved_{row['moved']}"),
            )
            for row in latest.to_dict("records")
        ]
        head = ("school", "team", "wave", "practice", "stage", "moved")
        return (Face.of(language, "grading", "adoption", head, rows),)

    def _title(self, item: str, language: str) -> str:
        return pick(self.instrument.items[item].text, language).rstrip(".")


def direction(moved: pd.Series) -> Literal["up", "down", "same"] | None:
    """Return where most teams moved since their sheets before; None where none has one, same if a draw.

    Parameters
    ----------
    moved
        Of each team ``up``, ``down``, ``same`` or None, as in :attr:`Adoption.stages`.

    Examples
    --------
    >>> import pandas as pd
    >>> direction(pd.Series(["up", "down", "down"])), direction(pd.Series(["up", "down"]))
    ('down', 'same')
    """
    counts = {key: int((moved == key).sum()) for key in ("up", "down", "same")}
    if not any(counts.values()):
        return None
    if counts["up"] == counts["down"]:
        return "same"
    return "up" if counts["up"] > counts["down"] else "down"


def adoption(
    source: str | Path | pd.DataFrame,
    instrument: str | Path | Instrument = "grading-practices",
    *,
    wave: str | None = None,
    strict: bool = True,
) -> Adoption:
    """Read which practices teams have agreed on: one sheet a team and wave.

    Parameters
    ----------
    source
        Answers to the instrument: a file or a DataFrame, one row a team (and wave).
    instrument
        The ready ``grading-practices``, or one of a school's own whose respondent is the team.
    wave
        Which wave all sheets are of, where the source does not say.
    strict
        Whether answers and practices that are not known are an error; otherwise they are left out.

    Raises
    ------
    ReadError
        If a team has several sheets of one wave, if a row names no team, or if it names a teacher.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.instrument import instruments
    >>> asked = [item.text["en"] for item in instruments()["grading-practices"].items.values()]
    >>> sheet = pd.DataFrame([["Condor", *["Always"] * 2, *["Not yet"] * 6]], columns=["team", *asked])
    >>> adoption(sheet).table[["practice", "stage", "in_use"]].head(3).values.tolist()
    [['minimum_score', 5.0, True], ['retakes', 5.0, True], ['makeup_days', 1.0, False]]
    """
    import pandas as pd

    found = read(
        source,
        instrument,
        mapping=None,
        wave=wave,
        school=None,
        strict=strict,
        keep="all",
        ids="as-is",
        limits=None,
    )
    asked, rows = found.instrument, found.responses
    if "teacher" in asked.identity or "section" in asked.identity:
        raise ReadError(
            f"The instrument {asked.id} names a teacher or a section. A team agrees on one stage for each "
            "practice: take that line out of `identity`."
        )
    for column in ("school", "wave"):
        if column not in rows:
            rows = rows.assign(**{column: None})
    nameless = int(rows["respondent"].isna().sum())
    if not any(entry.step == "ids" for entry in found.ledger):
        # Where no row at all has an id, the rows were numbered.
        nameless = len(rows)
    if nameless:
        raise ReadError(f"Sheets that name no team: {nameless}. Write the team's name into each.")
    twice = int(rows.duplicated(["school", "respondent", "wave"]).sum())
    if twice:
        raise ReadError(
            f"Sheets beside another of the same team and wave: {twice}. A team agrees on one stage "
            "for each practice: keep the sheet that it agreed on."
        )
    order = {
        wave: i for i, wave in enumerate(asked.waves or sorted(map(str, rows["wave"].dropna().unique())))
    }
    keys = ["school", "respondent", "wave"]
    long = rows.melt(keys, list(asked.items), "practice", "stage").rename(columns={"respondent": "team"})
    said = found.answers.assign(school=rows["school"], wave=rows["wave"])
    long["label"] = said.melt(keys, list(asked.items), "practice", "label")["label"]
    long["wave_place"] = long["wave"].map(order).fillna(0).astype(int)
    kept = {item: asked.favorable_codes(item) for item in asked.items}
    long["in_use"] = [
        stage in kept[item] for item, stage in zip(long["practice"], long["stage"], strict=True)
    ]
    place = {item: i for i, item in enumerate(asked.items)}
    long = long.sort_values(
        ["school", "team", "wave_place", "practice"],
        key=lambda column: column.map(place) if column.name == "practice" else column,
        kind="stable",
    ).reset_index(drop=True)
    long["before"] = long.groupby(["school", "team", "practice"], dropna=False)["stage"].shift()
    change = long["stage"] - long["before"]
    moved = pd.Series([None] * len(long), dtype=object)
    for name, of in (("up", change > 0), ("down", change < 0), ("same", change == 0)):
        moved[of] = name
    return Adoption(long.assign(moved=moved), asked)
