"""Widgets for notebooks: thin, and holding nothing that has not passed the gate."""

from relsurvey.widgets.viewer import Viewer

__all__ = ["Viewer"]
