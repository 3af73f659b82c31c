"""All hostile and broken files: by name, the function that writes one into a folder and returns its path."""

from __future__ import annotations

from tests.robustness import (
    hostile_others,
    hostile_places,
    hostile_statistics,
    hostile_texts,
    hostile_words,
    hostile_workbooks,
    hostile_zips,
)
from tests.robustness.build import Entry, Outcome, Write

_GROUPS: tuple[dict[str, Entry], ...] = (
    hostile_texts.ENCODINGS,
    hostile_texts.SHAPES,
    hostile_words.CELLS,
    hostile_words.HEADERS,
    hostile_words.IDS,
    hostile_zips.ZIPS,
    hostile_workbooks.ENTITY_FILES,
    hostile_workbooks.CONTENTS,
    hostile_others.OTHERS,
    hostile_statistics.STATISTICS,
    hostile_places.PLACES,
)

CORPUS: dict[str, Write] = {name: write for group in _GROUPS for name, (write, _) in group.items()}
#: What must come of reading each.
OUTCOMES: dict[str, Outcome] = {name: outcome for group in _GROUPS for name, (_, outcome) in group.items()}

# Two entries of one name would hide one of them.
assert len(CORPUS) == sum(map(len, _GROUPS))
