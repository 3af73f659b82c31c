"""A study in which some groups are small, and what all messages of a widget hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import relsurvey as rs
from relsurvey.demo import demo_workbook
from relsurvey.widgets.explorer import Explorer

#: Fewer than 10 students of the latest wave chose each of these.
SMALL = {
    "native_hawaiian_or_pacific_islander": "Native Hawaiian or Pacific Islander",
    "american_indian_or_alaska_native": "American Indian or Alaska Native",
}


def demo() -> rs.Study:
    return rs.read(demo_workbook())


def answering(study: rs.Study, code: float) -> rs.Study:
    """Return the study as if every student of the small groups had given one answer to every question."""
    responses = study.responses.copy()
    responses.loc[responses["race_ethnicity"].isin(list(SMALL)), list(study.instrument.items)] = code
    return replace(study, responses=responses)


class Browser:
    """What the browser sends, and all that it ever hears."""

    def __init__(self, widget: Explorer) -> None:
        self.widget = widget
        self.heard: list[dict[str, Any]] = []
        self.files: list[bytes] = []
        widget.send = self._hear  # type: ignore[method-assign]

    def _hear(self, content: dict[str, Any], buffers: Any = None) -> None:
        self.heard.append(content)
        self.files += buffers or []

    def say(self, **content: Any) -> dict[str, Any]:
        """Send a message and return the last answer."""
        self.widget._hear(None, {"id": "me 1", **content}, [])
        return self.heard[-1]

    def choose(self, what: list[str], by: str) -> dict[str, Any]:
        answer = self.say(type="choose", what=what, by=by)
        assert answer["type"] == "state", answer
        state: dict[str, Any] = answer["state"]
        return state

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.say(type="hello")["state"]
        return state


def numbers(value: Any) -> Iterator[float]:
    """Return every number of a message, however deep it lies."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def rows_of(state: dict[str, Any], name: str) -> Iterator[list[Any]]:
    """Return every row of every table, in every language, in which a name stands."""
    for tables in state["tables"].values():
        for table in tables:
            yield from (row for row in table["rows"] if name in row)
