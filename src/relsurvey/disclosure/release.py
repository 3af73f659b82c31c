"""A release is held against all that was published of the same answers, and noted (rules.md 18 and 22)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from relsurvey.disclosure.compared import Compared
from relsurvey.disclosure.differences import aligned, gives_back, people_of, strangers
from relsurvey.disclosure.ledger import (
    Book,
    default_ledger,
    entry_of,
    grid_of,
    keep_apart,
    ledger_key,
    locked,
    must_know,
    shown_of,
)
from relsurvey.disclosure.plan import ALL
from relsurvey.disclosure.shown import (
    NOTHING,
    WEEK,
    WORK,
    Key,
    LeftOut,
    Shown,
    identified,
    of_weeks,
    of_work,
    shown,
)
from relsurvey.errors import DisclosureError
from relsurvey.files import sha256
from relsurvey.sealed import last_seal, remember

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.instrument import Instrument

# So many who say again what they said to so many questions have answered once.
_SAME, _QUESTIONS = 0.8, 5


@dataclass(frozen=True)
class Answers:
    """The rows of one wave: codes, and labels."""

    wave: str | None
    responses: pd.DataFrame
    answers: pd.DataFrame


class TellsOfFewError(Exception):
    """What a view must not tell beside earlier releases: scales and questions, now or in the wave before."""

    def __init__(self, places: frozenset[Key], *, before: bool) -> None:
        super().__init__("A view tells of a few beside earlier releases.")
        self.places, self.before = places, before


def record(
    view: str,
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    *,
    wave: str | None,
    out: Path | None,
    formats: Sequence[str],
    before: Answers | None = None,
    ledger: Path | None = None,
    ids: Literal["hashed", "as-is"] = "hashed",
    work: pd.DataFrame | None = None,
    weeks: pd.DataFrame | None = None,
    left_out: LeftOut = NOTHING,
) -> None:
    """Hold a view against all that was published of its waves, and note it in the ledger.

    To be called when the view is made and before any of it is written: a view never exists without its entry,
    and an entry without a view does no harm.

    Parameters
    ----------
    view
        The view's JSON.
    responses, answers
        The rows of its wave: codes, and labels.
    instrument
        What was asked.
    wave
        The wave; where a release names none, it is held against every wave.
    out, formats
        Where it will be written, as what. Nowhere yet: it is held against the ledger and not noted there.
    before
        The rows of the wave before, of which the view may show what changed since. What it shows of that wave
        is an entry of its own: later releases of either wave are held against this one.
    ledger
        The ledger; None takes :func:`default_ledger`.
    ids
        Whether the respondents of these rows are hashed already.
    work, weeks
        Whose work a view of marks rests on, in all and week by week, as
        :func:`relsurvey.disclosure.shown.of_work` and ``of_weeks`` take it.
    left_out
        What the view already leaves out because of earlier releases.

    Raises
    ------
    TellsOfFewError
        If single scales or questions would tell of a few; without them the view may be held up again.
    DisclosureError
        If a small group would follow from this release and an earlier one; if ``out`` holds a release that
        the ledger does not know; or if the ledger was changed, cut short, or is open to others.
    PublishError
        If the ledger cannot be written.
    """
    path = ledger or default_ledger(instrument)
    if out is not None:
        keep_apart(path, out)
    elif not path.is_file():
        return
    key = ledger_key()
    document = json.loads(view)
    with locked(path) as head:
        book = Book.read(path, key, last_seal(head))
        if out is not None:
            must_know(book, path, out)
        parts = [(Answers(wave, responses, answers), document)]
        if before is not None:
            parts.append((before, _before(document)))
        entries = []
        for rows, part in parts:
            earlier = [
                entry
                for entry in book.entries
                if entry["instrument"] == instrument.id
                and (None in (rows.wave, entry["wave"]) or entry["wave"] == rows.wave)
            ]
            also = dict.fromkeys(variable for entry in earlier for variable in entry.get("by", ()))
            now = shown(part, rows.responses, rows.answers, instrument, key=key, ids=ids, also=also)
            gone = left_out.before if rows is before else left_out.now
            now = replace(now, withheld=now.withheld - gone, untold=now.untold | gone)
            if rows is not before:
                more = {} if work is None else of_work(part, work, key=key)
                more |= {} if weeks is None else of_weeks(part, weeks, key=key)
                now = replace(now, sets={**now.sets, **more})
            if not now.sets:
                continue
            past_shown = [shown_of(entry, key) for entry in earlier]
            words, past = _WORDS[document.get("subject", "answers")], rows.wave if rows is before else None
            _none_forgotten(earlier, past_shown, now, words, past, wave)
            if words is _WORDS["answers"]:
                _no_other_wave(book.entries, instrument, now, rows.wave)
            named = identified(rows.responses)
            _same_ids(earlier, past_shown, part, now, rows.wave, named)
            _one_grid(earlier, past_shown, part, now)
            _no_other_groups(earlier, past_shown, now, words)
            compared = Compared([aligned(then, now) for then in past_shown], now)
            if (variables := compared.differing()) is not None:
                without = _without(compared.tables(), document)
                raise DisclosureError(_refusal(variables, without, earlier, now, words, past, wave))
            if places := compared.few_told():
                raise TellsOfFewError(places, before=rows is before)
            entries.append(entry_of(part, now, rows.wave, sha256(view), formats, named, key))
        if out is None:
            return
        for entry in entries:
            book.add(path, entry)
        remember(head, book.seal)


def _one_grid(
    earlier: Sequence[Mapping[str, Any]], past: Sequence[Shown], document: Mapping[str, Any], now: Shown
) -> None:
    """Refuse other policies tried on the same marks: the steps of each grid are settled within it alone."""
    grid = grid_of(document)
    whole = {students for (_, variable, _), students in now.sets.items() if not variable}
    for entry, then in zip(earlier, past, strict=True):
        same = any(students in whole for (_, variable, _), students in then.sets.items() if not variable)
        if grid is not None and entry.get("grid", grid) != grid and same:
            raise DisclosureError(
                f"In the release of {entry['made']} other policies were tried on the same marks. The two "
                "together could tell of a few students, so nothing is published. Take the same dials as "
                "then, or leave policies out: dials=False."
            )


def _no_other_wave(
    entries: Sequence[Mapping[str, Any]], instrument: Instrument, now: Shown, wave: str | None
) -> None:
    """Refuse answers that were published as another wave: nobody answers so many questions alike again."""
    mine = set().union(*now.sets.values())
    for entry in entries:
        if entry["instrument"] != instrument.id or None in (wave, entry["wave"]) or entry["wave"] == wave:
            continue
        theirs = {line.partition(":")[0] for line in entry["students"]}
        same = len(mine & theirs) > _SAME * min(len(mine), len(theirs))
        if same and len(now.questions) >= _QUESTIONS:
            raise DisclosureError(
                f"Nearly all of these answers were published on {entry['made']} as {entry['wave']}. What "
                f"changed since could not be seen if they were called {wave}, so nothing is published. Give "
                f"them the wave {entry['wave']} again."
            )


def _same_ids(
    earlier: Sequence[Mapping[str, Any]],
    past: Sequence[Shown],
    document: Mapping[str, Any],
    now: Shown,
    wave: str | None,
    named: bool,
) -> None:
    """Refuse a wave whose students bear other ids than before: who joined or changed would not be seen."""
    titles = {unit["id"]: unit["title"] for unit in document["units"] if unit["kind"] != "team"}
    for entry, then in zip(earlier, past, strict=True):
        if wave is None or entry["wave"] != wave or not (named or entry.get("ids") == "given"):
            continue
        if (unit := strangers(then, now, titles)) is not None:
            name = titles[unit][document["languages"][0]]
            raise DisclosureError(
                f"Of {wave}, the release of {entry['made']} showed {name} with other students, or their ids "
                "were others then, so the two cannot be compared, and nothing is published. Take the file "
                "with the ids of then; if these are answers of another time, give them another wave."
            )


def _no_other_groups(
    earlier: Sequence[Mapping[str, Any]], past: Sequence[Shown], now: Shown, words: _Words
) -> None:
    """Refuse what an earlier release of the same students told or left out for its own groups."""
    for entry, then in zip(earlier, past, strict=True):
        if gives_back(then, now):
            by = sorted({variable for _, variable, _ in entry["shown"] if variable not in ("", WORK, WEEK)})
            raise DisclosureError(
                f"The release of {entry['made']} showed other groups of the same {words.of}, or had another "
                "threshold, and left out other shares to protect a few. The two together could tell of them, "
                f"so nothing is published. Show the same groups as then (by={by}), through the same doors."
            )


def _before(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a view shows of the wave before: units as a whole, where it says what changed since."""
    items = [{"item": item["id"], "reason": "dropped"} for item in document["items"]]
    units = []
    for unit in document["units"]:
        told = {cell["scale"] for cell in unit.get("change", {}).get("cells", ()) if "before" in cell}
        scales = [
            {"scale": scale["id"], **({} if scale["id"] in told else {"reason": "dropped"})}
            for scale in document["scales"]
        ]
        if told:
            units.append({**unit, "groups": [], "items": items, "scales": scales})
    return {**document, "units": units}


