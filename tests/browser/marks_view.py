"""The small view of marks: all schools and two, eighteen weeks with a phase, eight practices, three dials."""

from __future__ import annotations

import datetime
import itertools
import json
from pathlib import Path
from typing import Any

from relsurvey.view.model import View

#: The view as JSON, for the tests of the browser half too; ``python -m tests.browser.marks_view`` writes it.
FILE = Path(__file__).with_name("marks.view.json")

Text = dict[str, str]


def both(en: str, es: str) -> Text:
    return {"en": en, "es": es}


def same(text: str) -> Text:
    return both(text, text)


def tenths(percent: int) -> Text:
    k = int(percent / 10 + 0.5)
    return both(f"about {k} in 10", f"unos {k} de cada 10")


def share(percent: int, wide: int) -> dict[str, Any]:
    low, high = max(5, percent - wide), min(95, percent + wide)
    return {
        "share": {"percent": percent, "low": low, "high": high},
        "words": tenths(percent),
        "range": both(
            f"between {low // 10} and {-(-high // 10)}",
            f"entre {low // 10} y {-(-high // 10)}",
        ),
    }


MEASURES = {
    "no_df": both("No D or F", "Ninguna D ni F"),
    "on_track": both("On track", "En buen camino"),
    "a_g": both("C or better in every A–G course", "C o más en todos los cursos A–G"),
}
PARTS = {
    "df_count": (
        both("How many D’s or F’s does a student have?", "¿Cuántas D o F tiene cada estudiante?"),
        "no_df",
        [
            both("3 or more D’s or F’s", "3 o más D o F"),
            both("1 or 2 D’s or F’s", "1 o 2 D o F"),
            both("No D or F", "Ninguna D ni F"),
        ],
    ),
    "track": (
        both("Is the student on track?", "¿Va la o el estudiante en buen camino?"),
        "on_track",
        [both("Not on track", "No va en buen camino"), both("On track", "Va en buen camino")],
    ),
    "ag_all": (
        both("Is every A–G course a C or better?", "¿Tiene C o más en todos los cursos A–G?"),
        "a_g",
        [
            both("Under C in some A–G course", "Menos de C en algún curso A–G"),
            both("C or better in every A–G course", "C o más en todos los cursos A–G"),
        ],
    ),
}
STAGES = [
    both("Not yet", "Todavía no"),
    both("Trying it out", "A prueba"),
    both("In some units", "En algunas unidades"),
    both("In most units", "En la mayoría de las unidades"),
    both("Always", "Siempre"),
]
PRACTICES = {
    "minimum_score": both(
        "No score counts less than 50 percent", "Ninguna nota cuenta menos del 50 por ciento"
    ),
    "retakes": both(
        "Students may retake a test or redo work after they have studied again",
        "Los estudiantes pueden repetir una prueba o un trabajo después de volver a estudiar",
    ),
    "makeup_days": both(
        "There are set days on which missing work can be made up",
        "Hay días fijos para entregar los trabajos que faltan",
    ),
    "late_work": both(
        "Late work is taken, and being late costs little or nothing",
        "Se aceptan trabajos tarde, y el retraso cuesta poco o nada",
    ),
    "missing_code": both(
        "Missing work is marked with a code that shows what is still owed",
        "El trabajo que falta lleva un código que muestra lo que aún se debe",
    ),
    "shared_weights": both(
        "All courses of the same name weigh homework, tests and projects alike",
        "Todos los cursos del mismo nombre dan el mismo peso a tareas, pruebas y proyectos",
    ),
    "behavior_apart": both(
        "Behavior and extra credit stay out of the mark",
        "La conducta y los puntos extra no entran en la calificación",
    ),
    "weekly_check": both(
        "A short check each week shows who has met the standard",
        "Una comprobación breve cada semana muestra quién alcanzó el estándar",
    ),
}
#: Of three teams, how many are at each stage, and where most of them moved.
ADOPTED: dict[str, tuple[list[int], str | None]] = {
    "minimum_score": ([0, 0, 0, 1, 2], "up"),
    "retakes": ([0, 0, 0, 3, 0], "same"),
    "makeup_days": ([0, 1, 1, 1, 0], "up"),
    "late_work": ([0, 0, 2, 0, 1], "down"),
    "missing_code": ([0, 0, 0, 2, 1], "up"),
    "shared_weights": ([2, 1, 0, 0, 0], None),
    "behavior_apart": ([1, 1, 1, 0, 0], "same"),
    "weekly_check": ([0, 2, 0, 1, 0], "up"),
}
DIALS = [
    (
        "missing",
        both("Missing work", "Trabajo que falta"),
        [
            ("zero", both("Counts as zero", "Cuenta como cero")),
            ("floor", both("Counts as 50 %", "Cuenta como 50 %")),
            ("excused", both("Does not count", "No cuenta")),
        ],
    ),
    (
        "retake",
        both("Retakes", "Segundas oportunidades"),
        [
            ("no", both("None", "Ninguna")),
            ("yes", both("One, for scores under 70 %", "Una, para notas de menos de 70 %")),
        ],
    ),
    (
        "late",
        both("Late work", "Trabajo tarde"),
        [
            ("ten", both("10 points less a day", "10 puntos menos por día")),
            ("free", both("Costs nothing", "No cuesta nada")),
        ],
    ),
]
#: Points that each position of a dial adds.
ADDS = {
    "no_df": ((0, 7, 12), (0, 4), (0, 1)),
    "on_track": ((0, 5, 9), (0, 1), (0, 0)),
    "a_g": ((0, 0, 4), (0, 5), (0, 0)),
}
UNDER = [29, 31, 27, 30, 33, 28, 30, None, 29, 24, 22, 21, 23, 20, 19, 22, 18, 20]
MISSING = [12, 14, 11, 13, 12, 15, 13, None, 14, 11, 12, 10, 13, 9, 12, 11, 5, 10]
MONTHS = {8: ("Aug", "ago"), 9: ("Sep", "sept"), 10: ("Oct", "oct"), 11: ("Nov", "nov"), 12: ("Dec", "dic")}
FRIDAYS = [datetime.date(2026, 8, 21) + datetime.timedelta(weeks=week) for week in range(18)]


