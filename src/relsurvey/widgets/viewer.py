"""A view inside a notebook.

Imported by the app that Voilà serves: neither pandas nor NumPy may come in here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

from relsurvey.errors import PublishError

if TYPE_CHECKING:
    from relsurvey.view.model import View

_STATIC = Path(__file__).parent.parent / "static"


class Viewer(anywidget.AnyWidget):
    """Shows a view: the same pages as every other door.

    Parameters
    ----------
    view
        A view that passed the gate, as :meth:`relsurvey.Study.view` returns it.

    Attributes
    ----------
    unit, page, language
        What is shown; they follow the reader, and can be set.

    Examples
    --------
    >>> import relsurvey as rs
    >>> from relsurvey.demo import demo_workbook
    >>> viewer = Viewer(rs.read(demo_workbook()).view(by="gender"))
    >>> viewer.code
    "rs.read(FILE, 'five-elements').view(by=['gender'], min_n=10)"
    """

    _esm = _STATIC / "viewer.js"
    _css = _STATIC / "viewer.css"

    # Synced, and so stored in a saved notebook: the view and where the reader is in it, nothing else.
    _view = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)

    def __init__(self, view: View) -> None:
        super().__init__(_view=view.to_json())

    @classmethod
    def from_file(cls, path: str | Path) -> Viewer:
        """Show a published ``view.relsurvey.json``.

        Raises
        ------
        PublishError
            If there is no such file, or it is not a view.
        """
        from pydantic import ValidationError

        from relsurvey.view.model import View

        try:
            return cls(View.model_validate_json(Path(path).read_text("utf-8")))
        except FileNotFoundError as cause:
            raise PublishError(
                f"There is no view at {path}. Publish one with `relsurvey publish`."
            ) from cause
        except (ValidationError, UnicodeDecodeError) as cause:
            raise PublishError(
                f"{path} is not a view of this version of relsurvey. Publish it again."
            ) from cause

    @property
    def code(self) -> str:
        """The call that makes the same view."""
        view = json.loads(self._view)
        instrument, settings = view["provenance"]["instrument"], view["provenance"]["settings"]
        by = [variable["id"] for variable in view["variables"]]
        if view.get("subject") == "marks":
            return f"rs.GradingPractices.of(gradebook, ...).view(by={by}, min_n={settings['min_n']})"
        return f"rs.read(FILE, {instrument!r}).view(by={by}, min_n={settings['min_n']})"
