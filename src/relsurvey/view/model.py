"""The schema of a view: the one document that stands behind the gate.

A view holds texts, whole percents and reasons, and nothing else: every number in it is named in
:data:`NUMBERS`, with its rounding. Its JSON Schema and the browser's types are generated from here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[dict[str, str], Field(description="One sentence or label in each language of the view.")]
Percent = Annotated[int, Field(ge=0, le=100, description="A whole percent.")]

#: Every numeric field a view may hold, by the model that owns it: what it is and how it is rounded.
#: A test walks published views and fails on any other number.
NUMBERS: dict[str, str] = {
    "View.format": "the version of this schema",
    "Share.percent": "whole percent, half up, coded at 5 and 95",
    "Share.low": "whole percent, floor, coded at 5 and 95",
    "Share.high": "whole percent, ceiling, coded at 5 and 95",
    "Reference.percent": "whole percent, half up, coded at 5 and 95",
    "Part.percent": "whole percent; the parts of one distribution add up to 100",
    "ItemCell.not_counted": "whole percent, half up",
    "Settings.min_n": "a threshold, in students",
    "Settings.same_within": "a threshold, in percent points",
    "Certificate.min_n": "a threshold, in students",
    "Certificate.width": "a threshold, in percent points",
    "Certificate.tables_shown": "a count of tables",
    "Certificate.tables_hidden": "a count of tables",
    "Certificate.groups_shown": "a count of rows of tables",
    "Certificate.groups_hidden": "a count of categories in tables",
    "Certificate.figures_withheld": "a count of scales and questions in tables and pages",
    "Certificate.narrowest": "whole percent points, floor",
    "Adopted.teams": "a count of teams",
    "Point.percent": "whole percent, half up, coded at 5 and 95",
    "Run.middle": "whole percent, half up, coded at 5 and 95",
    "Tried.choices": "positions in the dials' choices",
    "Outcome.percent": "whole percent, half up, coded at 5 and 95",
}


class Model(BaseModel):
    """A frozen part of a view that accepts no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(Model):
    """A share of students with its 95 % interval, rounded for reading."""

    percent: Percent
    low: Percent
    high: Percent
    coded: Literal["top", "bottom"] | None = Field(
        None,
        description="Set when the share is 95 or more (top) or 5 or less (bottom): "
        "open bar end, no interval.",
    )


class Reference(Model):
    """A mark for comparison, without interval."""

    percent: Percent
    kind: Literal["other_schools", "rest_of_school"]
    words: Text


Reason = Literal["too_few", "protected", "one_by_one", "dropped", "words_only"]
Verdict = Literal["clear", "maybe", "about_the_same", "cannot_tell", "too_few"]
Tone = Literal["unfavorable", "neutral", "favorable"]


class ScaleCell(Model):
    """What the students of a unit say on one scale."""

    scale: str
    share: Share | None = None
    words: Text = Field(description="'About 7 in 10', or why nothing is shown.")
    range: Text | None = Field(None, description="'between 6 and 8'")
    reason: Reason | None = Field(None, description="Why there is no share.")
    reference: Reference | None = None
    verdict: Literal["clear"] | None = Field(
        None, description="Set when it differs clearly from the reference, and the first page says so."
    )


class Part(Model):
    """One piece of a distribution, in the order from least to most favorable."""

    label: Text
    tone: Tone
    percent: Percent


class ItemCell(Model):
    """What the students of a unit answered to one question."""

    item: str
    share: Share | None = None
    words: Text
    range: Text | None = None
    reason: Reason | None = None
    parts: list[Part] = Field(default_factory=list)
    not_counted: Percent | None = Field(
        None, description="Share who chose an answer that is not counted ('Not sure')."
    )


class GroupCell(Model):
    """What one group says on one scale, beside all other students of the unit."""

    scale: str
    share: Share | None = None
    words: Text
    range: Text | None = None
    reason: Reason | None = None
    verdict: Verdict | None = None
    sentence: Text | None = Field(None, description="The comparison with all other students, in words.")


class GroupRow(Model):
    """One category, or several joined, of a group variable."""

    id: str
    label: Text
    students: Text = Field(description="How many, as a band: '40 to 99 students'.")
    cells: list[GroupCell]


class GroupTable(Model):
    """One group variable in one unit; no rows when the variable is not shown there."""

    variable: str
    say: list[Text] = Field(default_factory=list)
    rows: list[GroupRow] = Field(default_factory=list)
    note: Text | None = Field(None, description="What was joined, hidden or dropped, and why.")
    comparable: Text | None = Field(None, description="Whether the groups read the questions alike.")


