"""Bend good files of every format at random and read each: ``python -m tests.robustness.fuzz --number 9``.

Every mutant is told by the seed and its number alone. Two processes read them; when one of them dies or
hangs, that is a failure too, and another takes its place. A mutant that fails is kept with what went wrong.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import resource
import select
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import relsurvey as rs
import tests.reading.formats
from relsurvey.errors import RelsurveyError
from relsurvey.instrument import Instrument
from relsurvey.reading import Limits
from relsurvey.reading.opening import child, coding
from relsurvey.reading.opening import open as opening
from relsurvey.reading.opening.refused import RefusedError
from tests.reading import belonging
from tests.reading.belonging import HEADER, ROWS
from tests.reading.formats.canon import INSTRUMENT
from tests.reading.formats.check import assert_adds_up
from tests.robustness.build import GOOD, ods_parts, ods_rows, parts_of, with_strings, worksheet, zipped
from tests.robustness.hostile_statistics import good as statistics_file
from tests.robustness.mutate import mutant

LIMITS = Limits(megabytes=300, seconds=10, rows=200_000, unzipped_megabytes=100)
SECONDS, GROWTH = 30, 150_000_000
#: A message may quote as much as this.
LONGEST = 600


@dataclass(frozen=True)
class Fixture:
    """A good file, and what it answers."""

    name: str
    file: str
    data: bytes
    instrument: Instrument


def fixtures(folder: Path) -> list[Fixture]:
    """Return all good files: the variants of every export format, and some of each kind of file.

    Parameters
    ----------
    folder
        Where they may be written.
    """
    found = []
    for module in sorted(entry.name for entry in iter_modules(tests.reading.formats.__path__)):
        if module.endswith("_files") and not module.startswith("test_"):
            variants = getattr(import_module(f"tests.reading.formats.{module}"), "VARIANTS", {})
            for name, write in variants.items():
                place = folder / f"{module}-{len(found)}"
                place.mkdir()
                path = write(place)
                found.append(Fixture(f"{module}: {name}", path.name, path.read_bytes(), INSTRUMENT))
    text = belonging.as_csv()
    plain = text.replace('"', "").replace("Asian, White", "White").replace("Black, or", "Black or")
    simple: dict[str, bytes | Path] = {
        "utf-8.csv": text.encode(),
        "bare.csv": plain.encode(),
        "semicolons.csv": belonging.as_csv(delimiter=";").encode("utf-8-sig"),
        "tabs.txt": belonging.as_csv(delimiter="\t").encode("utf-16"),
        "windows.csv": text.encode("cp1252"),
        "inline.xlsx": zipped(folder / "inline.xlsx", parts_of({"Answers": worksheet(GOOD)})),
        "shared.xlsx": zipped(folder / "shared.xlsx", _shared_strings()),
        "answers.ods": zipped(folder / "answers.ods", ods_parts(ods_rows([HEADER, *ROWS]))),
        "answers.xls": Path(belonging.__file__).with_name("answers.xls"),
        "answers.sav": statistics_file(folder, "answers.sav"),
        "answers.zsav": statistics_file(folder, "answers.zsav"),
        "answers.dta": statistics_file(folder, "answers.dta"),
    }
    for name, content in simple.items():
        data = content if isinstance(content, bytes) else content.read_bytes()
        found.append(Fixture(name, name, data, belonging.INSTRUMENT))
    return found


def _shared_strings() -> dict[str, str | bytes]:
    """Return a workbook whose texts stand in one list, as spreadsheets write them."""
    texts = dict.fromkeys(cell for row in [HEADER, *ROWS] for cell in row)
    numbers = {text: i for i, text in enumerate(texts)}
    content = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(65 + c)}{r}" t="s"><v>{numbers[cell]}</v></c>' for c, cell in enumerate(row))
        + "</row>"
        for r, row in enumerate([HEADER, *ROWS], 1)
    )
    strings = "".join(f"<si><t>{text.replace('<', '&lt;')}</t></si>" for text in texts)
    return with_strings(parts_of({"Answers": worksheet(content)}), strings)


@contextmanager
def in_process() -> Iterator[None]:
    """Parse text files in this process, which is a tenth of the time; all else in one of its own."""
    apart = opening._run_child

    def run(path: Path, limits: Limits) -> dict[str, Any]:
        with path.open("rb") as file:
            head = file.read(4)
        if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"$FL", b"<sta", b"\x71", b"\x72", b"\x73")):
            return apart(path, limits)
        try:
            result = child.tables(path, limits)
        except RefusedError as refusal:
            result = {"refused": str(refusal)}
        output = io.BytesIO()
        coding.write(result, output)
        output.seek(0)
        return opening._take(output, path.name)

    opening._run_child = run
    try:
        yield
    finally:
        opening._run_child = apart


def peak() -> int:
    """Return the most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def judge(path: Path, instrument: Instrument) -> str:
    """Read a file; return ``read`` or ``refused``.

    Raises
    ------
    AssertionError
        If a promise is broken; anything else that is raised is a failure too.
    """
    before = peak()
    outcome = "read"
    try:
        study = rs.read(path, instrument, strict=False, limits=LIMITS)
    except RelsurveyError as error:
        message = str(error)
        assert message.isprintable(), f"no line: {message!r:.300}"
        assert 20 < len(message) < LONGEST, f"{len(message)} signs: {message:.300}"
        assert str(path.parent) not in message, f"a place on this machine: {message:.300}"
        outcome = "refused"
    else:
        assert_adds_up(study)
    assert peak() - before < GROWTH, f"{(peak() - before) / 1e6:,.0f} MB more memory"
    return outcome


