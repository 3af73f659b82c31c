"""The parts of a view that speak of the whole: names, *About these numbers*, the ledger, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from relsurvey.disclosure import Certificate
from relsurvey.files import sha256
from relsurvey.instrument import Instrument
from relsurvey.view import model
from relsurvey.words import Text, share_words, texts
from relsurvey.words.catalogue import pick
from relsurvey.words.shares import TOP

if TYPE_CHECKING:
    from relsurvey.reading import Entry

_WAVES = ("fall", "winter", "spring", "summer")


def version() -> str:
    """Return the package's version."""
    from relsurvey import __version__

    return __version__


def in_languages(text: Text, known: Sequence[str]) -> Text:
    """Return an instrument's text in each language of the view."""
    return {language: pick(text, language) for language in known}


def wave_name(wave: str | None, known: Sequence[str]) -> Text | None:
    """Return a wave's name; the four seasons in each language, any other as it is."""
    if wave is None:
        return None
    if wave.casefold() in _WAVES:
        return texts(known, f"wave.{wave.casefold()}")
    return dict.fromkeys(known, wave)


def scale_of(instrument: Instrument, item: str) -> str | None:
    """Return the first scale that holds an item."""
    return next((key for key, scale in instrument.scales.items() if item in scale.items), None)


def favorable(instrument: Instrument, known: Sequence[str]) -> Text:
    """Say what counts as favorable; by its labels where all items share one option set, none reversed."""
    sets = {item.options for item in instrument.items.values()}
    own = any(item.reverse or item.favorable is not None for item in instrument.items.values())
    if len(sets) != 1 or own:
        return texts(known, "page.favorable_own")
    marked = [option for option in instrument.options[sets.pop()].counted if option.favorable]
    quoted = [texts(known, "page.quoted", text=in_languages(o.label, known)) for o in marked]
    labels = {language: ", ".join(label[language] for label in quoted) for language in known}
    return texts(known, "page.favorable", labels=labels)


def not_counted(instrument: Instrument, known: Sequence[str]) -> Text | None:
    """Return the labels of the answers that are not counted, or None."""
    options = [o for s in instrument.options.values() for o in s.options if not o.counted]
    if not options:
        return None
    return {
        language: " / ".join(dict.fromkeys(pick(o.label, language) for o in options)) for language in known
    }


def who_answered(known: Sequence[str], invited: int | None, answered: int | None, min_n: int) -> Text:
    """Say which share of those asked answered (rules.md 4), in tenths; without a roster that it is not known.

    Parameters
    ----------
    known
        Languages.
    invited, answered
        How many were asked, and how many of them answered; None where nobody knows.
    min_n
        Where fewer than this did not answer, it is nearly all or most, and no tenth.
    """
    if invited is None or answered is None or invited < min_n:
        return texts(known, "about.not_who")
    share = answered / invited
    if 0 < invited - answered < min_n and share < TOP:
        said = texts(known, "share.most")
    else:
        said = share_words(known, share, invited)
    key = "who_nearly" if share >= 0.85 else "who_some" if share >= 0.5 else "who_half"
    return texts(known, f"about.{key}", share=said)


def about(
    known: Sequence[str],
    min_n: int,
    *,
    who: Text,
    simulated: bool,
    several: bool,
    grouped: bool,
    certificate: Certificate,
) -> list[model.Section]:
    """Return *About these numbers*: what they rest on and what they cannot tell."""
    wanted: list[tuple[str, list[str]]] = []
    proved = "protect_none" if certificate.narrowest is None else "protect_width"
    if simulated:
        wanted.append(("simulated_title", ["simulated"]))
    wanted.append(("sure_title", ["sure_line", "sure_tenths", "sure_words", "sure_coded"]))
    if grouped:
        wanted.append(("compare_title", ["compare_rule", "compare_chance", "compare_dif"]))
    wanted.append(("not_title", ["not_why", *(["not_elements"] if several else [])]))
    wanted.append(("protect_title", ["protect_rule", "protect_check", proved]))
    return [
        model.Section(
            title=texts(known, f"about.{title}"),
            paragraphs=[
                *([who] if title == "not_title" else []),
                *(texts(known, f"about.{key}", min_n=min_n, width=certificate.narrowest) for key in keys),
            ],
        )
        for title, keys in wanted
    ]


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
