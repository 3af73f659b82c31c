"""The gate: which tables of counts may leave, decided over all tables of a view together."""

from relsurvey.disclosure.audit import audit
from relsurvey.disclosure.gate import protect
from relsurvey.disclosure.plan import (
    ALL,
    Dropped,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
)

__all__ = [
    "ALL",
    "Dropped",
    "Plan",
    "PlannedCell",
    "PlannedTable",
    "Released",
    "Row",
    "Students",
    "Unit",
    "audit",
    "protect",
]
