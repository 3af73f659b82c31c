"""What several commands print: that work is going on, a table, what waits."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relsurvey.reading.page import Section
    from relsurvey.study import Study


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that work is going on, and nothing elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        yield


def print_section(section: Section) -> None:
    """Print a section; what stands in it is text, whatever it looks like."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*section.columns, box=None, pad_edge=False, title=section.title, title_justify="left")
    for line in section.lines:
        table.add_row(*map(Text, line))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print()
    console.print(table)


def print_due(study: Study, files: Sequence[Path], **given: object) -> None:
    """Say what waits: comments nobody has read, and rows that were to be kept no longer.

    ``given`` holds the options that the files were read with, as they were given: they are named again.
    """
    from relsurvey.comments import unread
    from relsurvey.keeping.where import passed
    from relsurvey.words import say

    waiting = unread(
        study.responses, study.comments, study.instrument, ids=study._ids, simulated=study.simulated
    )
    if waiting.count:
        key = "comments.unread_late" if waiting.late else "comments.unread"
        print(f"Comments  {say('en', key, n=waiting.count, since=waiting.since, by=waiting.by)}")
        again = ["relsurvey", "comments", *map(str, files)]
        for option, value in given.items():
            for one in value if isinstance(value, list) else [value]:
                again += [] if one is None else [f"--{option}", str(one)]
        print(f"          `{shlex.join(again)}` shows them.")
    day = None if study.simulated else passed(study.instrument.id)
    if day is not None:
        print(f"Keep      {say('en', 'keeping.passed', study=study.instrument.id, day=day)}")
