"""The browser half, as it was built into the package."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
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


@cache
def core_script() -> str:
    """Return the script that draws a view, so that it cannot end the element it stands in."""
    # In a string the backslash changes nothing.
    return re.sub(r"<(?=/script|!--)", r"<\\", static("page.js"), flags=re.IGNORECASE)


@cache
def core_style() -> str:
    """Return the style of a page."""
    return static("page.css")


def policy_hash(content: str) -> str:
    """Return the hash by which a content security policy allows one inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
