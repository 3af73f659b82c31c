"""The doors: every one shows the same view."""

from relsurvey.publish.write import Published, publish

__all__ = ["Published", "publish"]
