"""What has to be known to read policies that stand side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relsurvey.grading.faces import marks_cell
from relsurvey.grading.letters import meanings
from relsurvey.grading.policy import Policy
from relsurvey.grading.policy_sentences import listed
from relsurvey.grading.regrade import Regraded, _places, _taken, which
from relsurvey.grading.shares import count_words
from relsurvey.words import languages, say
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    from relsurvey.grading.gradebook import Gradebook

#: Parts that a policy can leave out, though the course's own rules have them.
_PARTS = (
    "missing",
    "late",
    "makeup",
    "retake",
    "floor",
    "exclude",
    "drop_lowest",
    "weights",
    "round",
    "cuts",
    "pass_",
)


@dataclass(frozen=True)
class Note:
    """A remark: its key in the catalogue, what stands in its blanks, a list for one of them, and a count."""

    key: str
    values: tuple[tuple[str, Any], ...] = ()
    parts: tuple[str, ...] = ()
    count: int | None = None

    def in_words(self, language: str) -> str:
        """Return it in a language."""
        values = {
            name: pick(value, language) if isinstance(value, dict) else value for name, value in self.values
        }
        if self.count is not None:
            values["n"] = count_words(language, self.count)
        if self.parts:
            values["parts"] = listed(
                language, [say(language, f"grading.compare_part_{part}") for part in self.parts]
            )
        return say(language, f"grading.{self.key}", **values)


def left_out(regraded: Regraded) -> tuple[str, ...]:
    """Return which parts of the courses' own rules the tried policies do not have."""
    import numpy as np

    book, tried = regraded.gradebook, regraded.policies
    own = book.policies
    marks = book.work.marks if len(book.scores) else book.marks
    pairs = np.unique(np.column_stack([which(marks, own), which(marks, (*own, *tried))]), axis=0)
    found: set[str] = set()
    for a, b in pairs.tolist():
        if b >= len(own):
            found.update(_lacks(own[a], tried[b - len(own)]))
    return tuple(part for part in _PARTS if part in found)


def _lacks(own: Policy, tried: Policy) -> Iterator[str]:
    for part in _PARTS:
        has, now = getattr(own, part), getattr(tried, part)
        if part == "cuts":
            # Cuts that a policy names are its own wish.
            if has != now and "cuts" not in tried.model_fields_set:
                yield part
        elif has not in (None, {}, ()) and now in (None, {}, ()):
            yield part


def of_missing(gradebook: Gradebook, tried: Iterable[Policy]) -> list[Note]:
    """Return that what missing work counts changes nothing where a gradebook has none, and why it may."""
    scores = gradebook.scores
    own = {policy.missing for policy in gradebook.policies}
    asked = any(policy.missing is not None and policy.missing not in own for policy in tried)
    if not asked or not len(scores) or (scores["status"] == "missing").any():
        return []
    if gradebook.blank == "excused" and (scores["status"] == "excused").any():
        return [Note("compare_no_missing_excused")]
    empty = int((scores["status"] == "ungraded").sum())
    return [Note("compare_no_missing_ungraded", count=empty) if empty else Note("compare_no_missing")]


def of_passes(regraded: Regraded) -> list[Note]:
    """Return how many marks were exported as passed or not, and get letters from the courses' own rules."""
    import numpy as np

    known = regraded.gradebook.marks
    if not len(known) or not len(regraded.gradebook.scores):
        return []
    exported = _taken(known["letter"], _places(known, regraded.marks))
    own = regraded.marks["letter_before"]
    passes, still = (np.isin(meanings(of).astype(str), ("P", "NP")) for of in (exported, own))
    n = int((passes & ~still & own.notna().to_numpy()).sum())
    return [Note("compare_passes", count=n)] if n else []


def by_hand(regraded: Regraded) -> list[Note]:
    """Return how many marks were set by hand: like the others they are computed from the scores."""
    book = regraded.gradebook
    if not len(book.scores) or not len(book.totals):
        return []
    totals, marks = book.totals, book.work.marks
    set_so = totals["override"].notna().to_numpy(dtype=bool)
    if "override_letter" in totals:
        set_so |= totals["override_letter"].notna().to_numpy(dtype=bool)
    at = _places(totals, marks)
    here = (at >= 0) & set_so[at]
    n, students = int(here.sum()), marks["student"][here].nunique()
    shown = {language: marks_cell(language, n, students) for language in languages()}
    return [Note("compare_by_hand", (("n", shown),))] if n else []


def of_proof(regraded: Regraded) -> list[Note]:
    """Return whether the courses' own rules give what was exported."""
    if not len(regraded.gradebook.scores):
        return []
    proof = regraded.proof
    if not len(proof.table):
        return [Note("compare_unproved")]
    share = proof.reproduced / len(proof.table)
    key = "compare_proved" if proof.holds else "compare_not_proved"
    return [Note(key, (("percent", math.floor(100 * share)),))]
