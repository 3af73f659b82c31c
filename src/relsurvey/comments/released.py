"""Released comments, as a school's page shows them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from relsurvey.comments.desk import keys
from relsurvey.comments.language import language
from relsurvey.comments.store import Store
from relsurvey.escape import plain_text
from relsurvey.keeping import books
from relsurvey.view.cells import members, once
from relsurvey.view.model import Quoted
from relsurvey.view.pages import in_languages

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.instrument import Instrument

#: Fewest comments that are shown, and fewest students who wrote them (rules.md 16); a setting may raise it.
FEWEST = 10


def released(
    responses: pd.DataFrame,
    comments: pd.DataFrame,
    instrument: Instrument,
    *,
    min_n: int,
    languages: Sequence[str],
    ids: Literal["hashed", "as-is"] = "hashed",
    simulated: bool = False,
) -> dict[str, list[Quoted]]:
    """Return the comments that a person released, by the unit of the school.

    Parameters
    ----------
    responses
        The rows of one wave, with their index in the study.
    comments
        The study's comments: those of other rows are left out.
    instrument
        What was asked.
    min_n
        Fewest comments to a question that are shown, and fewest students who wrote them.
    languages
        The view's.
    ids, simulated
        As for :class:`relsurvey.comments.Desk`.

    Returns
    -------
    dict
        Nothing where a school has too few. Comments in a language in which too few students wrote stay out:
        they would point to them.

    Raises
    ------
    DisclosureError
        If what was decided is not as it was written.
    """
    if instrument.safety is None:
        return {}
    store = Store.of(instrument, simulated=simulated)
    comments = comments[comments.index.isin(responses.index)]
    keyed = keys(responses, comments, ids)
    said = [
        (row, key, question, plain_text(text))
        for row, key, question, text in zip(
            comments.index, keyed, comments["question"], comments["text"], strict=True
        )
        if (decided := store.decided.get(key)) is not None and decided.what == "released"
    ]
    # Units are told as the view tells them: by the rows that count.
    counted = responses[once(responses)]
    masks, kinds, titles = members(counted)
    schools = {titles[unit][0]: unit for unit in masks if kinds[unit][0] == "school"}
    places = responses["school"] if schools else None
    found: dict[str, list[Quoted]] = {}
    for name, unit in schools.items():
        assert places is not None  # there are schools
        here = [entry for entry in said if places.loc[entry[0]] == name]
        for question in instrument.comments:
            texts = _shown(
                [(key, text) for _, key, asked, text in here if asked == question.id], max(min_n, FEWEST)
            )
            if texts:
                wording = in_languages(question.text or {"*": question.id}, languages)
                found.setdefault(unit, []).append(Quoted(question=wording, texts=texts))
    return found


def _shown(said: list[tuple[str, str]], fewest: int) -> list[str]:
    """Return the texts that are many enough, in an order that is no file's and the same each time."""
    by_language: dict[str | None, dict[str, str]] = {}
    for key, text in said:
        by_language.setdefault(language(text), {})[key] = text
    enough = {
        key: text
        for spoken, texts in by_language.items()
        if spoken is None or _students(texts) >= fewest
        for key, text in texts.items()
    }
    if _students(enough) < fewest:
        return []
    seed = books.own_key("order of comments")
    return [enough[key] for key in sorted(enough, key=lambda key: hmac.digest(seed, key.encode(), "sha256"))]


def _students(texts: dict[str, str]) -> int:
    return len({key.split(".")[0] for key in texts})
