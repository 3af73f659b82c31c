"""What a person chose about a file, step by step, and the call that does the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

_WIDTH = 100
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Choices:
    """Everything that a person may change, as one value; a change makes a new one.

    Attributes
    ----------
    columns, missing, labels
        As in :class:`relsurvey.Mapping`; what fits by itself does not stand here.
    wave, school
        Of every row; empty where the file says it.
    lenient
        Whether texts that fit no answer are left out.

    Examples
    --------
    >>> Choices().with_column("Q1", "care_1").with_missing("care_2").mapping()
    {'columns': {'Q1': 'care_1'}, 'missing': ['care_2']}
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, float | str | None]] = field(default_factory=dict)
    wave: str = ""
    school: str = ""
    lenient: bool = False

    def with_column(self, name: str, target: str | None) -> Choices:
        """Say what a column holds; None leaves it out."""
        missing = tuple(item for item in self.missing if item != target)
        return replace(self, columns={**self.columns, name: target}, missing=missing)

    def with_missing(self, *items: str, missing: bool = True) -> Choices:
        """Say that the file does not ask some questions, or take that back."""
        kept = tuple(item for item in self.missing if item not in items)
        return replace(self, missing=(*kept, *items) if missing else kept)

    def with_label(self, key: str, label: str, target: str | None) -> Choices:
        """Say what a label means; None is no answer."""
        return replace(self, labels={**self.labels, key: {**self.labels.get(key, {}), label: target}})

    def without_label(self, key: str, label: str) -> Choices:
        """Leave it open what a label means."""
        rest = {text: target for text, target in self.labels.get(key, {}).items() if text != label}
        labels = {**self.labels, key: rest}
        return replace(self, labels={name: meant for name, meant in labels.items() if meant})

    def mapping(self) -> dict[str, Any]:
        """Return the parts of a mapping that there are, as :func:`relsurvey.read` takes them."""
        parts = {
            "columns": dict(self.columns),
            "missing": list(self.missing),
            "labels": {key: dict(meant) for key, meant in self.labels.items()},
        }
        return {name: part for name, part in parts.items() if part}


class History(Generic[_Value]):
    """Choices in the order in which they were made: back, forward again, and on from where one is.

    Examples
    --------
    >>> history = History(Choices())
    >>> history.add(Choices(wave="fall"))
    >>> history.move(-1), history.now.wave, history.ahead
    (True, '', True)
    """

    def __init__(self, first: _Value) -> None:
        self._steps = [first]
        self._at = 0

    @property
    def now(self) -> _Value:
        """What holds now."""
        return self._steps[self._at]

    @property
    def behind(self) -> bool:
        """Whether there is something to undo."""
        return self._at > 0

    @property
    def ahead(self) -> bool:
        """Whether there is something to do again."""
        return self._at < len(self._steps) - 1

    def add(self, choices: _Value) -> None:
        """Go on; what was undone before is forgotten, and no change is no step."""
        if choices != self.now:
            self._steps[self._at + 1 :] = [choices]
            self._at += 1

    def move(self, step: int) -> bool:
        """Go one step back (-1) or forward again (1), and say whether there was one."""
        if not 0 <= self._at + step < len(self._steps):
            return False
        self._at += step
        return True


def call(
    sources: Sequence[str],
    instrument: str,
    *,
    mapping: Mapping[str, Any] | None = None,
    roster: str | None = None,
    choices: Choices,
    beside: Sequence[str] = (),
) -> str:
    """Return the line of Python that reads the same study.

    Parameters
    ----------
    sources, instrument, roster
        As they stand in the code.
    mapping
        Parts of a mapping, or None for none.
    choices
        Where wave, school and lenience come from.
    beside
        Names of files that have to be put beside the notebook first.

    Examples
    --------
    >>> print(call(['"a.csv"'], '"five-elements"', choices=Choices(wave="fall")))
    study = rs.read("a.csv", "five-elements", wave="fall")
    """
    words = [sources[0] if len(sources) == 1 else f"[{', '.join(sources)}]", instrument]
    if mapping is not None:
        words.append(f"mapping={literal(mapping)}")
    words += [
        f"{name}={literal(value)}"
        for name, value in (("wave", choices.wave), ("school", choices.school))
        if value
    ]
    if roster is not None:
        words.append(f"roster={roster}")
    if choices.lenient:
        words.append("strict=False")
    return spread("study = rs.read", words, beside)


def spread(head: str, words: Sequence[str], beside: Sequence[str]) -> str:
    """Return a call in one line, or in several if it is long, under a remark about files.

    Parameters
    ----------
    head
        What is called, and the name it is given.
    words
        What stands between the brackets.
    beside
        Names of files that have to be put beside the notebook first.
    """
    line = f"{head}({', '.join(words)})"
    if len(line) > _WIDTH:
        line = f"{head}(\n" + "".join(f"    {word},\n" for word in words) + ")"
    # In quotes, so that no name of a file can end the comment.
    names = " and ".join(literal(name) for name in beside)
    return f"# Put {names} beside this notebook.\n{line}" if beside else line


def literal(value: Any) -> str:
    r"""Return texts, numbers, None, lists and dicts as Python reads them.

    Examples
    --------
    >>> literal({"Q\n1": None, "b": [1.0, "sí"]})
    '{"Q\\n1": None, "b": [1.0, "sí"]}'
    """
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        plain = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped)
        return f'"{"".join(plain)}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)
