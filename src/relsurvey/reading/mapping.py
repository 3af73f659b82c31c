"""What a person decided about one kind of file: which column is which question, which label which answer.

A mapping is a YAML file beside the answers, proposed by ``relsurvey check`` and edited by hand. Once a file
has been read with it, it is remembered by the fingerprint of the file's header, and the next file with that
header needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relsurvey.errors import InstrumentError, MatchError
from relsurvey.escape import one_line, slug, yaml_scalar
from relsurvey.instrument import Instrument, checks, source
from relsurvey.instrument.document import text_of
from relsurvey.reading.identity import home
from relsurvey.reading.match import kind_of, nearest

SUFFIX = ".mapping.yaml"


class Mapping(BaseModel):
    """How one kind of file fits an instrument.

    Attributes
    ----------
    instrument
        The instrument's id.
    fingerprint
        Of the header it was made for; None fits any file.
    confirmed
        Whether a person has looked it over. A proposal is not used until then.
    columns
        By a column's name the id of the question, group variable, identity key or open question that it
        holds; None leaves it out. Two columns of one question are joined where no row fills both.
    missing
        Questions that this file does not ask.
    labels
        By the id of an option set, a question or a group variable (or ``wave``, ``school``, ``team``), what a
        label in the file means: a code, a label or a category of the instrument; None is no answer.

    Examples
    --------
    >>> mapping = Mapping(instrument="teacher-autonomy", columns={"Q1": "understood"})
    >>> Mapping.parse(mapping.to_yaml()) == mapping
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    format: Literal[1] = 1
    instrument: str
    fingerprint: str | None = None
    confirmed: bool = True
    columns: dict[str, str | None] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    labels: dict[str, dict[str, float | str | None]] = Field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, name: str = "mapping") -> Mapping:
        """Read a mapping from YAML text.

        Raises
        ------
        MatchError
            Naming the line and the fix.
        """
        try:
            data, lines = source.parse(text, name, "a mapping")
        except InstrumentError as cause:
            raise MatchError(str(cause)) from cause
        try:
            return cls.model_validate(data)
        except ValidationError as cause:
            error = cause.errors()[0]
            place = tuple(part for part in error["loc"] if part not in ("float", "str"))
            sentence = checks.plain_words(error["type"], place, error["msg"], error.get("input"))
            raise MatchError(f"{name}, line {source.line_of(place, lines)}: {sentence}") from cause

    @classmethod
    def from_yaml(cls, path: str | Path) -> Mapping:
        """Read a mapping from a YAML file.

        Raises
        ------
        MatchError
            Naming the file, the line and the fix.
        """
        try:
            return cls.parse(text_of(Path(path), "mapping"), Path(path).name)
        except InstrumentError as cause:
            raise MatchError(str(cause)) from cause

    def to_yaml(self, notes: dict[str, str] | None = None, head: str = "") -> str:
        """Return the mapping as YAML, as :meth:`parse` reads it.

        Parameters
        ----------
        notes
            By a column's name, a remark to stand beside its line.
        head
            A remark to stand above everything.
        """
        lines = [*(f"# {line}" for line in head.splitlines()), "format: 1"]
        lines.append(f"instrument: {yaml_scalar(self.instrument)}")
        if self.fingerprint is not None:
            lines.append(f"fingerprint: {yaml_scalar(self.fingerprint)}")
        lines.append(f"confirmed: {yaml_scalar(self.confirmed)}")
        if self.columns:
            lines.append("columns:")
            for name, target in self.columns.items():
                remark = (notes or {}).get(name, "")
                lines.append(yaml_line("  ", name, target, one_line(remark)))
        if self.missing:
            lines.append(f"missing: [{', '.join(map(yaml_scalar, self.missing))}]")
        if self.labels:
            lines.append("labels:")
            for key, meant in self.labels.items():
                lines.append(f"  {yaml_scalar(key)}:")
                lines += [yaml_line("    ", label, value) for label, value in meant.items()]
        return "\n".join(lines) + "\n"

    def check(self, instrument: Instrument) -> None:
        """Check every id against the instrument.

        Raises
        ------
        MatchError
            If one is not there, with the nearest that is.
        """
        if self.instrument != instrument.id:
            raise MatchError(
                f"The mapping was made for the instrument `{self.instrument}`, and the file is read with "
                f"`{instrument.id}`. Name the right one of the two."
            )
        for target in self.columns.values():
            if target is not None:
                kind_of(target, instrument)
        for item in self.missing:
            if item not in instrument.items:
                near = nearest(item, instrument.items)
                raise MatchError(
                    f"The mapping says that `{item}` is not asked, but `{instrument.id}` has no such question"
                    f"{f' (nearest: {near[0]})' if near else ''}. Correct the mapping."
                )
        allowed = [*instrument.options, *instrument.items, *instrument.groups, "wave", "school", "team"]
        for key in self.labels:
            if key not in allowed:
                near = nearest(key, allowed)
                raise MatchError(
                    f"The mapping explains labels of `{key}`, which is no option set, question or group "
                    f"variable of `{instrument.id}`{f' (nearest: {near[0]})' if near else ''}. "
                    "Correct the mapping."
                )