def _without(tables: Collection[tuple[str, str]], document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return tables as `without=` names them; nothing where leaving out tables is not enough."""
    language = document["languages"][0]
    titles = {
        unit["id"]: ALL if unit["kind"] == ALL else unit["title"][language] for unit in document["units"]
    }
    found: dict[str, list[str]] = {}
    for unit, variable in sorted(tables):
        found.setdefault(titles[unit], []).append(variable)
    return found if all(variable for _, variable in tables) else {}


def _refusal(
    variables: Sequence[str],
    without: Mapping[str, Sequence[str]],
    earlier: Sequence[Mapping[str, Any]],
    now: Shown,
    words: _Words,
    past: str | None,
    wave: str | None,
) -> str:
    made, min_n = max(entry["made"] for entry in earlier), now.min_n
    if WORK in variables:
        return (
            f"Since the release of {made}, work of fewer than {min_n} students was added, left out or scored "
            "anew at some school or in all of them, so the weeks or policies of the two releases together "
            "would give it away, and nothing is published. Wait for more work."
        )
    named = " and ".join(variables)
    where = f"groups of {named}" if variables else "schools, teams or the whole"
    found = (
        f"ince the release of {made}, fewer than {min_n} students joined, left or {words.changed} in some of "
        f"the {where}, so the two releases together would give them away, and nothing is published."
    )
    if past is not None:
        return (
            f"{_beside(words, past)}: s{found} Read the same file of {past} as then, or publish {wave} "
            f"alone: {words.alone(repr(wave))}."
        )
    if not without:
        return f"S{found} Wait for more {words.of}, or, {words.anew}."
    return (
        f"S{found} Wait for more {words.of}; or, {words.anew}; or leave these tables out: without={without} "
        "(on the command line --without NAME=VARIABLE for each)."
    )


def _beside(words: _Words, past: str) -> str:
    return f"In the {words.of} of {past}, beside which this view would say what changed"


def _none_forgotten(
    earlier: Sequence[Mapping[str, Any]],
    past_shown: Sequence[Shown],
    now: Shown,
    words: _Words,
    past: str | None,
    wave: str | None,
) -> None:
    """Refuse a release of students among whom some were forgotten since: they are what the two differ in."""
    whole = [people_of(now, unit) for unit, variable, _ in now.sets if not variable]
    for entry, then in zip(earlier, past_shown, strict=True):
        units = {entry["shown"][int(number)][0] for number in entry.get("forgotten", ())}
        # Where it is known in which school or team they were, all students together say nothing more.
        own = (units - {ALL}) or units
        if not any(people_of(then, unit) & some for unit in own for some in whole):
            continue
        found = (
            f"ince the release of {entry['made']}, students were forgotten, so that this one beside it would "
            "give them away, and nothing is published."
        )
        if past is not None:
            raise DisclosureError(
                f"{_beside(words, past)}: s{found} Publish {wave} alone: {words.alone(repr(wave))}."
            )
        raise DisclosureError(
            f"S{found} The view that was published may stay in use, and a later {words.wave} can be "
            f"published alone: {words.alone('…')}."
        )


@dataclass(frozen=True)
class _Words:
    """How a refusal speaks of what a view is made of."""

    of: str
    changed: str
    wave: str
    anew: str
    call: str

    def alone(self, wave: str) -> str:
        """Return how one wave is published alone, in Python or from the command line."""
        return f"{self.call}.where(wave={wave}), or read files of that {self.wave} alone"


_WORDS = {
    "answers": _Words(
        "answers",
        "changed answers",
        "wave",
        "if the questions were asked anew, publish the answers as a new wave",
        "study",
    ),
    "marks": _Words(
        "marks", "got other marks", "term", "when the next term is over, publish its marks", "marks"
    ),
}
