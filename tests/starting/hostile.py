"""An instrument whose texts try to be something else: code, tags, formulas, lines of YAML."""

from __future__ import annotations

import json

from relsurvey.instrument import Instrument

TEXTS = (
    "</script><img src=x onerror=alert(1)>",
    '"); FormApp.create("mine"); ("',
    "`${process.exit(1)}` ${q://QID1/ChoiceGroup}",
    "line\u2028paragraph\u2029end",
    "[[PageBreak]]",
    "[[Question:MC]] [[Choices]]",
    "=1+1",
    "@SURVEY@",
    "*/ // <!-- --> {{x}} #",
    "\\u0022 \\",
    "ñandú 😀 ¿por qué?",
    "AT&T &amp; &#60;b&#62;",
)
LABELS = ("=0", '"quoted"', "[[Choice:9]]", "<b>4</b>", "\\5")


def _text() -> str:
    """Return the YAML: JSON is YAML, but for what YAML takes for a line end."""
    options = [
        {"code": code, "label": label, **({"favorable": True} if code > 3 else {})}
        for code, label in enumerate(LABELS, 1)
    ]
    items = {f"q{number}": {"text": text, "options": "odd"} for number, text in enumerate(TEXTS)}
    categories = [
        {"id": f"c{n}", "label": label} for n, label in enumerate(("a, b", "c; d", "</script>", "e"))
    ]
    text = json.dumps(
        {
            "format": 1,
            "id": "../hostile",
            "version": "1",
            "title": "</script><b>title</b> [[Block]]",
            "source": "Written for relsurvey.",
            "options": {"odd": [*options, {"label": "-- Not sure --", "counted": False}]},
            "scales": {"all": {"title": "All", "items": list(items)}},
            "items": items,
            "groups": {
                "g": {
                    "title": "Group <g>",
                    "multiple": True,
                    "combine": "two_or_more",
                    "categories": [*categories, {"id": "two_or_more", "label": "Two or more"}],
                }
            },
            "identity": {"respondent": "id [[ID:x]]", "school": {"text": "School?"}},
            "comments": [{"id": "take_part", "text": "Else? <i>"}],
            "safety": {"contact": "Ms. <b>O'Hara</b> [[DB]]", "read_within_days": 0},
        },
        ensure_ascii=False,
    )
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


HOSTILE = Instrument.parse(_text())
