"""Until when rows are to be kept: as the instrument says, or 60 days after the school year; lists 14 days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from relsurvey.errors import RelsurveyError

#: A school year ends on this day of June; rows are kept so many days more.
_ENDS, DAYS = 30, 60


@dataclass(frozen=True)
class Until:
    """The last day on which rows are to be kept, and whether it has passed."""

    day: datetime.date
    passed: bool


def kept_until(
    first: datetime.date, given: datetime.date | None = None, today: datetime.date | None = None
) -> Until:
    """Return until when rows are to be kept.

    Parameters
    ----------
    first
        The day on which they came: the school year is the one it lies in.
    given
        What the instrument's ``privacy: {keep_until: …}`` says; it wins.
    today
        The day to judge by; None takes the system's.

    Examples
    --------
    >>> day = datetime.date
    >>> kept_until(day(2025, 10, 3), today=day(2026, 8, 30))
    Until(day=datetime.date(2026, 8, 29), passed=True)
    >>> kept_until(day(2026, 7, 1)).day.year, kept_until(day(2026, 9, 1)).day.year
    (2026, 2027)
    """
    last = given
    if last is None:
        last = _end(first.year)
        if first > last:
            last = _end(first.year + 1)
    return Until(last, (today or datetime.date.today()) > last)


def clear_lists(today: datetime.date | None = None) -> tuple[str, ...]:
    """Delete protocols' lists whose days are over, and say so; log what was done with lists and gradebooks.

    It is called where relsurvey starts, so it says what went wrong and raises nothing.

    Parameters
    ----------
    today
        The day to judge by; None takes the system's.

    Examples
    --------
    >>> clear_lists()
    ()
    """
    from relsurvey.grading import list_files, read_files
    from relsurvey.keeping import log

    said = list_files.expire(today)
    try:
        list_files.told(lambda event: log.note(event["what"], protocol=event["kind"], day=event["on"]))  # type: ignore[arg-type]
        read_files.told(
            lambda event: log.note("read", kind="gradebooks", files=event["files"], day=event["on"])
        )
    except RelsurveyError as cause:
        return said if str(cause) in said else (*said, str(cause))
    return said


def _end(year: int) -> datetime.date:
    return datetime.date(year, 6, _ENDS) + datetime.timedelta(days=DAYS)
