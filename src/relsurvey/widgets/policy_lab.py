"""A grading policy tried by its parts, on a school's own gradebook: what would change if nothing else did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.errors import AnalysisError, PolicyError, RelsurveyError
from relsurvey.grading.compared_notes import Note, of_missing
from relsurvey.grading.explained import example
from relsurvey.grading.gradebook import Gradebook
from relsurvey.grading.regrade import Regraded, regrade
from relsurvey.grading.tally import Tally, tally
from relsurvey.loading.choices import History
from relsurvey.widgets.explorer import as_plain_table
from relsurvey.widgets.policy_cells import Standing, cells, grouped, moved, standing, whole
from relsurvey.widgets.policy_parts import (
    PARTS,
    Parts,
    allowed,
    code_of,
    menu,
    plain_parts,
    policies_with,
    said,
)
from relsurvey.widgets.talking import Talking
from relsurvey.words import languages, texts

if TYPE_CHECKING:
    from relsurvey.grading.faces import Moves
    from relsurvey.grading.policy import Policy

_STATIC = Path(__file__).parent.parent / "static"
#: How many policies are kept side by side.
_PINS = 3
#: How many tried policies are kept, so that a way back costs nothing.
_KEPT = 16
_BY = ("school", "course")


@dataclass(frozen=True, eq=False)
class _Tried:
    """What came of some changes: policies and their marks, or the sentence that says why not."""

    changes: Parts
    policies: tuple[Policy, ...] = ()
    after: Tally | None = None
    figures: tuple[Standing, Moves] | None = None
    error: str = ""

    @cached_property
    def example(self) -> dict[str, Any]:
        """What the first policy does to a student who does not exist, part by part."""
        shown = example(self.policies[0], languages())
        return {
            language: {
                "sentence": shown.example_words(language),
                "tables": [as_plain_table(face, 1) for face in shown.faces(language)],
            }
            for language in languages()
        }


class PolicyLab(Talking):
    """Tries a grading policy: sliders and switches in, D's and F's, GPA and who moves up or down out.

    It begins with the courses' own rules and changes one part at a time. Everything shown holds only if
    nothing else changed. No row and no student leaves the kernel: groups, and changes, of fewer than 10
    students are masked, and a saved notebook holds no figure.

    Parameters
    ----------
    gradebook
        A gradebook, as :func:`relsurvey.grading.read_gradebook` returns it.
    language
        ``"en"`` or ``"es"``; empty follows the browser.

    Attributes
    ----------
    policy
        What is tried.
    code
        The call that gives the same.

    Raises
    ------
    AnalysisError
        If it is no gradebook, or has no marks.

    Examples
    --------
    >>> import pandas as pd, relsurvey as rs
    >>> students = [f"s{i}" for i in range(25) for _ in range(5)]
    >>> gradebook = rs.grading.Gradebook.of(pd.DataFrame({
    ...     "student": students, "item": list("abcde") * 25, "raw": [85, 85, 85, 85, 0] * 25,
    ...     "points_possible": 100.0,
    ... }))
    >>> lab = PolicyLab(gradebook)
    >>> lab.change(floor={"percent": 50})
    >>> lab.policy.floor.percent, lab.tried.figures.moves.up
    (50.0, 25)
    """

    _esm = _STATIC / "policy.js"
    _css = _STATIC / "policy.css"

    def __init__(self, gradebook: Gradebook, *, language: str = "") -> None:
        if not isinstance(gradebook, Gradebook):
            raise AnalysisError(
                f"PolicyLab tries policies on a gradebook, not on a {type(gradebook).__name__}. "
                "Read one with rs.grading.read_gradebook(files), or make one with "
                "rs.grading.Gradebook.of(scores)."
            )
        self._gradebook = gradebook
        self._own = [plain_parts(policy) for policy in gradebook.policies]
        self._known: dict[str, _Tried] = {}
        self._before = tally(regrade(gradebook, gradebook.policies).before)
        self._standing = standing(self._before)
        self._changes: Parts = {}
        self._history: History[Parts] = History(self._changes)
        self._pins: tuple[_Tried, ...] = ()
        self._by = ""
        super().__init__(language)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """What is tried: the courses' own rules with the changes, one policy each.

        Raises
        ------
        PolicyError
            If what is chosen is no policy: the sentence that the widget shows.
        """
        found = self._try(self._changes)
        if not found.policies:
            raise PolicyError(found.error)
        return found.policies

    @property
    def policy(self) -> Policy:
        """What is tried; where several courses have rules of their own, the first one's."""
        return self.policies[0]

    @property
    def tried(self) -> Regraded:
        """Every mark under what is tried; for this kernel alone."""
        return regrade(self._gradebook, self.policies)

    @property
    def code(self) -> str:
        """The call that gives the same, for a cell in which the gradebook is called ``gradebook``."""
        return code_of(self.policies, changed=bool(self._changes))

    def change(self, **parts: Any) -> None:
        """Change parts of what is tried, as the controls do; None takes a part away.

        Parameters
        ----------
        **parts
            As of :class:`relsurvey.grading.Policy`.

        Raises
        ------
        PolicyError, AnalysisError
            If that is no policy, or the gradebook cannot support it.
        """
        given = {key.rstrip("_"): part for key, part in parts.items()}
        first = self._gradebook.policies[0].but(**{k: part for k, part in given.items() if k in PARTS})
        changed = plain_parts(first)
        wanted = {**self._changes, **allowed({key: changed.get(key, part) for key, part in given.items()})}
        found = self._try(wanted)
        if found.error:
            raise (AnalysisError if found.policies else PolicyError)(found.error)
        self._set(wanted)
        self._rest()
        self._tell()

    # What is tried

    def _set(self, changes: Parts) -> None:
        """Hold these changes; a part that is as it is anyway is none."""
        self._changes = {
            part: changes[part]
            for part in PARTS
            if part in changes and any(own[part] != changes[part] for own in self._own)
        }

    def _rest(self) -> None:
        """Make what was changed meanwhile one step back."""
        self._history.add(self._changes)

    def _try(self, changes: Parts) -> _Tried:
        key = json.dumps(changes)
        if key not in self._known:
            self._known[key] = self._computed(changes)
            while len(self._known) > _KEPT:
                self._known.pop(next(iter(self._known)))
        return self._known[key]

    def _computed(self, changes: Parts) -> _Tried:
        policies: tuple[Policy, ...] = ()
        try:
            policies = policies_with(self._gradebook, changes)
            after = tally(regrade(self._gradebook, policies).after)
        except RelsurveyError as error:
            return _Tried(changes, policies, error=str(error))
        return _Tried(changes, policies, after, (standing(after), moved(self._before, after)))

    # Both ways between here and a browser

    def _do(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                pass
            case {"type": "change", "parts": parts}:
                self._set({**self._changes, **allowed(parts)})
            case {"type": "rest"}:
                self._rest()
            case {"type": "undo" | "redo" as way}:
                self._rest()
                self._history.move(-1 if way == "undo" else 1)
                self._changes = self._history.now
            case {"type": "reset"}:
                self._rest()
                self._changes = {}
                self._rest()
            case {"type": "by", "by": str(by)} if by in ("", *self._groups):
                self._by = by
            case {"type": "pin"}:
                self._pin()
            case {"type": "unpin", "at": int(at)}:
                self._pins = tuple(pin for i, pin in enumerate(self._pins) if i != at)
            case {"type": "take", "at": int(at)} if 0 <= at < len(self._pins):
                self._rest()
                self._changes = self._pins[at].changes
                self._rest()
            case _:
                return
        self._answer(message, "state", state=self._state())

    def _pin(self) -> None:
        found = self._try(self._changes)
        there = any(pin.changes == found.changes for pin in self._pins)
        if not found.error and not there and len(self._pins) < _PINS:
            self._pins = (*self._pins, found)

    @cached_property
    def _menu(self) -> dict[str, Any]:
        return menu(self._gradebook)

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        """The columns that make two groups or more."""
        columns = {name: self._before.column(name) for name in _BY}
        return tuple(
            name
            for name, column in columns.items()
            if column is not None and column.nunique(dropna=False) > 1
        )

    @cached_property
    def _notes(self) -> tuple[Note, ...]:
        """What has to be known to read any of the figures: above all whether the simulator proved itself."""
        return regrade(self._gradebook, self._gradebook.policies).compared.said

    def _state(self) -> dict[str, Any]:
        known, found = languages(), self._try(self._changes)
        resting = self._changes == self._history.now
        own, changed = self._standing, bool(self._changes)
        name = texts(known, "grading.compare_own_changed")
        result = whole(own, (name, *found.figures) if found.figures and changed else None)
        notes = (*of_missing(self._gradebook, found.policies), *self._notes)
        return {
            "menu": {**self._menu, "by": list(self._groups)},
            "parts": {part: self._changes.get(part, self._own[0][part]) for part in PARTS},
            "mixed": [
                part
                for part in PARTS
                if part not in self._changes and any(one[part] != self._own[0][part] for one in self._own)
            ],
            "changed": changed,
            "undo": self._history.behind or not resting,
            "redo": self._history.ahead and resting,
            "masked": texts(known, "finding.masked", min_n=MIN_N_SHOWN),
            "students": own.students if own.students >= MIN_N_SHOWN else None,
            "own": cells(own, own, None),
            "tried": cells(own, *found.figures) if found.figures else None,
            "pins": [
                {"cells": cells(own, *pin.figures), "said": said(pin.policies)}
                for pin in self._pins
                if pin.figures
            ],
            "sentences": {language: [] if found.error else [result.in_words(language)] for language in known},
            "by": self._by,
            "groups": self._by_group(found, name),
            "said": said(found.policies) if found.policies else [],
            "example": found.example if resting and not found.error else None,
            "notes": {language: [note.in_words(language) for note in notes] for language in known},
            "code": code_of(found.policies, changed=changed) if not found.error else "",
            "files": [{"name": p.id, "text": p.to_yaml()} for p in found.policies if not found.error],
            "error": found.error,
        }

    def _by_group(self, found: _Tried, name: Any) -> dict[str, Any] | None:
        """Return a table with two rows a group."""
        if not self._by or found.after is None:
            return None
        result = grouped(name, self._before, found.after, self._by)
        return {language: as_plain_table(result.faces(language)[0], 2) for language in languages()}
