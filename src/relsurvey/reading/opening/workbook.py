"""Workbooks: the values of every sheet, as a person sees them in a spreadsheet."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from relsurvey.reading.limits import Limits
from relsurvey.reading.opening import ods, xlsx
from relsurvey.reading.opening.coding import Coder, cell_text
from relsurvey.reading.opening.refused import RefusedError

#: A workbook's parts may unfold to this many times its size: answers that repeat shrink tenfold or more.
_RATIO = 200
_PARTS = 2_000
#: No row of percents, after all others.
_NONE: tuple[range, list[range]] = range(2**31, 2**31), []


def read(path: Path, limits: Limits, *, zipped: bool) -> dict[str, Any]:
    """Return every sheet of a workbook.

    Raises
    ------
    RefusedError
        If it is damaged, locked, no workbook, or made to take the machine.
    """
    notes: list[str] = []
    percents: dict[str, ods.Percents] = {}
    if zipped:
        notes = _check_zip(path, limits)
        with zipfile.ZipFile(path) as archive:
            if any(name.lower() == "xl/workbook.xml" for name in archive.namelist()):
                try:
                    return {"kind": "workbook", "notes": notes, "sheets": xlsx.read(archive, limits)}
                except xlsx.IrregularError:
                    notes.append(
                        "its parts are not as a spreadsheet writes them, so it was read as far as can be"
                    )
            else:
                percents = ods.percents(archive)
    return {"kind": "workbook", "notes": notes, "sheets": _other(path, limits, percents)}


def _other(path: Path, limits: Limits, percents: Mapping[str, ods.Percents]) -> list[dict[str, Any]]:
    """Return the sheets of a workbook that is no ``.xlsx``: ``.xls``, ``.xlsb`` or ``.ods``.

    Only of the last is it known which cells show percents.
    """
    import python_calamine

    try:
        workbook = _open(path)
        sheets = []
        kept = [
            meta for meta in workbook.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        for meta in kept:
            sheet = workbook.get_sheet_by_name(meta.name)
            height, width = (last + 1 for last in sheet.end or (-1, -1))
            if height > limits.rows or width > limits.columns:
                raise RefusedError(
                    f"the sheet {meta.name[:40]!r} reaches to row {height:,} and column {width:,}. "
                    "Delete stray cells far below or to the right of the table and save it again"
                )
            coder = Coder()
            coder.add(_rows(sheet, percents.get(meta.name, [])))
            sheets.append(coder.finish(meta.name))
    except python_calamine.PasswordError as cause:
        raise RefusedError("it is protected by a password. Save a copy without one") from cause
    except (python_calamine.CalamineError, OSError) as cause:
        if "password" in str(cause).lower():
            raise RefusedError("it is protected by a password. Save a copy without one") from cause
        raise RefusedError(
            "it is damaged or not a workbook. Open it in a spreadsheet and save it again"
        ) from cause
    return sheets


def _open(path: Path) -> Any:
    """Open a workbook by its name, else, where the name says what it is not, by its contents."""
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise
    except (python_calamine.CalamineError, OSError):
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)


def _rows(sheet: Any, percents: ods.Percents) -> Iterator[list[str]]:
    """Yield each row, from row 1 of the sheet and column A on, named as a spreadsheet names them."""
    texts: dict[Any, str] = {}
    left = [""] * (sheet.start[1] if sheet.start else 0)
    blocks = iter(percents)
    rows, columns = next(blocks, _NONE)
    for number, row in enumerate(sheet.iter_rows()):
        found = left + [value if type(value) is str else _text(value, texts) for value in row]
        while number >= rows.stop:
            rows, columns = next(blocks, _NONE)
        for span in columns if number in rows else ():
            for place in range(span.start, min(span.stop, len(found))):
                found[place] = xlsx.percent_text(found[place])
        yield found


def _text(value: Any, known: dict[Any, str]) -> str:
    """Return a number, date or truth value as text; 1, 1.0 and True are different things."""
    key = (type(value), value)
    text = known.get(key)
    if text is None:
        text = known[key] = cell_text(value)
    return text


def _check_zip(path: Path, limits: Limits) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as cause:
        raise RefusedError("it is cut short or damaged. Export it again") from cause
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedError("it is protected by a password. Save a copy without one")
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if (
        len(parts) > _PARTS
        or total > limits.unzipped_megabytes * 1_000_000
        or (total > 200_000_000 and total > _RATIO * packed)
    ):
        raise RefusedError(
            f"it unfolds to {len(parts):,} parts of {total / 1e6:,.0f} MB, more than a survey needs. "
            "Copy the answers into a new workbook"
        )
    names = {part.filename for part in parts}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        inside = sorted(name for name in names if not name.endswith("/"))
        if any(name.lower().endswith((".csv", ".tsv", ".xlsx", ".sav")) for name in inside):
            raise RefusedError("it is a zip folder. Unpack it and read the file inside")
        raise RefusedError("it is not a workbook. Export the answers as .csv or .xlsx")
    if any(name.endswith("vbaProject.bin") for name in names):
        return ["its macros were not looked at"]
    return []
