"""The files of the checkout, and a machine without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files() -> list[Path]:
    """Return every file that is, or is about to be, under version control, relative to ROOT."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [Path(name) for name in listed.split("\0") if name]
    return sorted(path for path in paths if (ROOT / path).is_file())


def copy_to(folder: Path) -> Path:
    """Copy the checkout's own files to `folder`, as a fresh clone would hold them."""
    for path in files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    return folder


def path_without_node(folder: Path) -> str:
    """Return a search path with every program of this machine but Node and npm, with links in `folder`."""
    hidden = {"node", "nodejs", "npm", "npx", "corepack", "node.exe", "npm.cmd", "npx.cmd"}
    kept = []
    for number, entry in enumerate(os.environ["PATH"].split(os.pathsep)):
        if not Path(entry).is_dir():
            continue
        programs = list(Path(entry).iterdir())
        if not hidden & {program.name.lower() for program in programs}:
            kept.append(entry)
        elif os.name != "nt":
            links = folder / str(number)
            links.mkdir(parents=True)
            for program in programs:
                if program.name not in hidden:
                    (links / program.name).symlink_to(program)
            kept.append(str(links))
    search = os.pathsep.join(kept)
    assert shutil.which("node", path=search) is None
    assert shutil.which("npm", path=search) is None
    return search
