"""The ledger of releases: what was published of a study, kept where no reader comes (rules.md 18 and 22)."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from relsurvey.disclosure.compared import Compared
from relsurvey.disclosure.differences import aligned, gives_back, strangers
from relsurvey.disclosure.plan import ALL
from relsurvey.disclosure.shown import PERSON, WORK, Key, Shown, identified, of_work, shown
from relsurvey.errors import DisclosureError
from relsurvey.escape import slug
from relsurvey.files import MANIFEST, sha256, write_atomic
from relsurvey.reading import identity
from relsurvey.sealed import held, last_seal, remember

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.instrument import Instrument

_VIEW = "view.relsurvey.json"

# So many who say again what they said to so many questions have answered once.
_SAME, _QUESTIONS = 0.8, 5


def default_ledger(instrument: Instrument) -> Path:
    """Return where the ledger of an instrument's releases lies when nobody says: in relsurvey's own folder.

    Notes
    -----
    One ledger an instrument, whatever the schools: a school that joins, or a part of a study
    (``study.where``), must be held against what was published of the whole. Two studies with one instrument
    on one computer do not disturb each other unless their students bear the same ids; they then need a
    ledger each.
    """
    return identity.home() / "releases" / f"{slug(instrument.id)}.jsonl"


@dataclass(frozen=True)
class Answers:
    """The rows of one wave: codes, and labels."""

    wave: str | None
    responses: pd.DataFrame
    answers: pd.DataFrame


class TellsOfFewError(Exception):
    """What a view must not tell beside earlier releases: scales and questions, now or in the wave before."""

    def __init__(self, places: frozenset[Key], *, before: bool) -> None:
        super().__init__("A view tells of a few beside earlier releases.")
        self.places, self.before = places, before


def record(
    view: str,
    responses: pd.DataFrame,
    answers: pd.DataFrame,
    instrument: Instrument,
    *,
    wave: str | None,
    out: Path | None,
    formats: Sequence[str],
    before: Answers | None = None,
    ledger: Path | None = None,
    ids: Literal["hashed", "as-is"] = "hashed",
    work: pd.DataFrame | None = None,
    left_out: frozenset[Key] = frozenset(),
    left_out_before: frozenset[Key] = frozenset(),
) -> None:
    """Hold a view against all that was published of its waves, and note it in the ledger.

    To be called when the view is made and before any of it is written: a view never exists without its entry,
    and an entry without a view does no harm.

    Parameters
    ----------
    view
        The view's JSON.
    responses, answers
        The rows of its wave: codes, and labels.
    instrument
        What was asked.
    wave
        The wave; where a release names none, it is held against every wave.
    out, formats
        Where it will be written, as what. Nowhere yet: it is held against the ledger and not noted there.
    before
        The rows of the wave before, of which the view may show what changed since. What it shows of that wave
        is an entry of its own: later releases of either wave are held against this one.
    ledger
        The ledger; None takes :func:`default_ledger`.
    ids
        Whether the respondents of these rows are hashed already.
    work
        Whose work a view of marks rests on, as :func:`relsurvey.disclosure.shown.of_work` takes it.
    left_out, left_out_before
        What the view already leaves out because of earlier releases: now, and of the wave before.

    Raises
    ------
    TellsOfFewError
        If single scales or questions would tell of a few; without them the view may be held up again.
    DisclosureError
        If a small group would follow from this release and an earlier one; if ``out`` holds a release that
        the ledger does not know; or if the ledger was changed, cut short, or is open to others.
    PublishError
        If the ledger cannot be written.
    """
    path = ledger or default_ledger(instrument)
    if out is not None:
        _apart(path, out)
    elif not path.is_file():
        return
    key = ledger_key()
    document = json.loads(view)
    with locked(path) as head:
        book = _Book.read(path, key, last_seal(head))
        if out is not None:
            _known(book, path, out)
        parts = [(Answers(wave, responses, answers), document)]
        if before is not None:
            parts.append((before, _before(document)))
        entries = []
        for rows, part in parts:
            now = shown(part, rows.responses, rows.answers, instrument, key=key, ids=ids)
            gone = left_out_before if rows is before else left_out
            now = replace(now, withheld=now.withheld - gone, untold=now.untold | gone)
            if work is not None and rows is not before:
                now = replace(now, sets={**now.sets, **of_work(part, work, key=key)})
            if not now.sets:
                continue
            earlier = [
                entry
                for entry in book.entries
                if entry["instrument"] == instrument.id
                and (None in (rows.wave, entry["wave"]) or entry["wave"] == rows.wave)
            ]
            past_shown = [_shown(entry, key) for entry in earlier]
            words, past = _WORDS[document.get("subject", "answers")], rows.wave if rows is before else None
            _none_forgotten(earlier, past_shown, now, words, past, wave)
            if words is _WORDS["answers"]:
                _no_other_wave(book.entries, instrument, now, rows.wave)
            named = identified(rows.responses)
            _same_ids(earlier, past_shown, part, now, rows.wave, named)
            _one_grid(earlier, past_shown, part, now)
            _no_other_groups(earlier, past_shown, now, words)
            compared = Compared([aligned(then, now) for then in past_shown], now)
            if (variables := compared.differing()) is not None:
                raise DisclosureError(_refusal(variables, earlier, now, words, past, wave))
            if places := compared.few_told():
                raise TellsOfFewError(places, before=rows is before)
            entries.append(_entry(part, now, rows.wave, sha256(view), formats, named, key))
        if out is None:
            return
        for entry in entries:
            book.add(path, entry)
        remember(head, book.seal)


def _one_grid(
    earlier: Sequence[Mapping[str, Any]], past: Sequence[Shown], document: Mapping[str, Any], now: Shown
) -> None:
    """Refuse other policies tried on the same marks: the steps of each grid are settled within it alone."""
    grid = _grid(document)
    whole = {students for (_, variable, _), students in now.sets.items() if not variable}
    for entry, then in zip(earlier, past, strict=True):
        same = any(students in whole for (_, variable, _), students in then.sets.items() if not variable)
        if grid is not None and entry.get("grid", grid) != grid and same:
            raise DisclosureError(
                f"In the release of {entry['made']} other policies were tried on the same marks. The two "
                "together could tell of a few students, so nothing is published. Take the same dials as "
                "then, or leave policies out: dials=False."
            )


def _no_other_wave(
    entries: Sequence[Mapping[str, Any]], instrument: Instrument, now: Shown, wave: str | None
) -> None:
    """Refuse answers that were published as another wave: nobody answers so many questions alike again."""
    mine = set().union(*now.sets.values())
    for entry in entries:
        if entry["instrument"] != instrument.id or None in (wave, entry["wave"]) or entry["wave"] == wave:
            continue
        theirs = {line.partition(":")[0] for line in entry["students"]}
        same = len(mine & theirs) > _SAME * min(len(mine), len(theirs))
        if same and len(now.questions) >= _QUESTIONS:
            raise DisclosureError(
                f"Nearly all of these answers were published on {entry['made']} as {entry['wave']}. What "
                f"changed since could not be seen if they were called {wave}, so nothing is published. Give "
                f"them the wave {entry['wave']} again."
            )


def _same_ids(
    earlier: Sequence[Mapping[str, Any]],
    past: Sequence[Shown],
    document: Mapping[str, Any],
    now: Shown,
    wave: str | None,
    named: bool,
) -> None:
    """Refuse a wave whose students bear other ids than before: who joined or changed would not be seen."""
    titles = {unit["id"]: unit["title"] for unit in document["units"] if unit["kind"] != "team"}
    for entry, then in zip(earlier, past, strict=True):
        if wave is None or entry["wave"] != wave or not (named or entry.get("ids") == "given"):
            continue
        if (unit := strangers(then, now, titles)) is not None:
            name = titles[unit][document["languages"][0]]
            raise DisclosureError(
                f"Of {wave}, the release of {entry['made']} showed {name} with other students, or their ids "
                "were others then, so the two cannot be compared, and nothing is published. Take the file "
                "with the ids of then; if these are answers of another time, give them another wave."
            )


def _no_other_groups(
    earlier: Sequence[Mapping[str, Any]], past: Sequence[Shown], now: Shown, words: _Words
) -> None:
    """Refuse what an earlier release of the same students told or left out for its own groups."""
    for entry, then in zip(earlier, past, strict=True):
        if gives_back(then, now):
            by = sorted({variable for _, variable, _ in entry["shown"] if variable not in ("", WORK)})
            raise DisclosureError(
                f"The release of {entry['made']} showed other groups of the same {words.of}, or had another "
                "threshold, and left out other shares to protect a few. The two together could tell of them, "
                f"so nothing is published. Show the same groups as then (by={by}), through the same doors."
            )


def _grid(document: Mapping[str, Any]) -> str | None:
    """Return what stands for the policies that a view of marks tries; None where it tries none."""
    labs = [unit["lab"] for unit in document["units"] if unit.get("lab")]
    if not labs:
        return None
    return sha256(_text([document["dials"], [[one["choices"], one["says"]] for one in labs[0]["tried"]]]))


def _before(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a view shows of the wave before: units as a whole, where it says what changed since."""
    items = [{"item": item["id"], "reason": "dropped"} for item in document["items"]]
    units = []
    for unit in document["units"]:
        told = {cell["scale"] for cell in unit.get("change", {}).get("cells", ()) if "before" in cell}
        scales = [
            {"scale": scale["id"], **({} if scale["id"] in told else {"reason": "dropped"})}
            for scale in document["scales"]
        ]
        if told:
            units.append({**unit, "groups": [], "items": items, "scales": scales})
    return {**document, "units": units}


