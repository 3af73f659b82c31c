"""How schools head the columns of a gradebook, and the words that mean the same in any of them."""

from __future__ import annotations

import re

from relsurvey.instrument.fold import fold
from relsurvey.reading.fit import TOTALS
from relsurvey.reading.headings import HEADINGS

#: How schools head the columns of a gradebook, beside those that any file about students has.
_HEADINGS = {
    "student": (
        *HEADINGS["respondent"], "student", "sid", "perm", "unique id", "unique user id", "estudiante",
        "alumno", "id de estudiante", "número de alumno", "clave de alumno", "no. de control",
    ),
    "school": (*HEADINGS["school"], "school id", "plantel"),
    "course": (
        "course", "course name", "course title", "course id", "class name", "curso", "asignatura", "clase",
        "nombre del curso",
    ),
    "section": (*HEADINGS["section"], "section id", "section name", "class", "class id"),
    "teacher": (*HEADINGS["teacher"], "teacher id", "instructor", "profesor", "profesora"),
    "term": (
        "term", "semester", "quarter", "trimester", "marking period", "grading period", "store code",
        "semestre", "trimestre", "bimestre", "periodo de calificación",
    ),
    "subject": ("subject", "department", "subject area", "materia", "departamento", "área"),
    "grade_level": (*HEADINGS["grade_level"], "gradelevel", "nivel"),
    "item": (
        "item", "assignment", "assignment name", "assignment title", "assessment", "work", "activity",
        "task", "title", "tarea", "trabajo", "actividad", "evaluación",
    ),
    "category": (
        "category", "assignment category", "assignment group", "assignment type", "type", "categoría",
        "tipo", "rubro",
    ),
    "due": ("due", "due date", "date due", "fecha de entrega", "fecha límite", "vence"),
    "submitted": (
        "submitted", "submitted at", "date submitted", "submission date", "turned in", "handed in",
        "entregado", "entregada", "fecha entregado",
    ),
    "days_late": ("days late", "late days", "días de retraso", "días tarde"),
    "points_possible": (
        "points possible", "max points", "maximum points", "max score", "max", "maximum", "possible",
        "out of", "possible points", "puntos posibles", "puntaje máximo", "puntuación máxima",
        "valor máximo", "máximo",
    ),
    "raw": (
        "score", "points", "points earned", "raw score", "raw", "earned", "puntos", "puntaje", "puntuación",
        "puntos obtenidos", "calificación", "nota",
    ),
    "percent": ("percent", "percentage", "percent score", "%", "porcentaje"),
    "total": (
        "overall", "overall percent", "overall %", "overall grade", "overall score", "course grade",
        "course total", "course percent", "final percent", "final %", "total percent", "total %",
        "promedio final", "calificación final", "nota final", "porcentaje final", "porcentaje total",
    ),
    "status": ("status", "submission status", "flag", "estado", "estatus"),
    "attempt": ("attempt", "attempt number", "try", "intento", "número de intento"),
    "letter": (
        "letter", "letter grade", "mark", "final grade", "final mark", "final letter", "letra",
        "calificación con letra",
    ),
    "credits": ("credits", "credit", "credits earned", "earned credits", "créditos"),
    "core": ("core", "core course", "materia básica"),
    "ag": ("a-g", "ag", "a-g subject", "a-g area", "uc/csu"),
}  # fmt: skip
_GROUPS = {
    "gender": ("gender", "género", "sex", "sexo"),
    "race": ("race", "ethnicity", "race/ethnicity", "race and ethnicity", "raza", "etnia"),
    "english_learner": ("english learner", "el", "ell", "english language learner", "aprendiz de inglés"),
    "frpm": ("frpm", "free or reduced price meals", "sed", "socioeconomically disadvantaged"),
    "iep": ("iep", "sped", "special education", "students with disabilities", "educación especial"),
}
#: What stands in front of a row that speaks of the work, under the header or at the end.
ROW_WORDS = {
    "points": ("points possible", "max points", "maximum points", "points", "out of", "max", "possible",
               "puntos posibles", "puntos", "puntaje máximo", "puntuación máxima"),
    "due": ("due", "due date", "date", "fecha de entrega", "fecha"),
    "category": ("category", "type", "assignment group", "categoría", "tipo"),
}  # fmt: skip
#: Texts that mean the same in any school.
CODES = {
    "excused": "excused", "exempt": "excused", "justificado": "excused", "exento": "excused",
    "missing": "missing", "no entregado": "missing", "faltante": "missing", "not assigned": "not_assigned",
}  # fmt: skip
_JOINTS = re.compile(r"[\s_.\-]+")
#: What a heading says at its end of how many points are possible: ``(10 pts)``, ``/ 10``.
POINTS = re.compile(
    r"\s*(?:[(\[]\s*(?:/|out of|de)?\s*(\d+(?:[.,]\d+)?)\s*(?:points?|pts?|puntos?)\.?\s*[)\]]"
    r"|(?:/|\bout of)\s*(\d+(?:[.,]\d+)?))\s*\Z",
    re.IGNORECASE,
)
_PERIOD = r"(?:(?:semester|quarter|trimester|term|marking period|mp|[qst](?= ?\d)) ?\d?|course|class|year)"
_PERIODO = r"(?:semestre|trimestre|bimestre|curso|periodo|período|parcial|año)"
_IN = r"(?:(?: (?:points?|pts|score|grade|mark|percent|percentage|earned|possible|to date|puntos))| ?%)"
#: A sum of some work is named by its last word in English and by its first in Spanish: "Homework Average" is
#: one, "Unit total test" and "Q1 Score" (a quiz) are none.
_A_SUM = re.compile(
    rf"(?:.* )?(?:(?:sub ?)?total(?:e?s)?|averages?|avg|overall|cumulative|ytd|promedio){_IN}*(?: {_PERIOD})?"
    rf"|promedio (?!y ).*|(?:sub ?)?total (?:del?|general|acumulado)\b.*"
    rf"|(?:nota|calificación|porcentaje) del? {_PERIODO}\b.*"
    rf"|(?:current|final|progress|progress report|{_PERIOD}) (?:grade|mark|percent|percentage){_IN}*"
    rf"|(?:current|final|grade|{_PERIOD}) ?%|(?:course score|grade to date)"
)


