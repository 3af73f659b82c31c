"""YAML text → plain data and the line each part stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from relsurvey.errors import InstrumentError

_LIMIT = 1_000_000

Place = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader without YAML 1.1's surprises: ``Yes`` stays a word, a date stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp"
        and not (tag == "tag:yaml.org,2002:bool" and first in "yYnNoO")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str, name: str, kind: str = "an instrument") -> tuple[dict[str, Any], dict[Place, int]]:
    """Parse the YAML of an instrument or of a mapping.

    Parameters
    ----------
    text
        The file's text.
    name
        The file's name, for messages.
    kind
        What messages call such a file.

    Returns
    -------
    tuple
        The document as plain data, and the line (from 1) of every key and list entry by its place.

    Raises
    ------
    InstrumentError
        If the text is not one YAML mapping, repeats a key or uses aliases.
    """
    if len(text) > _LIMIT:
        raise InstrumentError(
            f"{name}: {kind} is a text of at most 1 MB; this one is larger. Is it the right file?"
        )
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        if not isinstance(node, yaml.MappingNode):
            raise InstrumentError(f"{name}, line 1: {kind} starts with keys such as `key: value`.")
        _walk(node, (), lines, set(), name)
        data: dict[str, Any] = loader.construct_document(node)
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        line = mark.line + 1 if mark else 1
        raise InstrumentError(
            f"{name}, line {line}: this is not valid YAML ({cause.problem}). "
            "Check indents, colons and quotes there."
        ) from cause
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        raise InstrumentError(
            f"{name}: this is not valid YAML. Check that it is a plain UTF-8 text file."
        ) from cause
    finally:
        if loader is not None:
            loader.dispose()
    return data, lines


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], seen: set[int], name: str) -> None:
    line = node.start_mark.line + 1
    if id(node) in seen:
        # An alias: a few lines of them can unfold to gigabytes.
        raise InstrumentError(
            f"{name}: YAML aliases (`*name`) are not read here. Write the part out, or name an option set."
        )
    seen.add(id(node))
    lines.setdefault(place, line)
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            text = str(key.value)
            if text in keys:
                raise InstrumentError(
                    f"{name}, line {key.start_mark.line + 1}: `{text}` stands here twice. Keep one."
                )
            keys.add(text)
            lines[(*place, text)] = key.start_mark.line + 1
            _walk(value, (*place, text), lines, seen, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*place, index)] = value.start_mark.line + 1
            _walk(value, (*place, index), lines, seen, name)


def line_of(place: Sequence[str | int], lines: dict[Place, int]) -> int:
    """Return the line of a place, or of the nearest thing that holds it."""
    known: Place = ()
    for part in place:
        if (*known, part) in lines:
            known = (*known, part)
    return lines.get(known, 1)