def run(key: str, values: list[int | None], shift: int) -> dict[str, Any]:
    found = [None if value is None else max(5, value + shift) for value in values]
    shown = sorted(value for value in found if value is not None)
    points = [
        {
            "week": str(day),
            "label": both(f"{MONTHS[day.month][0]} {day.day}", f"{day.day} de {MONTHS[day.month][1]}"),
            **({} if value is None else {"percent": value}),
        }
        for day, value in zip(FRIDAYS, found, strict=True)
    ]
    under = key == "under_passing"
    return {
        "id": key,
        "title": both("Work of each week under 60 %", "Trabajo de cada semana por debajo de 60 %")
        if under
        else both("Work of each week not handed in", "Trabajo de cada semana sin entregar"),
        "points": points,
        "middle": shown[len(shown) // 2],
        "phases": [{"week": "2026-10-23", "title": both("50 % minimum", "Mínimo de 50 %")}],
        "sentence": both(
            "Down since “50 % minimum”: 29 % of a week’s work before, 21 % after (the middle week of each). "
            "That it came after does not say that it came from it.",
            "Bajó desde «Mínimo de 50 %»: 29 % del trabajo de una semana antes, 21 % después (la semana del "
            "medio de cada parte). Que haya venido después no dice que venga de ello.",
        )
        if under
        else both(
            "About the same since “50 % minimum”: nothing but chance is to be seen.",
            "Casi igual desde «Mínimo de 50 %»: solo se ve el azar.",
        ),
        "note": both(
            "A week is left out where fewer than 20 students had work in it.",
            "Se omite una semana donde menos de 20 estudiantes tuvieron trabajo.",
        ),
    }


def adopted(one: bool) -> list[dict[str, Any]]:
    cells = []
    for key, (teams, moved) in ADOPTED.items():
        if one:
            at = next(stage for stage, count in enumerate(teams) if count)
            teams = [int(stage == at) for stage in range(len(STAGES))]
        use, n = teams[3] + teams[4], sum(teams)
        words = both(f"In use in {use} of {n} teams", f"En uso en {use} de {n} equipos")
        cell = {"practice": key, "teams": teams, "words": STAGES[at] if one else words, "in_use": use == n}
        cells.append(cell | ({} if moved is None else {"moved": moved}))
    return cells


def says(choices: tuple[int, ...]) -> Text:
    if not any(choices):
        return both("As it is now.", "Como es ahora.")
    parts = [
        (title, options[choice][1])
        for (_, title, options), choice in zip(DIALS, choices, strict=True)
        if choice
    ]
    return {
        language: "; ".join(f"{title[language]}: {what[language].lower()}" for title, what in parts) + "."
        for language in ("en", "es")
    }


def lab(now: dict[str, int]) -> dict[str, Any]:
    tried = []
    for choices in itertools.product(*(range(len(options)) for _, _, options in DIALS)):
        outcomes = []
        for key, percent in now.items():
            more = sum(add[choice] for add, choice in zip(ADDS[key], choices, strict=True))
            then = percent + more if more > 3 else percent
            tenth = both(f"{more} in 100 more students.", f"{more} de cada 100 estudiantes más.")
            coded = {"coded": "top"} if then >= 95 else {}
            # Where two tenths would be the same, whole percents are said.
            said = (
                both(f"{then} in 100", f"{then} de cada 100")
                if tenths(then) == tenths(percent)
                else tenths(then)
            )
            outcomes.append(
                {
                    "scale": key,
                    "percent": min(95, then),
                    "words": both("nearly all", "casi todos")
                    if coded
                    else said
                    if more > 3
                    else tenths(percent),
                    "beside": "more" if more > 3 else "same",
                    "sentence": tenth if more > 3 else both("About the same.", "Más o menos igual."),
                    **coded,
                }
            )
        tried.append({"choices": list(choices), "outcomes": outcomes, "says": says(choices)})
    return {
        "tried": tried,
        "note": both(
            "A difference that 1 to 10 students make is called about the same.",
            "Una diferencia que hacen de 1 a 10 estudiantes se llama más o menos igual.",
        ),
    }


def groups(now: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for place, (label, less) in enumerate(((both("Yes", "Sí"), 14), (both("No", "No"), -6))):
        cells = [
            {
                "scale": key,
                **share(percent - less, 9),
                "verdict": "clear" if key == "no_df" else "cannot_tell",
                "sentence": both(
                    "Fewer than other students: about 2 in 10 fewer.",
                    "Menos que los demás: unos 2 de cada 10 menos.",
                )
                if key == "no_df"
                else both("Cannot tell.", "No se puede saber."),
            }
            for key, percent in now.items()
        ]
        band = both("40 to 99 students", "de 40 a 99 estudiantes")
        rows.append({"id": f"english_learner-{place}", "label": label, "students": band, "cells": cells})
    say = both(
        "No D or F: fewer students in the group “English learner” than other students (about 2 in 10 fewer).",
        "Ninguna D ni F: menos estudiantes del grupo «Estudiante que aprende inglés» que los demás (unos "
        "2 de cada 10 menos).",
    )
    return [{"variable": "english_learner", "say": [say], "rows": rows}]


def change(now: dict[str, int]) -> dict[str, Any]:
    cells = []
    for key, percent in now.items():
        before = percent - (9 if key == "no_df" else 1)
        one, two = tenths(before), tenths(percent)
        clear = key == "no_df"
        cells.append(
            {
                "scale": key,
                "before": share(before, 6)["share"],
                "now": share(percent, 6)["share"],
                "words": both(f"{one['en']} then, {two['en']} now", f"{one['es']} antes, {two['es']} ahora"),
                "verdict": "clear" if clear else "about_the_same",
                **({"direction": "up"} if clear else {}),
                "sentence": both("More students: about 1 in 10 more.", "Más estudiantes: 1 de cada 10 más.")
                if clear
                else both("About the same.", "Más o menos igual."),
            }
        )
    return {
        "title": both("Since spring 2026", "Desde la primavera de 2026"),
        "base": "all_students",
        "who": both(
            "It compares all students of one term with all of the other.",
            "Compara a todos los estudiantes de un período con todos los del otro.",
        ),
        "say": [
            both(
                "No D or F: more students than in spring.",
                "Ninguna D ni F: más estudiantes que en primavera.",
            )
        ],
        "cells": cells,
    }


def unit(key: str, title: Text, now: dict[str, int], shift: int, one: bool) -> dict[str, Any]:
    school = key != "all"
    items = []
    for name, (_, scale, labels) in PARTS.items():
        good = now[scale]
        split = (
            [100 - good, good]
            if len(labels) == 2
            else [(100 - good) // 3, 100 - good - (100 - good) // 3, good]
        )
        tones = ["unfavorable"] * (len(labels) - 1) + ["favorable"]
        parts = [
            {"label": label, "tone": tone, "percent": percent}
            for label, tone, percent in zip(labels, tones, split, strict=True)
        ]
        items.append({"item": name, **share(good, 6), "parts": parts})
    k = tenths(now["no_df"])
    return {
        "id": key,
        "kind": "school" if school else "all",
        "title": title,
        **({"parent": "all"} if school else {}),
        "students": both("100 to 299 students", "de 100 a 299 estudiantes")
        if school
        else both("300 students or more", "300 estudiantes o más"),
        "say": [
            both(
                f"No D or F: {k['en']} students (between 5 and 7).",
                f"Ninguna D ni F: {k['es']} estudiantes (entre 5 y 7).",
            )
        ],
        "scales": [{"scale": scale, **share(percent, 6)} for scale, percent in now.items()],
        "items": items,
        "groups": groups(now) if school else [],
        "hidden": [
            both(
                "Some groups are combined, to protect students.",
                "Algunos grupos se unen, para proteger a los estudiantes.",
            )
        ],
        **({"change": change(now)} if school else {}),
        "practices": adopted(one),
        "weeks": [run("under_passing", UNDER, shift), run("missing", MISSING, shift // 2)],
        "lab": lab(now),
    }


def marks_view() -> dict[str, Any]:
    """Return the view as a document that a test may change."""
    strategy = {
        "id": "makeup_friday",
        "title": both("Make-up Friday", "Viernes de recuperación"),
        "scales": ["no_df"],
        "what": both("One Friday a month for missing work.", "Un viernes al mes para el trabajo que falta."),
        "steps": [both("Agree on the day.", "Acordar el día.")],
        "look_at": both("How much work comes in.", "Cuánto trabajo llega."),
        "source": both("Written for relsurvey", "Escrito para relsurvey"),
    }
    rule = {
        "title": both("On track (Chicago)", "En buen camino (Chicago)"),
        "paragraphs": [
            both(
                "A student is on track with 5 credits or more and no more than one F in a core course.",
                "Va en buen camino quien tiene 5 créditos o más y no más de una F en un curso básico.",
            ),
            both("Source: University of Chicago Consortium", "Fuente: University of Chicago Consortium"),
        ],
    }
    view = {
        "format": 1,
        "subject": "marks",
        "id": "grading-practices-fall",
        "title": both("Grading practices", "Prácticas de calificación"),
        "languages": ["en", "es"],
        "simulated": True,
        "wave": both("Fall", "Otoño"),
        "audience": both(
            "For the teacher teams of these schools.", "Para los equipos docentes de estas escuelas."
        ),
        "publisher": both(
            "Made with relsurvey 0.1.0. Aggregates only.", "Hecho con relsurvey 0.1.0. Solo datos agregados."
        ),
        "made": "2026-12-20",
        "promise": both(
            "About all ninth-grade teachers together. No one can see one teacher, one class or one student.",
            "Habla de todos los maestros de noveno grado en conjunto. Nadie puede ver a un maestro, una "
            "clase ni un estudiante.",
        ),
        "license": both(
            "From the schools’ own gradebooks.", "De los registros de calificaciones de las escuelas."
        ),
        "favorable": both(
            "Counted from the marks in the gradebooks: of 100 students, how many it holds for.",
            "Se cuenta a partir de las calificaciones: de cada 100 estudiantes, en cuántos se cumple.",
        ),
        "scales": [
            {
                "id": key,
                "title": title,
                "items": [name for name, (_, scale, _) in PARTS.items() if scale == key],
                "reading": "report",
                "note": both(
                    "Counted from marks, not asked.", "Se cuenta de las calificaciones, no se pregunta."
                ),
            }
            for key, title in MEASURES.items()
        ],
        "items": [{"id": name, "text": text, "scale": scale} for name, (text, scale, _) in PARTS.items()],
        "variables": [
            {"id": "english_learner", "title": both("English learner", "Estudiante que aprende inglés")}
        ],
        "units": [
            unit(
                "all",
                both("All schools", "Todas las escuelas"),
                {"no_df": 60, "on_track": 78, "a_g": 52},
                0,
                False,
            ),
            unit(
                "sierra-norte",
                same("Sierra Norte High (simulated)"),
                {"no_df": 58, "on_track": 76, "a_g": 49},
                3,
                False,
            ),
            unit(
                "paper-lantern",
                same("Paper Lantern High (simulated)"),
                {"no_df": 64, "on_track": 92, "a_g": 55},
                -4,
                True,
            ),
        ],
        "strategies": [strategy],
        "practices": [{"id": key, "title": title} for key, title in PRACTICES.items()],
        "stages": STAGES,
        "rules": [rule],
        "dials": [
            {"id": key, "title": title, "choices": [{"id": name, "title": text} for name, text in choices]}
            for key, title, choices in DIALS
        ],
        "about": [
            {
                "title": both("Simulated data", "Datos simulados"),
                "paragraphs": [
                    both("These marks were made by a program.", "Estas calificaciones las hizo un programa.")
                ],
            }
        ],
        "ledger": [
            {
                "step": "marks",
                "what": both("Marks are those of the file.", "Las calificaciones son las del archivo."),
                "why": both("11 rows or more", "11 filas o más"),
            }
        ],
        "provenance": {
            "package": "relsurvey 0.1.0",
            "instrument": "grading-practices-view",
            "instrument_version": "1",
            "instrument_sha256": "0" * 64,
            "input_sha256": ["1" * 64],
            "settings": {"min_n": 11, "same_within": 10},
        },
    }
    document: dict[str, Any] = json.loads(View.model_validate(view).to_json())
    return document


def text() -> str:
    """Return what belongs in the file."""
    return json.dumps(marks_view(), ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
