"""The parts of a view that speak of the whole: names, the ledger, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from relsurvey import words
from relsurvey.disclosure import Certificate
from relsurvey.files import sha256
from relsurvey.instrument import Instrument
from relsurvey.view import model
from relsurvey.words import Subject, Text, texts
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    from relsurvey.instrument.model import Wave as Asked
    from relsurvey.reading import Entry

#: How many answers are named as favorable at most, to plain questions or to reversed ones.
_NAMED = 4


def version() -> str:
    """Return the package's version."""
    from relsurvey import __version__

    return __version__


def in_languages(text: Text, known: Sequence[str]) -> Text:
    """Return an instrument's text in each language of the view."""
    return {language: pick(text, language) for language in known}


def wave_name(wave: str | None, known: Sequence[str], waves: Mapping[str, Asked]) -> Text | None:
    """Return a wave's title in the instrument's waves, else what its id says."""
    if wave is None:
        return None
    return _wave_title(wave, known, waves) or words.wave_name(known, wave)


def wave_phrase(key: str, wave: str, known: Sequence[str], waves: Mapping[str, Asked]) -> Text:
    """Return a phrase with a wave's name, such as *since fall*; a wave's own title is quoted.

    Examples
    --------
    >>> from relsurvey.instrument.model import Wave
    >>> first = {"first": Wave(id="first", title="Start of year")}
    >>> [wave_phrase("change.since", wave, ["en"], first)["en"] for wave in ("fall", "first")]
    ['since fall', 'since “Start of year”']
    """
    return words.wave_phrase(known, key, wave, _wave_title(wave, known, waves))


def _wave_title(wave: str, known: Sequence[str], waves: Mapping[str, Asked]) -> Text | None:
    title = waves[wave].title if wave in waves else None
    return None if title is None else in_languages(title, known)


def scale_of(instrument: Instrument, item: str) -> str | None:
    """Return the first scale that holds an item."""
    return next((key for key, scale in instrument.scales.items() if item in scale.items), None)


def favorable(instrument: Instrument, known: Sequence[str], subject: Subject) -> Text:
    """Say which answers are favorable, to plain and to reversed questions (rules.md 1), and which students.

    Where the questions do not share their answers, too many would have to be named, or the same answer counts
    here and not there: then it is said in words what such answers are.
    """
    marked: dict[bool, dict[tuple[str, ...], Text]] = {False: {}, True: {}}
    unmarked: dict[bool, set[tuple[str, ...]]] = {False: set(), True: set()}
    for key, item in instrument.items.items():
        options, counts = instrument.options_of(key), instrument.favorable_codes(key)
        keyed = [options.turned(code) if item.reverse else code for code in options.codes]
        for code, option in sorted(zip(keyed, options.counted, strict=True), key=lambda pair: pair[0]):
            label = in_languages(option.label, known)
            said = tuple(label.values())
            if code in counts:
                marked[item.reverse][said] = texts(known, "page.quoted", text=label)
            else:
                unmarked[item.reverse].add(said)
    own = any(len(marked[side]) > _NAMED or marked[side].keys() & unmarked[side] for side in marked)
    if subject == "marks" or own:
        return texts(known, "page.favorable_own")
    plain, turned = (
        {language: ", ".join(label[language] for label in marked[side].values()) for language in known}
        for side in (False, True)
    )
    if marked[False] and marked[True]:
        return texts(known, "page.favorable_turned", labels=plain, turned=turned)
    return texts(known, "page.favorable", labels=plain if marked[False] else turned)


def not_counted(instrument: Instrument, item: str, known: Sequence[str]) -> Text | None:
    """Return the labels of an item's answers that are not counted, or None."""
    options = [o for o in instrument.options_of(item).options if not o.counted]
    if not options:
        return None
    return {
        language: " / ".join(dict.fromkeys(pick(o.label, language) for o in options)) for language in known
    }


def all_not_counted(items: Sequence[model.Item], known: Sequence[str]) -> Text | None:
    """Return what the items call the answers that are not counted; a word for all where they differ."""
    labels = [item.not_counted for item in items if item.not_counted is not None]
    if not labels:
        return None
    return labels[0] if all(label == labels[0] for label in labels) else texts(known, "door.tone_not_counted")


def ledger(entries: Sequence[Entry], known: Sequence[str], min_n: int) -> list[model.Step]:
    """Return the published ledger: each kind of step once, its rows under or over ``min_n`` (rules.md 21)."""
    totals: dict[str, int] = {}
    for entry in entries:
        step = entry.step.replace(" ", "_")
        totals[step] = totals.get(step, 0) + entry.rows
    return [
        model.Step(
            step=step,
            what=texts(known, f"ledger.{step}"),
            why=texts(
                known,
                "why.rows_many" if rows >= min_n else "why.rows_some" if rows else "why.rows_none",
                min_n=min_n,
            ),
        )
        for step, rows in totals.items()
    ]


def provenance(
    instrument: Instrument,
    inputs: Sequence[str],
    min_n: int,
    same_within: float,
    certificate: Certificate,
) -> model.Provenance:
    """Return what is needed to make the view again."""
    return model.Provenance(
        package=f"relsurvey {version()}",
        instrument=instrument.id,
        instrument_version=instrument.version,
        instrument_sha256=sha256(instrument.to_yaml()),
        input_sha256=list(inputs),
        settings=model.Settings(min_n=min_n, same_within=round(100 * same_within)),
        certificate=model.Certificate.model_validate({"package": version(), **asdict(certificate)}),
    )
