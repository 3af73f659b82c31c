"""Views with what a meeting needs: strategies to choose from, and a card of the fall."""

from __future__ import annotations

import copy
from typing import Any

TWO_BY_TEN: dict[str, Any] = {
    "id": "two_by_ten",
    "title": {"en": "2×10", "es": "2×10"},
    "scales": ["express_care", "share_power"],
    "what": {
        "en": "Two minutes with one student about anything but school, ten school days in a row.",
        "es": "Dos minutos con un estudiante sobre cualquier cosa menos la escuela, diez días seguidos.",
    },
    "steps": [
        {"en": "Each teacher picks one student.", "es": "Cada maestro elige a un estudiante."},
        {"en": "Two minutes a day, at the door or in the hall.", "es": "Dos minutos al día, en la puerta."},
    ],
    "look_at": {
        "en": "Who comes to class on time in the third week.",
        "es": "Quién llega a tiempo en la tercera semana.",
    },
    "source": {"en": "Wlodkowski, 1983", "es": "Wlodkowski, 1983"},
}

RETAKES: dict[str, Any] = {
    "id": "retakes",
    "title": {"en": "Retakes", "es": "Repetir una prueba"},
    "scales": ["provide_support", "challenge_growth"],
    "what": {
        "en": "One test a month can be taken again after a short lesson.",
        "es": "Una prueba al mes se puede repetir después de una lección corta.",
    },
    "steps": [{"en": "Agree on one test.", "es": "Acordar una prueba."}],
    "look_at": {"en": "How many retake it.", "es": "Cuántos la repiten."},
    "source": {"en": "Guskey, 2015", "es": "Guskey, 2015"},
}

EXIT_TICKET: dict[str, Any] = {
    "id": "exit_ticket",
    "title": {"en": "Students choose", "es": "Eligen los estudiantes"},
    "scales": ["share_power"],
    "what": {
        "en": "Once a week, students choose one of two ways to show what they know.",
        "es": "Una vez por semana, los estudiantes eligen entre dos maneras de mostrar lo que saben.",
    },
    "steps": [{"en": "Offer two ways.", "es": "Ofrecer dos maneras."}],
    "look_at": {"en": "What students say about it on Friday.", "es": "Lo que dicen el viernes."},
    "source": {"en": "The team’s own", "es": "Del equipo"},
}

CHECK_INS: dict[str, Any] = {
    "id": "check_ins",
    "title": {"en": "Check-ins", "es": "Saludos"},
    "scales": [],
    "what": {
        "en": "A word with each student in a week.",
        "es": "Una palabra con cada estudiante por semana.",
    },
    "steps": [{"en": "A list of names by the door.", "es": "Una lista junto a la puerta."}],
    "look_at": {"en": "Whom the list leaves out.", "es": "A quién deja fuera la lista."},
    "source": {"en": "The team’s own", "es": "Del equipo"},
}

FALL_CARD: dict[str, Any] = {
    "made": "2026-10-08",
    "wave": {"en": "Fall", "es": "Otoño"},
    "scale": "share_power",
    "strategy": "two_by_ten",
    "noticed": "Students want a say in how they show what they know.",
    "trying": "2×10 with the quiet ones",
    "who": "Whole team",
    "by_when": "Winter break",
    "looking_at": "Who talks in class",
}


def with_meeting(document: dict[str, Any], unit: str) -> dict[str, Any]:
    """Return a copy of a view with strategies, and with an earlier card of a unit."""
    view = copy.deepcopy(document)
    view["strategies"] = [CHECK_INS, RETAKES, TWO_BY_TEN, EXIT_TICKET]
    next(u for u in view["units"] if u["id"] == unit)["cards"] = [FALL_CARD]
    return view
