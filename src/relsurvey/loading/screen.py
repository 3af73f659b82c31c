"""Both ways between a loading and a screen: what may be shown, and what a screen may ask for."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from relsurvey.errors import RelsurveyError
from relsurvey.instrument.fold import fold
from relsurvey.loading import columns, shown
from relsurvey.loading.labels import ANSWERS, Label, Labels, likeness, unexplained
from relsurvey.loading.load import Loading
from relsurvey.reading import match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relsurvey.reading.formats import Table
    from relsurvey.reading.look import Asked

_LONGEST_WORD = 200


class Screen:
    """A loading as a screen shows it.

    Parameters
    ----------
    loading
        The loading.

    Examples
    --------
    >>> from relsurvey.demo import demo_workbook
    >>> loading = Loading()
    >>> loading.open([demo_workbook()])
    >>> state = Screen(loading).state()
    >>> state["file"]["form"], state["file"]["rows"], state["fits"]
    ('Google Forms', '905', True)
    """

    def __init__(self, loading: Loading) -> None:
        self._loading = loading
        self._begun = -1
        self._parts: dict[str, str] = {}
        self._looks: tuple[object, Mapping[int, Asked]] = (None, {})

    def state(self) -> dict[str, Any]:
        """Return all that may be shown, as plain data."""
        loading = self._loading
        tried, asked, now = loading.tried, loading.asked, loading.history.now
        if self._begun != loading.begun:
            self._begun, self._parts = loading.begun, {}
        found = []
        if tried.study is not None:
            ledger, several = tried.study._ledger, len(loading.sources) > 1
            found = shown.sections(ledger, self._answering(), several=several)
        return {
            "menu": [{"key": key, "title": dict(one.instrument.title)} for key, one in loading.menu.items()],
            "wanted": loading.wanted,
            "instrument": None if asked is None else dict(asked.instrument.title),
            "waves": []
            if asked is None
            else [{"key": key, "title": wave.title} for key, wave in asked.instrument.waves.items()],
            "wave": now.wave,
            "school": now.school,
            "lenient": now.lenient,
            "undo": loading.history.behind,
            "redo": loading.history.ahead,
            "begun": loading.begun,
            "file": self._file(),
            "error": self.sentence(tried.error),
            "fits": tried.study is not None,
            "apart": loading.apart,
            **self._mapping(),
            "sections": [
                {"title": s.title, "columns": list(s.columns), "lines": [list(line) for line in s.lines]}
                for s in found
            ],
            "roster": self._roster(),
        }

    def sentence(self, message: str) -> str:
        """Return an error's sentence without any cell in it."""
        return shown.sentence(message, set(self._loading.names()))

    def step(self, change: object) -> None:
        """Do what a screen asks for; what it cannot have meant changes nothing.

        Raises
        ------
        RelsurveyError
            If it cannot be done, in one sentence.
        """
        loading = self._loading
        now, asked = loading.history.now, loading.asked
        match change:
            case {"do": "undo"}:
                loading.move(-1)
            case {"do": "redo"}:
                loading.move(1)
            case {"do": "instrument", "key": str() | None as key}:
                loading.ask(key)
            case {"do": "no roster"}:
                loading.take_roster(None)
            case {"do": "wave", "text": str(text)}:
                loading.choose(replace(now, wave=text.strip()[:_LONGEST_WORD]))
            case {"do": "school", "text": str(text)}:
                loading.choose(replace(now, school=text.strip()[:_LONGEST_WORD]))
            case {"do": "lenient", "on": bool(on)}:
                loading.choose(replace(now, lenient=on))
            case {"do": "missing", "items": [*items], "on": bool(on)} if asked is not None:
                known = [item for item in asked.instrument.items if item in items]
                loading.choose(now.with_missing(*known, missing=on))
            case {"do": "column", "position": int(position), "target": str(target)}:
                self._set_column(position, target)
            case {"do": "label", "key": str(key), "text": str(text), "value": str(value)}:
                self._set_label(key, text, value)

    def _file(self) -> dict[str, Any] | None:
        loading = self._loading
        look = loading.look
        if look is None:
            return None
        names = [opened.file for opened in loading.opened]
        return {
            "names": names,
            "form": look.form,
            "rows": shown.count(look.rows),
            "columns": len(look.asked),
            "questions": sum(one.kind == "question" for one in look.asked),
            "notes": list(look.notes),
            "new": "" if loading.asked is not None else f"relsurvey new {shlex.quote(names[0])}",
        }

    def _mapping(self) -> dict[str, Any]:
        """Return the lines of columns and labels; without an instrument, what each column is by itself."""
        loading = self._loading
        tried, look = loading.tried, loading.look
        state: dict[str, Any] = {
            "columns": [],
            "targets": [],
            "missing": {"items": [], "groups": [], "identity": []},
            "labels": [],
            "keptBack": "",
            "openWaves": False,
        }
        if loading.asked is None and look is not None:
            state["columns"] = [
                {
                    **columns.described(position, one.name, one.place, one),
                    "target": "",
                    "how": "",
                    "part": "found",
                    "twice": False,
                }
                for position, one in enumerate(look.asked)
            ]
        if loading.apart and loading.asked is not None:
            # A text that fits nothing is part of no mapping.
            options = loading.asked.instrument.options
            odd = sum(problem.rows for problem in tried.problems if problem.key in options)
            state["keptBack"] = shown.count(odd) if odd or loading.history.now.lenient else ""
        if loading.matched is None:
            return state
        instrument, table, held = loading.matched
        looks, labels = self._look(table), self._labels()
        kept_back = [rows for key, rows in labels.kept_back.items() if key != "wave"]
        return {
            "columns": list(columns.lines(loading, looks, self._parts)),
            "targets": columns.targets(instrument),
            "missing": columns.missing(instrument, held, loading.history.now),
            "labels": [self._label(label) for label in labels.shown],
            "keptBack": shown.count(sum(kept_back)) if kept_back else "",
            # Waves that may not be shown, or rows without one: the field for the wave settles them.
            "openWaves": any(p.key == "wave" for p in tried.problems)
            and not any(label.key == "wave" for label in labels.shown),
        }

    def _roster(self) -> dict[str, Any] | None:
        loading = self._loading
        if loading.roster is None:
            return None
        lines: list[list[str]] = []
        error, study = loading.roster_error, loading.tried.study
        if study is not None and study.roster is not None:
            try:
                lines = [list(line) for line in study.response().shown()]
            except RelsurveyError as cause:
                error = str(cause)
        return {"name": loading.roster.name, "lines": lines, "error": self.sentence(error)}

    def _answering(self) -> set[str]:
        """Return the group variables, and the wave, whose columns hold answers."""
        if self._loading.matched is None:
            return set()
        _, table, held = self._loading.matched
        kinds = self._kinds(table)
        found = {**held.groups, **{key: held.identity[key] for key in ("wave",) if key in held.identity}}
        return {key for key, places in found.items() if all(kinds.get(p.position) in ANSWERS for p in places)}

    def _kinds(self, table: Table) -> dict[int, str]:
        """Return what each column is by itself, ``wave`` if it is headed so."""
        looks = self._look(table)
        return {position: "wave" if one.key == "wave" else str(one.kind) for position, one in looks.items()}

    def _look(self, table: Table) -> Mapping[int, Asked]:
        """Return what each column is by itself; a choice changes nothing of that."""
        key = (self._loading.begun, table.where, table.header)
        if self._looks[0] != key:
            self._looks = (key, columns.seen(self._loading, table))
        return self._looks[1]

    def _labels(self) -> Labels:
        loading = self._loading
        if loading.matched is None:
            return Labels([], {})
        instrument, table, held = loading.matched
        kinds = self._kinds(table)
        return unexplained(table, held, instrument, loading.history.now, kinds, loading.tried.problems)

    def _label(self, label: Label) -> dict[str, Any]:
        meant = {fold(t): target for t, target in self._loading.history.now.labels.get(label.key, {}).items()}
        guessed = self._loading.guess.labels.get(label.key, {})
        value, target = "", meant.get(fold(label.text), "")
        if target is None:
            value = "-"
        elif target != "":
            value = next((str(i) for i, one in enumerate(label.meanings) if one.said(target)), "")
        like = bool(value) and guessed.get(label.text) == target
        return {
            "key": label.key,
            "text": label.text,
            "rows": shown.count(label.rows),
            "meanings": [dict(one.text) for one in label.meanings],
            "value": value,
            "like": likeness(label.text, str(target)) if like else "",
            "needed": label.needed,
        }

    def _set_column(self, position: int, target: str) -> None:
        loading = self._loading
        if loading.matched is None:
            return
        instrument, table, _ = loading.matched
        if not 0 <= position < len(table.columns):
            return
        if target:
            match.kind_of(target, instrument)
        loading.choose(loading.history.now.with_column(table.columns[position].name, target or None))

    def _set_label(self, key: str, text: str, value: str) -> None:
        loading = self._loading
        for label in self._labels().shown:
            if (label.key, label.text) == (key, text):
                now = loading.history.now
                if value == "-" and key != "wave":
                    loading.choose(now.with_label(key, text, None))
                elif value.isdecimal() and int(value) < len(label.meanings):
                    loading.choose(now.with_label(key, text, label.meanings[int(value)].value))
                elif not value:
                    loading.choose(now.without_label(key, text))
                return
