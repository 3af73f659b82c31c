"""Check what lies in a published folder against what was written there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from relsurvey.errors import PublishError
from relsurvey.files import MANIFEST, read_manifest
from relsurvey.publish.each import INDEX, TEAMS, Places, read
from relsurvey.publish.whole import settle
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
    """Check a published folder, or each folder of a ``teams.yaml``; complete a release that was broken off.

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
        If nothing was published there, or the file is not of it; a file is missing, cut short or changed; the
        folders are not all of one release; or one that was broken off cannot be completed.
    """
    if directory.is_file():
        folder = directory.parent
        settle(folder)
        several = (folder / TEAMS).is_file()
        found = verify(folder) if several or (folder / MANIFEST).is_file() else ()
        names = (TEAMS, INDEX) if several else tuple(name for one in found for name in one.files)
        if directory.name not in names:
            raise PublishError(f"{directory} is no file that `relsurvey publish` wrote to its folder.")
        return found
    settle(directory)
    if not (directory / TEAMS).is_file():
        return (_one(directory),)
    return verify_each(read(directory / TEAMS))


def verify_each(places: Places) -> tuple[Verified, ...]:
    """Check the folders of a list, and that all are of one release.

    Raises
    ------
    PublishError
        If one of them is not as it was written, or they are of several releases.
    """
    found = tuple(_one(places.folder / place.slug) for place in places.places)
    if len({one.release for one in found}) > 1:
        raise PublishError(f"The folders in {places.folder} are not all of one release: publish it again.")
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
    return Verified(folder, (*files, MANIFEST), release, made, simulated)
