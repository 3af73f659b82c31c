"""What a form says beside its questions: in English and in Spanish, each written for students."""

from __future__ import annotations

from typing import Literal

from relsurvey.analysis.finding import MIN_N_SHOWN
from relsurvey.escape import one_line
from relsurvey.instrument import Instrument, say

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "why": "Your school asks because it wants to do better for its students.",
        "free": (
            "You choose whether to answer. Skip any question, and stop whenever you like. "
            "No grade depends on it."
        ),
        "confidential": (
            "Your answers are confidential, not anonymous: your student number goes with them, so that the "
            "school can see what changes. Teachers see groups of at least {n} students, never one student's "
            "answers."
        ),
        "anonymous": (
            "We do not ask who you are. Teachers see groups of at least {n} students, never one student's "
            "answers."
        ),
        "comments": (
            "Comments are read {when} ({contact}), and one that speaks of danger is passed on. "
            "If you need help now, tell an adult you trust, or call or text 988 at any hour."
        ),
        "same day": "the same day",
        "one day": "within one day",
        "days": "within {days} days",
        "take part": "Do you want to take part?",
        "yes": "I agree to take part",
        "no": "I do not want to take part",
        "each row": "Choose one answer in each row.",
        "all that apply": "Choose all that apply.",
        "number": "Write the whole number, with its zeros.",
        "no names": "Please don't name anyone.",
        "thanks": "Thank you. Your answers have been sent.",
        "place": "{name} {number} (change this)",
        "school": "School",
        "team": "Team",
        "block": "Page {number}",
    },
    "es": {
        "why": "Tu escuela te pregunta porque quiere mejorar para sus estudiantes.",
        "free": (
            "Tú decides si contestas. Puedes saltarte preguntas y dejarlo cuando quieras. "
            "Ninguna calificación depende de esto."
        ),
        "confidential": (
            "Tus respuestas son confidenciales, no anónimas: llevan tu número de estudiante, para que la "
            "escuela pueda ver qué cambia. Los maestros ven grupos de {n} estudiantes o más, nunca las "
            "respuestas de una sola persona."
        ),
        "anonymous": (
            "No te preguntamos quién eres. Los maestros ven grupos de {n} estudiantes o más, nunca las "
            "respuestas de una sola persona."
        ),
        "comments": (
            "Los comentarios se leen {when} ({contact}) y, si alguno habla de un peligro, se da aviso. "
            "Si necesitas ayuda ahora, habla con un adulto de confianza, o llama o escribe al 988 a "
            "cualquier hora."
        ),
        "same day": "el mismo día",
        "one day": "en un día como máximo",
        "days": "en {days} días como máximo",
        "take part": "¿Quieres participar?",
        "yes": "Sí, quiero participar",
        "no": "No quiero participar",
        "each row": "Elige una respuesta en cada fila.",
        "all that apply": "Marca todo lo que corresponda.",
        "number": "Escribe el número completo, con los ceros.",
        "no names": "Por favor, no menciones nombres.",
        "thanks": "Gracias. Tus respuestas se enviaron.",
        "place": "{name} {number} (cambia este nombre)",
        "school": "Escuela",
        "team": "Equipo",
        "block": "Página {number}",
    },
}


def assent(instrument: Instrument, language: Language) -> tuple[str, ...]:
    """Return what students read before they choose whether to take part, a paragraph each.

    Why they are asked, that they are free to answer, who sees what, and what happens with a comment that
    speaks of danger.

    Parameters
    ----------
    instrument
        Names the student number, the smallest group, and who reads comments.
    language
        The form's.

    Examples
    --------
    >>> import relsurvey as rs
    >>> [len(part.split()) for part in assent(rs.instruments()["five-elements"], "en")]
    [12, 18, 32, 36]
    """
    words = WORDS[language]
    n = max(instrument.privacy.min_n, MIN_N_SHOWN)
    known = "confidential" if "respondent" in instrument.identity else "anonymous"
    parts = [words["why"], words["free"], words[known].format(n=n)]
    safety = instrument.safety
    if safety is not None and instrument.open_questions:
        days = safety.read_within_days
        when = words["same day" if days == 0 else "one day" if days == 1 else "days"].format(days=days)
        parts.append(words["comments"].format(when=when, contact=one_line(say(safety.contact, language))))
    return tuple(parts)