def _refusal(
    variables: Sequence[str],
    earlier: Sequence[Mapping[str, Any]],
    now: Shown,
    words: _Words,
    past: str | None,
    wave: str | None,
) -> str:
    made, min_n = max(entry["made"] for entry in earlier), now.min_n
    if WORK in variables:
        return (
            f"Since the release of {made}, work of fewer than {min_n} students was added, left out or scored "
            "anew at some school or in all of them, so the weeks or policies of the two releases together "
            "would give it away, and nothing is published. Wait for more work."
        )
    named = " and ".join(variables)
    where = f"groups of {named}" if variables else "schools, teams or the whole"
    found = (
        f"ince the release of {made}, fewer than {min_n} students joined, left or {words.changed} in some of "
        f"the {where}, so the two releases together would give them away, and nothing is published."
    )
    if past is not None:
        return (
            f"{_beside(words, past)}: s{found} Read the same file of {past} as then, or publish {wave} "
            f"alone: {words.alone(repr(wave))}."
        )
    leave = f"leave {named} out of this release, " if variables else ""
    return f"S{found} Wait for more {words.of}, {leave}or, {words.anew}."


def _beside(words: _Words, past: str) -> str:
    return f"In the {words.of} of {past}, beside which this view would say what changed"


def _none_forgotten(
    earlier: Sequence[Mapping[str, Any]],
    past_shown: Sequence[Shown],
    now: Shown,
    words: _Words,
    past: str | None,
    wave: str | None,
) -> None:
    """Refuse a release of students among whom some were forgotten since: they are what the two differ in."""
    whole = {key[0]: _people(some) for key, some in now.sets.items() if not key[1]}
    for entry, then in zip(earlier, past_shown, strict=True):
        units = {entry["shown"][int(number)][0] for number in entry.get("forgotten", ())}
        # Where it is known in which school or team they were, all students together say nothing more.
        own = (units - {ALL}) or units
        if not any(_people(then.sets.get((u, "", ""), ())) & some for u in own for some in whole.values()):
            continue
        found = (
            f"ince the release of {entry['made']}, students were forgotten, so that this one beside it would "
            "give them away, and nothing is published."
        )
        if past is not None:
            raise DisclosureError(
                f"{_beside(words, past)}: s{found} Publish {wave} alone: {words.alone(repr(wave))}."
            )
        raise DisclosureError(
            f"S{found} The view that was published may stay in use, and a later {words.wave} can be "
            f"published alone: {words.alone('…')}."
        )


