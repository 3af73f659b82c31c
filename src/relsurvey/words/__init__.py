"""Numbers → plain sentences, from one catalogue a language."""

from relsurvey.words.catalogue import Text, languages, say, texts
from relsurvey.words.shares import gap_words, range_words, share_words, students_words, tenths

__all__ = [
    "Text",
    "gap_words",
    "languages",
    "range_words",
    "say",
    "share_words",
    "students_words",
    "tenths",
    "texts",
]