class ChangeCell(Model):
    """What the students of a unit said on one scale in the wave before and say now."""

    scale: str
    before: Share | None = None
    now: Share | None = None
    words: Text = Field(description="'About 5 in 10 then, about 7 in 10 now', or why nothing is shown.")
    reason: Reason | None = None
    verdict: Verdict | None = None
    direction: Literal["up", "down"] | None = Field(None, description="Set when the verdict has one.")
    sentence: Text | None = Field(None, description="The change in words.")


class Change(Model):
    """What changed since the wave before, by rule 7."""

    title: Text = Field(description="'Since fall 2025'")
    wave: Text | None = Field(None, description="The wave before.")
    base: Literal["same_students", "all_students"]
    who: Text = Field(description="Who answered then and now, and whom this page compares.")
    say: list[Text]
    cells: list[ChangeCell]
    note: Text | None = Field(None, description="What is not shown, and why.")


class Quoted(Model):
    """Comments to one question that a person released, shuffled: the students' own words, never markup."""

    question: Text
    texts: list[str]


class Card(Model):
    """What a team wrote down in an earlier meeting: its own words, never markup."""

    made: str = Field(description="The day, ISO 8601.")
    wave: Text | None = None
    scale: str | None = None
    strategy: str | None = Field(None, description="The strategy it chose, by id.")
    noticed: str = ""
    trying: str = ""
    who: str = ""
    by_when: str = ""
    looking_at: str = ""


class Adopted(Model):
    """How far the teams of a unit have taken up one practice, as each agreed: never one teacher's stage."""

    practice: str
    teams: list[int] = Field(description="How many teams are at each stage, in the order of the stages.")
    words: Text = Field(description="'Usually', or '2 of 3 teams: usually or always'.")
    in_use: bool = Field(description="Whether every team is at a stage that counts as in use.")
    moved: Literal["up", "down", "same"] | None = Field(None, description="Since the sheets before.")


class Point(Model):
    """One week of a run chart."""

    week: str = Field(description="The week's Monday, or the day of a snapshot, ISO 8601.")
    label: Text = Field(description="'Oct 3'")
    percent: Percent | None = Field(None, description="None in a week with too little work to show.")


class Phase(Model):
    """From when something else held, as the school named it."""

    week: str = Field(description="The first week of it, as in the points.")
    title: Text


class Run(Model):
    """One measure week by week, about its median, with what the run rules say of it."""

    id: Literal["under_passing", "missing"]
    title: Text
    points: list[Point]
    middle: Percent = Field(description="The median of the weeks shown.")
    phases: list[Phase] = Field(default_factory=list)
    sentence: Text = Field(description="What the rules found, or that they found nothing.")
    note: Text | None = Field(None, description="Weeks that are not shown, and why.")


class Outcome(Model):
    """A measure under a policy that was tried, if nothing else changed."""

    scale: str
    percent: Percent
    coded: Literal["top", "bottom"] | None = None
    words: Text = Field(description="'About 7 in 10'")
    beside: Literal["same", "more", "fewer"] = Field(
        description="Beside the marks as they are; same also where 1 to 10 students make the difference."
    )
    sentence: Text


class Tried(Model):
    """A policy of the published grid: one choice a dial."""

    choices: list[int]
    outcomes: list[Outcome]
    says: Text = Field(description="The policy in plain words.")


class Lab(Model):
    """What each policy of the grid would do to the marks of one unit."""

    tried: list[Tried] = Field(description="Every combination of the dials' choices; the first is as now.")
    note: Text | None = None


class Unit(Model):
    """Those a page speaks of: all schools, one school, or one team."""

    id: str
    kind: Literal["all", "school", "team"]
    title: Text
    parent: str | None = Field(None, description="The unit this one is part of.")
    students: Text = Field(description="How many students answered, as a band.")
    reach: Literal["nearly", "some", "half"] = Field(
        "nearly", description="How far sentences may go, by how many of those asked answered."
    )
    say: list[Text] = Field(description="The first page's sentences, the most useful first.")
    scales: list[ScaleCell]
    items: list[ItemCell]
    groups: list[GroupTable]
    hidden: list[Text] = Field(default_factory=list, description="What is not shown, and why.")
    change: Change | None = Field(None, description="None when there is no earlier wave to stand beside.")
    comments: list[Quoted] = Field(default_factory=list, description="Of a school, only inside the app.")
    cards: list[Card] = Field(
        default_factory=list, description="The team's earlier next steps, latest first."
    )
    practices: list[Adopted] = Field(default_factory=list, description="Of a view of marks.")
    weeks: list[Run] = Field(default_factory=list, description="Of a view of marks.")
    lab: Lab | None = Field(None, description="Of a view of marks, where 100 students or more stand behind.")