def _people(students: Iterable[str]) -> set[str]:
    return {student[:PERSON] for student in students}


@dataclass(frozen=True)
class _Words:
    """How a refusal speaks of what a view is made of."""

    of: str
    changed: str
    wave: str
    anew: str
    call: str

    def alone(self, wave: str) -> str:
        """Return how one wave is published alone, in Python or from the command line."""
        return f"{self.call}.where(wave={wave}), or read files of that {self.wave} alone"


_WORDS = {
    "answers": _Words(
        "answers",
        "changed answers",
        "wave",
        "if the questions were asked anew, publish the answers as a new wave",
        "study",
    ),
    "marks": _Words(
        "marks", "got other marks", "term", "when the next term is over, publish its marks", "marks"
    ),
}


def _entry(
    document: Mapping[str, Any],
    now: Shown,
    wave: str | None,
    view: str,
    formats: Sequence[str],
    named: bool,
    key: bytes,
) -> dict[str, Any]:
    """Return what the ledger says of a release: no id and no answer in clear, no count."""
    salt = secrets.token_hex(16)
    provenance = document["provenance"]
    held: dict[str, list[str]] = {}
    for number, students in enumerate(now.sets.values()):
        for student in students:
            held.setdefault(student, []).append(str(number))
    return {
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "package": provenance["package"],
        "instrument": provenance["instrument"],
        "instrument_version": provenance["instrument_version"],
        "wave": wave,
        "settings": provenance["settings"],
        "formats": sorted(formats),
        "inputs": provenance["input_sha256"],
        "view": view,
        **({} if (grid := _grid(document)) is None else {"grid": grid}),
        "shown": [list(place) for place in now.sets],
        "units": now.units,
        "withheld": sorted(map(list, now.withheld)),
        "untold": sorted(map(list, now.untold)),
        # In the order of the codes.
        "scales": [[scale, list(items)] for scale, items in now.scales.items()],
        "questions": [list(question) for question in now.questions.items()],
        "salt": salt,
        "ids": "given" if named else "none",
        # Sorted by hash: the order of the file is forgotten.
        "students": [
            " ".join(
                [f"{student}:{_hidden(now.answered.get(student, ''), student, salt, key)}", *held[student]]
            )
            for student in sorted(held)
        ],
    }