def make(number: int, seed: int, among: list[Fixture], folder: Path) -> tuple[Fixture, Path]:
    """Write one mutant; the same number and seed give the same one."""
    # The fixture goes by turns, so that each format gets its share.
    chance = random.Random(f"{seed}/{number}")
    fixture = among[number % len(among)]
    path = folder / fixture.file
    path.write_bytes(mutant(fixture.data, chance))
    return fixture, path


def work(seed: int) -> None:
    """Read the mutants whose numbers come in, one a line, and say of each what came of it."""
    with tempfile.TemporaryDirectory() as folder, in_process():
        os.environ["RELSURVEY_HOME"] = folder
        (Path(folder) / "good").mkdir()
        among = fixtures(Path(folder) / "good")
        # What reading needs is loaded once, before memory is looked at.
        for start in (among[-12], among[-1]):
            (Path(folder) / start.file).write_bytes(start.data)
            judge(Path(folder) / start.file, start.instrument)
        print(json.dumps({"fixtures": len(among)}), flush=True)
        for line in sys.stdin:
            fixture, path = make(int(line), seed, among, Path(folder))
            said: dict[str, str] = {"fixture": fixture.name}
            try:
                said["outcome"] = judge(path, fixture.instrument)
            except BaseException as failure:  # noqa: BLE001 - whatever it is, it is a finding
                last = traceback.extract_tb(failure.__traceback__)[-1]
                place = f"{Path(last.filename).name}:{last.lineno}"
                said |= {
                    "outcome": "failed",
                    "what": f"{type(failure).__name__} at {place}: {failure!s:.500}",
                }
            print(json.dumps(said), flush=True)
            path.unlink()


class Worker:
    """A process that reads mutants; one that dies or hangs is replaced."""

    def __init__(self, seed: int) -> None:
        self._command = [sys.executable, "-m", "tests.robustness.fuzz", "--seed", str(seed), "--work"]
        self._process: subprocess.Popen[str] | None = None

    def read(self, number: int) -> dict[str, str]:
        """Return what came of one mutant."""
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True)
            self._answer(120)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        said = self._answer(SECONDS)
        if said is None:
            code = self._process.poll()
            self.stop()
            what = f"took more than {SECONDS} s" if code is None else f"died with {code}"
            said = {"fixture": "?", "outcome": "failed", "what": f"the process {what}"}
        return said

    def _answer(self, seconds: int) -> dict[str, str] | None:
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        line = self._process.stdout.readline() if ready else ""
        return json.loads(line) if line else None

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def main() -> int:
    """Take the options from the command line; return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1_000, help="how many mutants")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="where failures are kept")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.seed)
        return 0
    started = time.monotonic()
    numbers = iter(range(options.first, options.first + options.number))
    found: list[tuple[int, dict[str, str]]] = []
    lock = threading.Lock()

    def run() -> None:
        worker = Worker(options.seed)
        while time.monotonic() < started + 60 * options.minutes:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            said = worker.read(number)
            with lock:
                found.append((number, said))
                if said["outcome"] == "failed":
                    print(f"{options.seed}/{number} {said['fixture']}: {said['what']}", flush=True)
        worker.stop()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(said["outcome"] for _, said in found)
    failures = sorted((number, said) for number, said in found if said["outcome"] == "failed")
    if failures:
        options.keep.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            among = fixtures(Path(folder))
            for number, said in failures:
                _, path = make(number, options.seed, among, Path(folder))
                kept = options.keep / f"{options.seed}-{number}-{path.name}"
                kept.write_bytes(path.read_bytes())
                kept.with_name(kept.name + ".txt").write_text(json.dumps(said, indent=1))
    kinds = Counter(re.sub(r"\d+", "#", said["what"])[:160] for _, said in failures)
    print(
        f"{len(found):,} mutants (seed {options.seed}) in {time.monotonic() - started:,.0f} s: "
        f"{counts['read']:,} read, {counts['refused']:,} refused, {counts['failed']:,} failed."
    )
    for what, number in kinds.most_common():
        print(f"  {number:,} x {what}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
