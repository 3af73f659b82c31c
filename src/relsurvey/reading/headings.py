"""How schools head the columns that say who a row is about, in English and Spanish."""

from __future__ import annotations

import re

from relsurvey.instrument.fold import fold

#: By identity key. ``id`` alone heads many things, so it is last of its kind.
HEADINGS = {
    "respondent": (
        "student_id", "student id", "student number", "local id", "local student id", "permanent id",
        "perm id", "sis id", "sis user id", "studentid", "student id number", "what is your student id?",
        "respondent", "respondent_id", "número de estudiante", "número de identificación",
        "id del estudiante", "matrícula", "id",
    ),
    "school": (
        "school", "school name", "site", "campus", "what school do you go to?", "which school do you attend?",
        "escuela", "nombre de la escuela", "¿a qué escuela vas?",
    ),
    "team": ("team", "house", "cohort", "pod", "equipo"),
    "section": ("section", "class period", "period", "sección", "periodo"),
    "teacher": ("teacher", "teacher name", "maestro", "maestra", "docente"),
    "grade_level": ("grade", "grade level", "what grade are you in?", "grado"),
    "wave": ("wave", "survey", "administration", "survey administration", "term", "aplicación"),
    "date": ("timestamp", "date", "end date", "submit date", "completion time", "marca temporal", "fecha"),
    "duration": ("duration", "duration (in seconds)", "seconds", "duración"),
    "weight": ("weight", "peso"),
    "opt_out": (
        "opt_out", "opt out", "opted out", "optout", "parent opt out", "excluded", "no consent",
        "no participa",
    ),
}  # fmt: skip
_NAMES = {fold(text): key for key, texts in HEADINGS.items() for text in texts}
_PERSONAL = re.compile(
    r"\b(e-?mail|phone|first name|last name|name|nombre|apellidos?|correo|teléfono|address)\b"
)


def key_of(header: str) -> str | None:
    """Return the identity key that a heading usually is, or None.

    Examples
    --------
    >>> key_of("Student ID"), key_of("¿A qué escuela vas?"), key_of("I belong here.")
    ('respondent', 'school', None)
    """
    return _NAMES.get(fold(header).strip("*: "))


def personal(header: str) -> bool:
    """Say whether a short heading speaks of a person's name or address, which never enters a study.

    Examples
    --------
    >>> personal("Email Address"), personal("My teachers greet me by name.")
    (True, False)
    """
    return len(header.split()) <= 3 and bool(_PERSONAL.search(fold(header)))
