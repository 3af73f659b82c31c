"""The way to a survey of one's own: an instrument to edit, its form, and invented answers to try it with."""

from relsurvey.starting.new import Started, new

__all__ = ["Started", "new"]