def heading_key(text: str) -> str:
    """Return the form under which two spellings of one heading are equal.

    Examples
    --------
    >>> heading_key("Points_Possible:"), heading_key("Días de retraso")
    ('points possible', 'días de retraso')
    """
    return _JOINTS.sub(" ", fold(text)).strip(" *:?")


#: How sure a heading is to be that of the students' ids, the surest first.
ID_RANK = {heading_key(text): i for i, text in enumerate(_HEADINGS["student"])}
#: Heads of sums, which are no piece of work.
SUMS = frozenset(
    map(heading_key, (*TOTALS, "total points", "final score", "current score", "total score", "subtotal"))
)
#: What a heading means, and which group.
ROLE_OF = {heading_key(text): role for role, texts in reversed(_HEADINGS.items()) for text in texts}
GROUP_OF = {heading_key(text): name for name, texts in _GROUPS.items() for text in texts}


def without_points(heading: str) -> str:
    """Return a heading's form without what it says of points or of percents in brackets.

    Examples
    --------
    >>> without_points("Total (30 pts)"), without_points("Overall (%)"), without_points("Quiz 1")
    ('total', 'overall %', 'quiz 1')
    """
    return heading_key(POINTS.sub("", heading).replace("(%)", "%"))


def is_sum(key: str) -> bool:
    """Say whether a heading's form is that of a sum of some work, or of all.

    Examples
    --------
    >>> is_sum("semester total"), is_sum("q1 overall %"), is_sum("unit total test"), is_sum("final exam")
    (True, True, False, False)
    """
    return key in SUMS or _A_SUM.fullmatch(key) is not None


def known_heading(heading: str) -> bool:
    """Say whether a heading is one that a gradebook usually has."""
    return heading_key(heading) in ROLE_OF or heading_key(heading) in GROUP_OF
