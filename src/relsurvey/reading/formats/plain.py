"""A plain wide table: one row a respondent, one column a question."""

from __future__ import annotations

from relsurvey.reading.formats.table import Table

NAME = "plain table"


def detect(table: Table) -> bool:
    """Every table with a header can be read as a plain one, so this stands last."""
    return bool(table.header)


def read(table: Table) -> Table:
    """Return the table as it is."""
    return table
