"""Numbers → plain sentences, from one catalogue a language."""

from relsurvey.words.catalogue import Subject, Text, agree, languages, say, speaking_of, texts
from relsurvey.words.named import either, wave_name, wave_phrase
from relsurvey.words.shares import (
    gap_words,
    half_up,
    hundredths,
    outward,
    range_words,
    share_words,
    signed,
    students_words,
    tenths,
)

__all__ = [
    "Subject",
    "Text",
    "agree",
    "either",
    "gap_words",
    "half_up",
    "hundredths",
    "languages",
    "outward",
    "range_words",
    "say",
    "share_words",
    "signed",
    "speaking_of",
    "students_words",
    "tenths",
    "texts",
    "wave_name",
    "wave_phrase",
]
