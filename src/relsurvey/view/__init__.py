"""The view: the one document that stands behind the gate; ``relsurvey.view.build`` makes it."""

from relsurvey.view.model import View, json_schema

__all__ = ["View", "json_schema"]
