"""Check what lies in a published folder against what was written there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from relsurvey.errors import PublishError
from relsurvey.files import MANIFEST, read_manifest
from relsurvey.publish.each import INDEX, TEAMS, read
from relsurvey.publish.write import VIEW


@dataclass(frozen=True)
class Verified:
    """A folder whose files are whole and of one release.

    Attributes
    ----------
    directory
        The folder.
    files
        Names of the files that were checked.
    release
        What its manifest calls the release.
    made
        The day the view was made, ISO 8601.
    simulated
        Whether no student is in it.
    """

    directory: Path
    files: tuple[str, ...]
    release: str
    made: str
    simulated: bool


def verify(directory: Path) -> tuple[Verified, ...]:
    """Check a published folder, or each folder of a ``teams.yaml``.

    Parameters
    ----------
    directory
        What ``publish`` wrote, or a file in it: the whole folder is checked.

    Returns
    -------
    tuple
        What was found, one a folder.

    Raises
    ------
    PublishError
        If nothing was published there, or the file is not of it; a file is missing, cut short or changed; or
        a release was broken off.
    """
    if directory.is_file():
        folder = directory.parent
        several = (folder / TEAMS).is_file()
        found = verify(folder) if several or (folder / MANIFEST).is_file() else ()
        names = (TEAMS, INDEX) if several else tuple(name for one in found for name in one.files)
        if directory.name not in names:
            raise PublishError(f"{directory} is no file that `relsurvey publish` wrote to its folder.")
        return found
    if not (directory / TEAMS).is_file():
        return (_one(directory),)
    places = read(directory / TEAMS)
    found = tuple(_one(places.folder / place.slug) for place in places.places)
    if len({one.release for one in found}) > 1:
        raise PublishError(
            f"The folders in {directory} are not all of one release: one was broken off. Publish it again."
        )
    return found


def left_over(directory: Path) -> tuple[Path, ...]:
    """Return the folders that an earlier release made, one a school or team, and to which no list leads."""
    listed = directory / TEAMS
    named = {place.slug for place in read(listed).places} if listed.is_file() else set()
    folders = sorted(manifest.parent for manifest in directory.glob(f"*/{MANIFEST}"))
    return tuple(folder for folder in folders if folder.name not in named and _is_part(folder))


def _is_part(folder: Path) -> bool:
    """Return whether what was published in a folder is one of several parts, not a release of its own."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return bool(manifest["release"] != manifest["files"][VIEW]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _one(folder: Path) -> Verified:
    files = read_manifest(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        view = json.loads((folder / VIEW).read_text("utf-8"))
        release, made, simulated = manifest["release"], str(view["made"]), view["simulated"] is True
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise PublishError(
            f"{folder} does not hold a whole release of this version: publish it again."
        ) from cause
    if any("replaces" in entry for entry in manifest["files"].values()):
        raise PublishError(
            f"A release to {folder} was broken off: each file is whole, but some are of the release before. "
            "Publish it again."
        )
    return Verified(folder, (*files, MANIFEST), release, made, simulated)
