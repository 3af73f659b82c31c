"""A small whole view, and what tries to break out of the page it stands in."""

from __future__ import annotations

from relsurvey.view.model import View

HOSTILE = (
    "</script><script>window.__broken=1</script><!--"
    '<img src=x onerror="window.__broken=2">\u2028\u2029{{7*7}}&amp;'
)


def small_view_json(title: str = "What ninth-graders say", text: str = "I feel heard here.") -> str:
    """Return the JSON of a view of one school, one scale and one question."""

    def say(words: str) -> dict[str, str]:
        return {"en": words, "es": words}

    share = {"percent": 70, "low": 60, "high": 79}
    view = {
        "id": "small",
        "title": say(title),
        "languages": ["en", "es"],
        "simulated": True,
        "wave": say("Spring"),
        "audience": say("For the ninth-grade team"),
        "publisher": say("Made by a test"),
        "made": "2026-01-31",
        "promise": say("No one can see one student."),
        "license": say("Written for relsurvey."),
        "favorable": say("Agree or strongly agree."),
        "scales": [
            {
                "id": "care",
                "title": say("Express care"),
                "items": ["care_1"],
                "reading": "report",
                "note": say("It hangs together."),
            }
        ],
        "items": [{"id": "care_1", "text": say(text), "scale": "care"}],
        "not_counted": say("Not sure"),
        "variables": [],
        "units": [
            {
                "id": "school",
                "kind": "school",
                "title": say(text),
                "students": say("100 to 299 students"),
                "say": [say("About 7 in 10 students feel cared for.")],
                "scales": [
                    {
                        "scale": "care",
                        "share": share,
                        "words": say("About 7 in 10"),
                        "range": say("between 6 and 8"),
                    }
                ],
                "items": [
                    {
                        "item": "care_1",
                        "share": share,
                        "words": say("About 7 in 10"),
                        "parts": [
                            {"label": say("Disagree"), "tone": "unfavorable", "percent": 30},
                            {"label": say("Agree"), "tone": "favorable", "percent": 70},
                        ],
                        "not_counted": 2,
                    }
                ],
                "groups": [],
            }
        ],
        "about": [],
        "ledger": [],
        "provenance": {
            "package": "0",
            "instrument": "small",
            "instrument_version": "1",
            "instrument_sha256": "0" * 64,
            "input_sha256": [],
            "settings": {"min_n": 10, "same_within": 10},
        },
    }
    return View.model_validate(view).to_json()
