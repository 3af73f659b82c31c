"""Write a view's doors to a folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relsurvey.errors import PublishError
from relsurvey.files import MANIFEST, write_release
from relsurvey.view import View

VIEW, PAGE, APP = "view.relsurvey.json", "view.html", "app.ipynb"
_FORMATS = ("voila", "html")


@dataclass(frozen=True)
class Published:
    """What was written.

    Attributes
    ----------
    directory
        The folder.
    view
        The view itself.
    files
        Names of the files in it.
    """

    directory: Path
    view: View
    files: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Published {', '.join(self.files)} in {self.directory}>"


def publish(
    view: View,
    directory: Path,
    formats: tuple[str, ...],
    *,
    before: Callable[[str], None] | None = None,
) -> Published:
    """Write a view as the doors named, then the manifest.

    Parameters
    ----------
    view
        A view that passed the gate.
    directory
        Where; made when missing. A reader finds the older release or this one, whole, at any moment.
    formats
        ``"html"``, ``"voila"``.
    before
        Called with the view's JSON when every door is made and none is written yet; may refuse.

    Raises
    ------
    PublishError
        If a format is not known or the folder cannot be written.
    """
    unknown = [name for name in formats if name not in _FORMATS]
    if unknown or not formats:
        raise PublishError(
            f"Cannot publish as {', '.join(unknown) or 'nothing'}. Choose from: {', '.join(_FORMATS)}."
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise PublishError(
            f"Cannot make the folder {directory}: {cause.strerror}. Choose another one."
        ) from cause
    text = view.to_json()
    contents = {VIEW: text}
    if "html" in formats:
        from relsurvey.publish.html import page

        contents[PAGE] = page(view)
    if "voila" in formats:
        from relsurvey.publish.voila import app

        contents[APP] = app(text)
    if before is not None:
        before(text)
    write_release(directory, contents, retired=[name for name in (PAGE, APP) if name not in contents])
    return Published(directory, view, (*contents, MANIFEST))