def _hidden(codes: str, student: str, salt: str, key: bytes) -> str:
    """Return what a student answered so that only the key tells it; done twice, as it was."""
    plain = bytes.fromhex(codes)
    pad = hashlib.shake_256(key + f"{salt}\x1f{student}".encode()).digest(len(plain))
    return bytes(a ^ b for a, b in zip(plain, pad, strict=True)).hex()


def _shown(entry: Mapping[str, Any], key: bytes) -> Shown:
    """Return the sets of students of an entry."""
    sets: list[set[str]] = [set() for _ in entry["shown"]]
    answered: dict[str, str] = {}
    # A ledger of before noted answers in another way: there it is known who answered, and not what.
    salt = entry.get("salt")
    for line in entry["students"]:
        named, *numbers = line.split()
        student, _, codes = named.partition(":")
        # Of work nothing was asked.
        if codes and salt is not None:
            answered[student] = _hidden(codes, student, salt, key)
        for number in numbers:
            sets[int(number)].add(student)
    places = [(unit, variable, row) for unit, variable, row in entry["shown"]]

    def keys(name: str) -> frozenset[Key]:
        return frozenset((unit, variable, of) for unit, variable, of in entry.get(name, ()))

    return Shown(
        entry["settings"]["min_n"],
        dict(zip(places, map(frozenset, sets), strict=True)),
        entry.get("units", {}),
        keys("withheld"),
        keys("untold"),
        {} if salt is None else {scale: tuple(items) for scale, items in entry["scales"]},
        {} if salt is None else dict(entry["questions"]),
        answered,
    )


def _apart(path: Path, out: Path) -> None:
    """Refuse a ledger that lies where views lie."""
    folder = path.resolve().parent
    if folder.is_relative_to(out.resolve()) or (folder / MANIFEST).is_file():
        raise DisclosureError(
            f"The ledger of releases may not lie beside a view, as {path} would: choose a folder that nobody "
            "publishes or serves."
        )


