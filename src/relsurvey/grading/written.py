"""Rules that a school writes down: checked models that are read from YAML or made in Python."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from relsurvey.errors import InstrumentError, PolicyError
from relsurvey.instrument import source
from relsurvey.instrument.document import first, parsed, text_of


class Part(BaseModel):
    """A frozen part of such rules that accepts no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, coerce_numbers_to_str=True)


class Written(Part, ABC):
    """Rules with an id. What is wrong with them is one sentence, whether they are a file or Python."""

    #: What messages call them where they have no id; as a file; and with its article.
    called: ClassVar[str]
    file: ClassVar[str]
    kind: ClassVar[str]

    id: str

    def __init__(self, /, **parts: Any) -> None:
        try:
            super().__init__(**parts)
        except ValidationError as cause:
            raise PolicyError(f"{parts.get('id', self.called)}: {first(cause)[1]}") from cause
        for _, problem in self.problems():
            raise PolicyError(f"{self.id}: {problem}")

    @abstractmethod
    def problems(self) -> Iterator[tuple[source.Place, str]]:
        """Yield what the parts say against each other: the place, and a sentence with the fix."""

    @classmethod
    def parse(cls, text: str, name: str | None = None) -> Self:
        """Read them from YAML text.

        Parameters
        ----------
        text
            The YAML.
        name
            What messages call it.

        Raises
        ------
        PolicyError
            Naming the line and the fix.
        """
        try:
            return parsed(cls._of, text, name or cls.called, cls.problems, cls.kind)
        except InstrumentError as cause:
            raise PolicyError(str(cause)) from cause

    @classmethod
    def from_yaml(cls, path: str | Path) -> Self:
        """Read them from a YAML file.

        Raises
        ------
        PolicyError
            Naming the file, the line and the fix.
        """
        try:
            return cls.parse(text_of(Path(path), cls.file), Path(path).name)
        except InstrumentError as cause:
            raise PolicyError(str(cause)) from cause

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Self:
        """Return plain data as the model, past ``__init__``: its sentence would lose the line."""
        made = cls.__new__(cls)
        cls.__pydantic_validator__.validate_python(data, self_instance=made)
        return made
