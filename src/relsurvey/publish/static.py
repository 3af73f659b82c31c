"""The browser half, as it was built into the package."""

from __future__ import annotations

from importlib import resources

from relsurvey.errors import PublishError


def static(name: str) -> str:
    """Return a built file's text.

    Raises
    ------
    PublishError
        If the package was installed without building the browser half.
    """
    file = resources.files("relsurvey") / "static" / name
    if not file.is_file():
        raise PublishError(
            f"The package lacks its browser half ({name}). Install it again: `pip install .` builds it."
        )
    return file.read_text("utf-8")
