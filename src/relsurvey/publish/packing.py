"""A view as a page carries it: each text that stands more than once stands once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

#: What stands in a text's place; no part of a view has such a key.
_REFERENCE = "$"


def packed(view_json: str) -> str:
    """Return a view's JSON with its repeated texts in a list, and their numbers where they stood.

    Parameters
    ----------
    view_json
        The view, as :meth:`relsurvey.view.model.View.to_json` returns it.

    Notes
    -----
    Answers' labels and verdicts are said again in every unit: of a view of ten units this leaves half. The
    page puts them back (``widgets/core/read.ts``).

    Examples
    --------
    >>> packed('{"languages": ["en"], "a": {"en": "Often"}, "b": [{"en": "Often"}, {"en": "Never"}]}')
    '{"packed":[{"en":"Often"}],"view":{"languages":["en"],"a":{"$":0},"b":[{"$":0},{"en":"Never"}]}}'
    >>> unpacked(_)["b"]
    [{'en': 'Often'}, {'en': 'Never'}]
    """
    view = json.loads(view_json)
    languages = set(view["languages"])
    found: Counter[str] = Counter()

    def seen(value: Any) -> None:
        if _is_text(value, languages):
            found[_text(value)] += 1
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                seen(part)

    seen(view)
    numbers = {text: number for number, text in enumerate(t for t, times in found.items() if times > 1)}

    def put(value: Any) -> Any:
        if _is_text(value, languages):
            number = numbers.get(_text(value))
            return value if number is None else {_REFERENCE: number}
        if isinstance(value, dict):
            return {key: put(part) for key, part in value.items()}
        return [put(part) for part in value] if isinstance(value, list) else value

    return _text({"packed": [json.loads(text) for text in numbers], "view": put(view)})


def unpacked(text: str) -> Any:
    """Return the view of a page, as a dictionary."""
    held = json.loads(text)
    texts = held["packed"]

    def back(value: Any) -> Any:
        if isinstance(value, dict):
            if _REFERENCE in value:
                return texts[value[_REFERENCE]]
            return {key: back(part) for key, part in value.items()}
        return [back(part) for part in value] if isinstance(value, list) else value

    return back(held["view"])


def _is_text(value: Any, languages: set[str]) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == languages
        and all(isinstance(said, str) for said in value.values())
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