def yaml_line(indent: str, key: str, value: Any, remark: str = "") -> str:
    """Return one entry of a mapping's file, with a remark beside it."""
    return yaml_entry(indent, key, yaml_scalar(value), remark)


def yaml_entry(indent: str, key: str, written: str, remark: str = "") -> str:
    """Return one entry whose value is written as YAML already, with a remark beside it."""
    text, said = yaml_scalar(key), f"  # {remark}" if remark else ""
    # YAML takes a long text for a key only where it is marked as one.
    between = ": " if len(text) < 1000 else f"\n{indent}: "
    return f"{indent}{'' if len(text) < 1000 else '? '}{text}{between}{written}{said}"


def beside(path: Path) -> Path:
    """Return where the mapping of a file stands: beside it."""
    # A file's name has at most 255 bytes, and a letter of it up to four.
    return path.with_name(path.stem[:60] + SUFFIX if len(path.stem) > 200 else path.stem + SUFFIX)


def remembered(fingerprint: str, instrument: Instrument) -> Path:
    """Return where the mapping of a header is kept on this machine."""
    return kept_at(instrument.id, fingerprint)


def kept_at(kind: str, fingerprint: str) -> Path:
    """Return where what was decided for a header is kept on this machine, by what it is about."""
    return home() / "mappings" / f"{slug(kind)}-{fingerprint}.yaml"


def lying_beside(path: Path) -> Iterator[Path]:
    """Yield the mappings in a file's folder: the one named after it, then the others."""
    own = beside(path)
    for place in [own, *sorted(p for p in path.parent.glob(f"*{SUFFIX}") if p != own)]:
        if place.is_file():
            yield place


def candidates(path: Path | None, fingerprint: str, instrument: Instrument) -> Iterator[tuple[Path, Mapping]]:
    """Yield the mappings made for a header: first those beside the file, then the one remembered.

    Raises
    ------
    MatchError
        If the one named after the file is not a mapping.
    """
    if path is not None:
        for place in lying_beside(path):
            try:
                mapping = Mapping.from_yaml(place)
            except MatchError:
                if place == beside(path):
                    raise
                continue
            if mapping.instrument == instrument.id and mapping.fingerprint == fingerprint:
                yield place, mapping
    kept = remembered(fingerprint, instrument)
    if kept.is_file():
        yield kept, Mapping.from_yaml(kept)


def remember(mapping: Mapping, fingerprint: str, instrument: Instrument) -> None:
    """Keep a mapping for the next file with this header."""
    kept = mapping.model_copy(update={"fingerprint": fingerprint, "confirmed": True})
    keep(remembered(fingerprint, instrument), kept.to_yaml())


def keep(place: Path, text: str) -> None:
    """Write what was decided for a header, where it is not kept already."""
    from relsurvey.files import write_atomic

    if not place.is_file() or place.read_text("utf-8") != text:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(place, text, mode=0o600)