class Scale(Model):
    """A scale as the page names it, with how far it may be read as one."""

    id: str
    title: Text
    element: str | None = None
    items: list[str]
    reading: Literal["report", "with_care", "one_by_one", "too_few"]
    note: Text = Field(description="The reliability verdict in words.")


class Item(Model):
    """A question in its own words."""

    id: str
    text: Text
    scale: str | None = None
    reverse: bool = False
    not_counted: Text | None = Field(
        None, description="The label of its answer that is not counted; None where it has none."
    )


class Variable(Model):
    """A group variable."""

    id: str
    title: Text


class Strategy(Model):
    """Something a team could try, on the page *Next step*."""

    id: str
    title: Text
    scales: list[str] = Field(description="The scales of this view that it may help; none: any.")
    what: Text = Field(description="What it is, in a sentence or two.")
    steps: list[Text] = Field(description="How to begin, one thing a line.")
    look_at: Text = Field(description="What a team can look at to see whether it helps.")
    source: Text = Field(description="Where it comes from.")


class Practice(Model):
    """A grading practice that teams agree on a stage of."""

    id: str
    title: Text


class Choice(Model):
    """One position of a dial."""

    id: str
    title: Text


class Dial(Model):
    """One part of a grading policy that a reader may turn; its first choice is as it is now."""

    id: str
    title: Text
    choices: list[Choice]


class Section(Model):
    """A part of *About these numbers*."""

    title: Text
    paragraphs: list[Text]
    head: list[Text] = Field(default_factory=list, description="The heads of its table's columns, if any.")
    rows: list[list[Text]] = Field(
        default_factory=list, description="A cell a column; the first names the row."
    )


class Step(Model):
    """A line of the published ledger: a step and its reason, no label, no file name, no small count."""

    step: str
    what: Text
    why: Text


class Settings(Model):
    """The thresholds this view was made with."""

    min_n: int
    same_within: int


class Certificate(Model):
    """What the gate proved before this view was made; no count of students."""

    package: str = Field(description="The version whose gate it passed.")
    methods: list[Literal["rank", "overlaps", "frechet", "moves", "linear", "integer"]] = Field(
        description="What the audit ran."
    )
    min_n: int = Field(description="Fewest students of anything shown.")
    width: int = Field(description="Fewest points that a hidden group's share must leave open.")
    tables_shown: int
    tables_hidden: int
    groups_shown: int
    groups_hidden: int
    figures_withheld: int = Field(description="Left out of tables and pages that are shown.")
    narrowest: int | None = Field(
        None, description="Points that every hidden group's share leaves open at least, on every figure."
    )


class Provenance(Model):
    """Where the numbers come from, so that they can be made again."""

    package: str
    instrument: str
    instrument_version: str
    instrument_sha256: str
    input_sha256: list[str]
    settings: Settings
    certificate: Certificate | None = Field(None, description="None in views made before the gate gave one.")


class View(Model):
    """A view, whole: what a page, an app or a file shows."""

    format: Literal[1] = 1
    subject: Literal["answers", "marks"] = Field(
        "answers", description="What students answered, or the marks they have."
    )
    id: str
    title: Text
    languages: list[str]
    simulated: bool
    wave: Text | None = None
    audience: Text = Field(description="For whom.")
    publisher: Text = Field(description="By whom.")
    made: str = Field(description="The day it was made, ISO 8601.")
    promise: Text = Field(description="'About all ninth-grade teachers together ...', on every page.")
    license: Text = Field(description="The instrument's source and licence.")
    favorable: Text = Field(description="What 'favorable' means here, wherever it stands.")
    scales: list[Scale]
    items: list[Item]
    not_counted: Text | None = Field(
        None,
        description="What the answers that are not counted are called together: their one label, or a word.",
    )
    variables: list[Variable]
    units: list[Unit]
    strategies: list[Strategy] = Field(default_factory=list)
    practices: list[Practice] = Field(default_factory=list)
    stages: list[Text] = Field(default_factory=list, description="Of the practices, the least first.")
    rules: list[Section] = Field(
        default_factory=list, description="The text of each named rule a measure goes by, such as on-track."
    )
    dials: list[Dial] = Field(default_factory=list)
    about: list[Section]
    ledger: list[Step]
    provenance: Provenance

    def travelling(self) -> View:
        """Return the view as files that travel may hold it: without comments (rules.md 21)."""
        units = [unit.model_copy(update={"comments": []}) for unit in self.units]
        return self.model_copy(update={"units": units})

    def to_json(self) -> str:
        """Return the view as one line of JSON, without what is missing: every page carries it whole."""
        return self.model_dump_json(exclude_none=True) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a view."""
    schema = View.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
