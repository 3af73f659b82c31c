"""A view with everything in it that a workbook or a deck may meet, and its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from relsurvey.view.model import View

#: What tries to be a formula, a link, a reference, markup, a name of a sheet; and what XML cannot hold.
HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=2",
    "#N/A",
    "http://evil.example/" + "a" * 3_000,
    "nul \x00 bell \x07 escape _x0041_ \ud800 \ufffe end",
    "</a:t></c:v><script>alert(1)</script>&amp;",
    "[History]:*?/\\'" + "z" * 50,
    "ñ" * 40_000,
    "",
)


def say(words: str) -> dict[str, str]:
    return {"en": words, "es": f"{words} (es)"}


def share(percent: int, low: int, high: int, coded: str | None = None) -> dict[str, Any]:
    return {"percent": percent, "low": low, "high": high, "coded": coded}


def parts(*percents: int, turned: bool = False) -> list[dict[str, Any]]:
    labels = ["Never", "Rarely", "Sometimes", "Often", "Always"]
    tones = ["unfavorable", "unfavorable", "neutral", "favorable", "favorable"]
    return [
        {"label": say(label), "tone": tone, "percent": percent}
        for label, tone, percent in zip(labels[::-1] if turned else labels, tones, percents, strict=True)
    ]


def _group(scale: str, one: dict[str, Any] | None, verdict: str | None = None) -> dict[str, Any]:
    words = say("about 6 in 10" if one else "Not shown, to protect a small group.")
    cell = {"scale": scale, "share": one, "words": words, "verdict": verdict}
    return {
        **cell,
        "reason": None if one else "protected",
        "sentence": say("About the same.") if verdict else None,
    }


def _unit(name: str, kind: str, percent: int, **more: Any) -> dict[str, Any]:
    rows = [
        {
            "id": "language-0",
            "label": say("Spanish"),
            "students": say("40 to 99 students"),
            "cells": [_group("care", share(61, 52, 70), "about_the_same"), _group("power", None)],
        },
        {
            "id": "language-1",
            "label": say("English"),
            "students": say("100 to 299 students"),
            "cells": [_group("care", share(58, 47, 68), "clear"), _group("power", share(95, 90, 95, "top"))],
        },
    ]
    return {
        "id": name,
        "kind": kind,
        "title": say(f"The {name}"),
        "students": say("100 to 299 students"),
        "say": [say(f"About 7 in 10 feel cared for in the {name}."), say("Another sentence.")],
        "scales": [
            {
                "scale": "care",
                "share": share(percent, percent - 9, percent + 8),
                "words": say("about 7 in 10"),
                "range": say("between 6 and 8"),
                "reference": {"percent": 66, "kind": "rest_of_school", "words": say("others: about 7 in 10")},
            },
            {"scale": "power", "share": share(95, 91, 95, "top"), "words": say("nearly all")},
            {"scale": "hope", "words": say("2 questions, read one by one"), "reason": "one_by_one"},
        ],
        "items": [
            {
                "item": "care_1",
                "share": share(72, 63, 79),
                "words": say("about 7 in 10"),
                "range": say("between 6 and 8"),
                "parts": parts(3, 7, 18, 31, 41),
                "not_counted": 2,
            },
            {
                "item": "care_2",
                "share": share(64, 55, 72),
                "words": say("about 6 in 10"),
                "range": say("between 5 and 8"),
                "parts": parts(4, 11, 21, 36, 28, turned=True),
                "not_counted": 6,
            },
            {"item": "power_1", "words": say("Too few students to show."), "reason": "too_few"},
            {
                "item": "alone",
                "share": share(5, 5, 9, "bottom"),
                "words": say("almost none"),
                "parts": parts(80, 10, 5, 3, 2),
            },
        ],
        "groups": [
            {
                "variable": "language",
                "say": [say("These groups say about the same.")],
                "rows": rows,
                "note": say("Some groups were joined."),
                "comparable": say("Not checked."),
            },
            {"variable": "gender", "note": say("Not shown: one could tell too closely.")},
            {"variable": "language*gender", "say": [say("TWO-WAY")], "rows": rows},
        ],
        "hidden": [say("Some groups are combined.")],
        "change": {
            "title": say("Since fall"),
            "base": "all_students",
            "who": say("100 to 299 students then."),
            "say": [say("Express care: up since fall.")],
            "cells": [
                {
                    "scale": "care",
                    "before": share(56, 46, 65),
                    "now": share(percent, percent - 9, percent + 8),
                    "words": say("About 6 in 10 then, about 7 in 10 now"),
                    "verdict": "clear",
                    "direction": "up",
                    "sentence": say("Up since fall."),
                },
                {"scale": "power", "words": say("Too few students."), "reason": "too_few"},
            ],
        },
        "comments": [{"question": say("What else?"), "texts": ["A COMMENT"]}],
        "cards": [
            {
                "made": "2025-10-01",
                "wave": say("Fall"),
                "scale": "care",
                "strategy": "two_by_ten",
                "noticed": "Few are greeted.",
                "trying": "Two minutes a day.",
                "who": "All of us",
                "by_when": "Friday",
                "looking_at": "Days kept",
            }
        ],
        **more,
    }


def office_view(min_n: int = 11) -> View:
    """Return a view of all schools, of a school and of a team."""
    scales = {"care": ["care_1", "care_2"], "power": ["power_1"], "hope": []}
    items = {"care_1": "care", "care_2": "care", "power_1": "power", "alone": None}
    document = {
        "id": "office",
        "title": say("What ninth-graders say"),
        "languages": ["en", "es"],
        "simulated": True,
        "wave": say("Spring"),
        "audience": say("For the ninth-grade team."),
        "publisher": say("Made by a test."),
        "made": "2026-01-31",
        "promise": say("No one can see one student."),
        "license": say("Written for relsurvey."),
        "favorable": say("Often or always."),
        "scales": [
            {
                "id": name,
                "title": say(f"Scale {name}"),
                "items": of,
                "reading": "one_by_one" if name == "hope" else "report",
                "note": say("It hangs together."),
            }
            for name, of in scales.items()
        ],
        "items": [
            {
                "id": name,
                "text": say(f"Question {name}?"),
                "scale": scale,
                "reverse": name == "care_2",
                "not_counted": say("Not sure") if scale == "care" else None,
            }
            for name, scale in items.items()
        ],
        "not_counted": say("Not sure"),
        "variables": [
            {"id": name, "title": say(f"Kind {name}")} for name in ("language", "gender", "language*gender")
        ],
        "units": [
            _unit("school", "school", 71),
            _unit("team", "team", 74, parent="school", groups=[], cards=[], change=None),
            _unit("all", "all", 69),
        ],
        "strategies": [
            {
                "id": "two_by_ten",
                "title": say("2×10"),
                "scales": ["care"],
                "what": say("Two minutes a day."),
                "steps": [say("Pick a student."), say("Ask and listen.")],
                "look_at": say("Days kept."),
                "source": say("A practice."),
            }
        ],
        "about": [
            {
                "title": say("How sure is this?"),
                "paragraphs": [say("The thin line shows it.")],
                "head": [say("Scale"), say("Read it")],
                "rows": [[say("Scale care"), say("as one")]],
            }
        ],
        "ledger": [{"step": "open", "what": say("The file was read."), "why": say("11 rows or more")}],
        "provenance": {
            "package": "relsurvey 0",
            "instrument": "small",
            "instrument_version": "1",
            "instrument_sha256": "0" * 64,
            "input_sha256": ["1" * 64],
            "settings": {"min_n": min_n, "same_within": 10},
            "certificate": {
                "package": "0",
                "methods": ["rank"],
                "min_n": 11,
                "width": 50,
                "tables_shown": 13,
                "tables_hidden": 1,
                "groups_shown": 40,
                "groups_hidden": 20,
                "figures_withheld": 16,
                "narrowest": 51,
            },
        },
    }
    return View.model_validate(document)


def hostile_view() -> View:
    """Return that view with a hostile text in place of each of its texts, and in its team's own words."""
    texts = iter(HOSTILE * 200)

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            if set(value) == {"en", "es"}:
                return dict.fromkeys(value, next(texts))
            return {name: spoil(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [spoil(part, key) for part in value]
        own = ("noticed", "trying", "who", "by_when", "looking_at", "instrument", "package", "made")
        return next(texts) if key in own and isinstance(value, str) else value

    return View.model_validate(spoil(office_view().model_dump()))


def numbers(view: View) -> set[int]:
    """Return every number of a view."""

    def walk(value: Any) -> Iterator[int]:
        if isinstance(value, dict):
            for part in value.values():
                yield from walk(part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield value

    return set(walk(json.loads(view.to_json())))
