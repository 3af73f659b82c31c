"""What the widgets that measure a study share: menus in, one result, and only its masked faces out."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from relsurvey.analysis.finding import MIN_N_FILE, MIN_N_SHOWN, Face, Finding, Value
from relsurvey.errors import AnalysisError
from relsurvey.view.pages import wave_name
from relsurvey.widgets.talking import Talking
from relsurvey.words import languages, texts
from relsurvey.words.catalogue import Text, pick

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.study import Study

_STATIC = Path(__file__).parent.parent / "static"


class Choice(NamedTuple):
    """What is chosen in the menus: ids of scales or of one question, and of a variable ("" for none)."""

    what: tuple[str, ...]
    by: str


class Explorer(Talking):
    """A notebook widget that measures what is chosen in its menus.

    A kind of it says what it measures and how that is drawn. No figure is ever a synced trait: a saved
    notebook holds none. What goes to the browser as messages is masked.
    """

    _esm = _STATIC / "explore.js"
    _css = _STATIC / "explore.css"

    _kind = ""
    #: How many columns, from the left, name the row: one number a table.
    _headers: tuple[int, ...] = ()

    def __init__(self, study: Study, choice: Choice, language: str) -> None:
        self._study = study
        # A setting may raise a threshold and never lower it.
        self._min_n = max(MIN_N_SHOWN, study.instrument.privacy.min_n)
        self._known: dict[Choice, Finding] = {}
        self._choice = self._allowed(choice)
        super().__init__(language)

    @property
    def code(self) -> str:
        """The call that gives the same, for a cell in which the study is called ``study``."""
        return self._code(self._choice)

    @property
    def table(self) -> pd.DataFrame:
        """The first table of the result; exact, for this kernel alone."""
        return self._result().table

    # What a kind of explorer says

    def _menu(self) -> dict[str, Any]:
        raise NotImplementedError

    def _allowed(self, choice: Choice) -> Choice:
        raise NotImplementedError

    def _measure(self, choice: Choice) -> Finding:
        raise NotImplementedError

    def _code(self, choice: Choice) -> str:
        raise NotImplementedError

    def _named(self, language: str) -> Finding:
        """Return the result with titles and labels in the place of ids."""
        raise NotImplementedError

    def _tabled(self, named: Any, min_n: int) -> Finding:
        """Return what tables show of the named result, where groups under ``min_n`` are masked."""
        del min_n
        return cast("Finding", named)

    def _sentences(self, named: Any, language: str) -> list[str]:
        raise NotImplementedError

    def _picture(self) -> dict[str, Any] | None:
        """Return what is drawn: one entry a row of the first table, None where that row is masked."""
        raise NotImplementedError

    # Both ways between here and a browser

    def _result(self) -> Finding:
        if self._choice not in self._known:
            self._known[self._choice] = self._measure(self._choice)
        return self._known[self._choice]

    def _choose(self, choice: Choice) -> None:
        self._choice = self._allowed(choice)

    def _do(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                pass
            case {"type": "choose", "what": [*what], "by": str(by)} if all(isinstance(w, str) for w in what):
                self._choose(Choice(tuple(what), by))
            case {"type": "workbook", "language": str(language)}:
                self._answer(message, "workbook", buffers=[self._workbook(language)])
                return
            case _:
                return
        self._answer(message, "state", state=self._state())

    def _state(self) -> dict[str, Any]:
        known, study = languages(), self._study
        error, picture = "", None
        tables: dict[str, list[Any]] = {language: [] for language in known}
        sentences: dict[str, list[str]] = {language: [] for language in known}
        try:
            picture = self._picture()
            for language in known:
                named = self._named(language)
                faces = self._tabled(named, self._min_n).faces(language, self._min_n)
                made = [
                    as_plain_table(face, headers) for face, headers in zip(faces, self._headers, strict=False)
                ]
                # Of a table in which all is masked only names would be left.
                tables[language] = [t for t in made if t is made[0] or len(t["columns"]) > t["headers"]]
                sentences[language] = self._sentences(named, language)
        except AnalysisError as cause:
            error, picture = str(cause), None
        return {
            "kind": self._kind,
            "menu": self._menu(),
            "choice": {"what": list(self._choice.what), "by": self._choice.by},
            "wave": wave_name(study.wave, known, study.instrument.waves),
            "simulated": study.simulated,
            "masked": texts(known, "finding.masked", min_n=self._min_n),
            "sentences": sentences,
            "tables": tables,
            "picture": picture,
            "code": self.code,
            "error": error,
        }

    def _workbook(self, language: str) -> bytes:
        language = language if language in languages() else "en"
        min_n = max(MIN_N_FILE, self._min_n)
        named = self._named(language)
        workbook = _Workbook(named, self._tabled(named, min_n), min_n)
        with tempfile.TemporaryDirectory(prefix="relsurvey-") as folder:
            return workbook.to_excel(Path(folder, "table.xlsx"), language=language).read_bytes()

    def _group_names(self, by: str, groups: Iterable[str], language: str) -> dict[str, str]:
        """Return what the groups of a variable are called."""
        variable = self._study.instrument.groups.get(by)
        labels = {c.id: pick(c.label, language) for c in variable.categories} if variable else {}
        return distinct({group: labels.get(group, group) for group in groups})


@dataclass(frozen=True, repr=False)
class _Workbook(Finding):
    """A result as its workbook shows it: with the widget's tables, and no group under its threshold."""

    found: Finding
    tabled: Finding
    min_n: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return self.found.tables

    def in_words(self, language: str = "en") -> str:
        return self.found.in_words(language)

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        return self.tabled.faces(language, max(min_n, self.min_n))


