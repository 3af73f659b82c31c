"""Numbers → plain sentences, from one catalogue a language."""

from relsurvey.words.catalogue import Subject, Text, languages, say, speaking_of, texts
from relsurvey.words.shares import gap_words, range_words, share_words, students_words, tenths

__all__ = [
    "Subject",
    "Text",
    "gap_words",
    "languages",
    "range_words",
    "say",
    "share_words",
    "speaking_of",
    "students_words",
    "tenths",
    "texts",
]