def _known(book: _Book, path: Path, out: Path) -> None:
    """Refuse to go on from a release of which the ledger knows nothing."""
    # What lies deeper may be another study's, unless it is a part of what was published here for each.
    below = [_there(manifest.parent) for manifest in sorted(out.glob(f"*/{MANIFEST}"))]
    releases = {_there(out)[0], *(release for release, part in below if part)} - {None}
    if releases - {entry["view"] for entry in book.entries}:
        raise DisclosureError(
            f"Publishing without the earlier ledger is refused: {out} holds a release that is not in the "
            f"ledger at {path}. Copy that file, and {identity.home() / 'id.key'}, from the computer that "
            "published it, or publish another study to another folder with a ledger of its own."
        )


def _there(folder: Path) -> tuple[str | None, bool]:
    """Return which release lies in a folder, None where no student is in it, and whether it is a part."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        view = manifest["files"][_VIEW]["sha256"]
        release = manifest.get("release", view)
        if (folder / _VIEW).is_file():
            if json.loads((folder / _VIEW).read_text("utf-8")).get("simulated") is True:
                return None, False
            release = release if release != view else sha256(folder / _VIEW)
        return str(release), manifest.get("release", view) != view
    except FileNotFoundError:
        return None, False
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", False


@dataclass
class _Book:
    """The entries of a ledger, each line sealed together with those before it."""

    key: bytes
    entries: list[dict[str, Any]]
    lines: list[str]
    seal: str

    @classmethod
    def read(cls, path: Path, key: bytes, last: str) -> _Book:
        """Return the ledger at a place, after checking it; an empty one where there never was any."""
        book = cls(key, [], [], "")
        if not path.is_file():
            if last:
                raise DisclosureError(
                    f"The ledger of releases at {path} is gone. Publishing without the earlier ledger is "
                    "refused: bring it back from a backup."
                )
            return book
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise DisclosureError(
                f"The ledger of releases at {path} is open to other users of this computer. Close it "
                f"(`chmod 600 {path}`), then publish again."
            )
        text = path.read_text("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            book._check(line, path, number)
        if not text.endswith("\n") or (
            last and last not in (json.loads(line)["seal"] for line in book.lines)
        ):
            raise _damaged(path, "its end is missing")
        return book

    def _check(self, line: str, path: Path, number: int) -> None:
        try:
            found = json.loads(line)
            entry, seal, owner = found["release"], found["seal"], found["key"]
        except (ValueError, KeyError, TypeError) as cause:
            raise _damaged(path, f"line {number} cannot be read") from cause
        if owner != self._owner:
            raise DisclosureError(
                f"The ledger of releases at {path} was written with another key than "
                f"{identity.home() / 'id.key'}, so its students cannot be told from new ones. Bring that "
                "file too from the computer that published."
            )
        if not hmac.compare_digest(str(seal), self._sealed(entry)):
            raise _damaged(path, f"line {number} is not what was written there")
        self.entries.append(entry)
        self.lines.append(line)
        self.seal = seal

    def add(self, path: Path, entry: dict[str, Any]) -> None:
        """Write the ledger with one more entry, whole or not at all."""
        self.append(entry)
        self.write(path)

    def append(self, entry: dict[str, Any]) -> None:
        """Seal one more entry; nothing is written yet."""
        self.seal = self._sealed(entry)
        self.entries.append(entry)
        self.lines.append(_text({"key": self._owner, "release": entry, "seal": self.seal}))

    def write(self, path: Path) -> None:
        """Write the ledger, whole or not at all."""
        # Nobody else writes now: what a killed write left behind goes.
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)
        write_atomic(path, "".join(f"{line}\n" for line in self.lines), mode=0o600)

    @property
    def _owner(self) -> str:
        return hmac.digest(self.key, b"owner", "sha256").hex()[:16]

    def _sealed(self, entry: object) -> str:
        return hmac.digest(self.key, f"{self.seal}\n{_text(entry)}".encode(), "sha256").hex()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _damaged(path: Path, what: str) -> DisclosureError:
    return DisclosureError(
        f"The ledger of releases at {path} was changed or cut short ({what}), and publishing without it is "
        "refused: bring it back from a backup."
    )


def locked(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Hold a ledger for this process alone; the file beside it remembers its last seal."""
    return held(path.with_name(f"{path.name}.lock"), "the ledger of releases")


def ledger_key() -> bytes:
    """Return what the lines of every ledger on this computer are sealed with, and its students hashed."""
    return hmac.digest(identity.local_key(), b"ledger of releases", "sha256")