def named(texts_by_id: Mapping[str, Text]) -> list[dict[str, Any]]:
    """Return entries of a menu: each id with its title in every language."""
    return [
        {"id": key, "title": {language: pick(text, language) for language in languages()}}
        for key, text in texts_by_id.items()
    ]


def variables(study: Study, *, units: Sequence[str]) -> list[dict[str, Any]]:
    """Return the variables of a menu: the instrument's groups, and units, that have values.

    Parameters
    ----------
    study
        The study.
    units
        Of ``"school"``, ``"team"`` and ``"wave"``, those to offer; the browser has their titles.
    """
    rows = study._latest().responses
    groups = study.instrument.groups
    found = named({key: groups[key].title for key in study._published_groups()})
    there = [unit for unit in units if unit in rows and rows[unit].notna().any()]
    return [*found, *({"id": unit, "title": None} for unit in there)]


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by id, each one once: tables mask by name, so two groups must not share one.

    Examples
    --------
    >>> distinct({"a": "Yes", "b": "No"})
    {'a': 'Yes', 'b': 'No'}
    >>> distinct({"a": "Yes", "b": "Yes"})
    {'a': 'Yes (a)', 'b': 'Yes (b)'}
    >>> distinct({"a": "Yes", "b": "Yes", "c": "Yes (b)"})
    {'a': 'a', 'b': 'b', 'c': 'c'}
    """
    taken = list(names.values())
    told = {key: f"{name} ({key})" if taken.count(name) > 1 else name for key, name in names.items()}
    return told if len(set(told.values())) == len(told) else {key: key for key in names}


def quoted(text: str) -> str:
    """Return a text as Python code."""
    return json.dumps(text, ensure_ascii=False)


def as_plain_table(face: Face, headers: int) -> dict[str, Any]:
    """Return a table as plain data: text, and numbers with no more decimals than are shown.

    Parameters
    ----------
    face
        A masked table.
    headers
        How many columns, from the left, name the row. A column in which nothing stands is left out.

    Returns
    -------
    dict
        ``title``, ``columns``, ``rows``, how many of the columns that are left are ``headers``, and which of
        them is the last of the face, where rows are put into ``words``; None where that was left out.

    Examples
    --------
    >>> face = Face("Title", ("scale", "group", "n", "mean"), (("care", "", 12, 3.14159),))
    >>> as_plain_table(face, 2)["columns"]
    [{'label': 'scale', 'decimals': None}, {'label': 'n', 'decimals': 0}, {'label': 'mean', 'decimals': 2}]
    >>> as_plain_table(face, 2)["rows"], as_plain_table(face, 2)["headers"]
    ([['care', 12, 3.14]], 1)
    """
    whole = [[_plain(cell, face.decimals) for cell in row] for row in face.rows]
    last = len(face.head) - 1
    kept = [i for i in range(len(face.head)) if not whole or any(row[i] not in {"", None} for row in whole)]
    rows = [[row[i] for i in kept] for row in whole]
    columns = []
    for place, i in enumerate(kept):
        numbers = [row[place] for row in rows if isinstance(row[place], (int, float))]
        counts = all(isinstance(number, int) for number in numbers)
        decimals = None if not numbers else 0 if counts else face.decimals
        columns.append({"label": face.head[i], "decimals": decimals})
    return {
        "title": face.title,
        "columns": columns,
        "rows": rows,
        "headers": sum(1 for i in kept if i < headers),
        "words": kept.index(last) if last in kept else None,
    }


def _plain(value: Value, decimals: int) -> Value:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, float):
        return int(value)
    return None if math.isnan(value) else round(float(value), decimals)
