"""Folders that a service copies to other machines: no place for rows of students."""

from __future__ import annotations

import os
from pathlib import Path

#: How folders begin that a service copies to other machines, in lower case and without blanks.
_SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "googledrive": "Google Drive",
    "mydrive": "Google Drive",
    "miunidad": "Google Drive",
    "drivefs": "Google Drive",
    "icloud": "iCloud",
    "mobiledocuments": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "cloudstorage": "a cloud service",
    "boxsync": "Box",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
}


def synced_by(folder: Path) -> str | None:
    """Return the service that copies a folder to other machines, or None where none is known to.

    Examples
    --------
    >>> synced_by(Path("/srv/ana/OneDrive - Sierra Norte/grades")), synced_by(Path("/srv/grades"))
    ('OneDrive', None)
    """
    for path in (folder, folder.resolve()):
        for part in path.parts:
            name = part.casefold().replace(" ", "")
            for start, service in _SYNCED.items():
                if name.startswith(start):
                    return service
        for variable in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
            root = os.environ.get(variable)
            if root and path.is_relative_to(root):
                return "OneDrive"
        if any((parent / ".dropbox.cache").exists() for parent in (path, *path.parents)):
            return "Dropbox"
    return None
