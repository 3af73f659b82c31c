"""The gate: which tables of counts may leave, decided over all tables of a view together."""

from relsurvey.disclosure.attack import Audit, Exposed, audit
from relsurvey.disclosure.certificate import Certificate, certify
from relsurvey.disclosure.exposures import Exposure, exposures
from relsurvey.disclosure.plan import (
    ALL,
    Dropped,
    Figure,
    Plan,
    PlannedCell,
    PlannedTable,
    Released,
    Row,
    Students,
    Unit,
)
from relsurvey.disclosure.tables import Protected, TableCertificate, protect

__all__ = [
    "ALL",
    "Audit",
    "Certificate",
    "Dropped",
    "Exposed",
    "Exposure",
    "Figure",
    "Plan",
    "PlannedCell",
    "PlannedTable",
    "Protected",
    "Released",
    "Row",
    "Students",
    "TableCertificate",
    "Unit",
    "audit",
    "certify",
    "exposures",
    "protect",
]
