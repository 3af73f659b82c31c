"""A view beside what was published before: made again without what the two would tell of a few."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from relsurvey.disclosure.shown import NOTHING, LeftOut

T = TypeVar("T")


def beside_earlier(attempt: Callable[[LeftOut], T]) -> tuple[T, LeftOut]:
    """Do what holds a view against its ledger, leaving out more each time until it stands.

    Parameters
    ----------
    attempt
        Makes the view without what is given, and holds it against the ledger.
    """
    from relsurvey.disclosure.release import TellsOfFewError

    left = NOTHING
    while True:
        try:
            return attempt(left), left
        except TellsOfFewError as told:
            more = told.places
            left = (
                LeftOut(left.now, left.before | more)
                if told.before
                else LeftOut(left.now | more, left.before)
            )
