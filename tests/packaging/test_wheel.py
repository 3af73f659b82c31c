"""The wheel: built from a clean copy by a Node out of a Python package, whole, and at work with no Node."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from email.message import Message
from email.parser import Parser
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

import relsurvey
from build_hooks import browser
from tests.packaging import tree

pytestmark = pytest.mark.slow

TEMPLATE = Path("src/relsurvey/voila_template")


class Built(NamedTuple):
    wheel: Path
    source: Path
    log: str


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tree.path_without_node(tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, search: str) -> Built:
    """Build the source distribution from a clean copy, and the wheel from the source distribution."""
    clone = tree.copy_to(tmp_path_factory.mktemp("clone"))
    out = tmp_path_factory.mktemp("dist")
    pinned = {"PIP_CONSTRAINT": "constraints.txt", "PIP_BUILD_CONSTRAINT": "constraints.txt"}
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out)],
        cwd=clone,
        env={**os.environ, "PATH": search, **pinned},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    assert done.returncode == 0, done.stdout
    [wheel], [source] = out.glob("*.whl"), out.glob("*.tar.gz")
    return Built(wheel, source, done.stdout)


@pytest.fixture(scope="module")
def names(built: Built) -> set[str]:
    with ZipFile(built.wheel) as archive:
        assert archive.testzip() is None
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def metadata(built: Built) -> Message:
    with ZipFile(built.wheel) as archive:
        return Parser().parsestr(archive.read(f"{dist_info()}/METADATA").decode())


def dist_info() -> str:
    return f"relsurvey-{relsurvey.__version__}.dist-info"


def shared() -> str:
    return f"relsurvey-{relsurvey.__version__}.data/data/share/jupyter"


def test_browser_half_is_built_once(built: Built) -> None:
    """The source distribution holds what was built, so that a wheel made of it asks for no Node."""
    assert built.log.count("Building the browser half") == 1
    assert built.log.count(browser.NODE_REQUIREMENT) == 1


def test_wheel_holds_all_of_the_package(names: set[str]) -> None:
    expected = set()
    for path in tree.files():
        if path.is_relative_to(TEMPLATE):
            expected.add(f"{shared()}/voila/templates/relsurvey/{path.relative_to(TEMPLATE).as_posix()}")
        elif path.is_relative_to("src"):
            expected.add(path.relative_to("src").as_posix())
        elif path.parts[0] == "notebooks":
            expected.add(f"relsurvey/{path.as_posix()}")
    for part in (
        "relsurvey/py.typed",
        "relsurvey/demo/grades/floor-50.yaml",
        "relsurvey/demo/grades/items.csv",
        "relsurvey/demo/grades/sierra-norte-high-algebra-1-teacher-3.csv",
        "relsurvey/grading/rules/chicago.yaml",
        "relsurvey/instrument/library/five-elements.yaml",
        "relsurvey/instrument/library/grading-practices.yaml",
        "relsurvey/instrument/library/teacher-autonomy.yaml",
        "relsurvey/notebooks/workshop/first-look.ipynb",
        "relsurvey/notebooks/workshop/grading-policies.ipynb",
    ):
        assert part in expected
    assert any(name.startswith("relsurvey/demo/") and name.endswith(".xlsx") for name in expected)
    assert any("/voila/templates/relsurvey/" in name for name in expected)
    assert sorted(expected - names) == []


def test_wheel_holds_the_built_files(names: set[str], built: Built) -> None:
    parts = ("page", "viewer", "loader", "explore", "comments", "publish", "policy")
    bundles = ["gradebook.js", *(f"{bundle}.{kind}" for bundle in parts for kind in ("js", "css"))]
    static = {f"relsurvey/static/{name}" for name in bundles}
    assert static <= names
    with ZipFile(built.wheel) as archive:
        assert all(archive.getinfo(name).file_size for name in static)
    assert f"{shared()}/labextensions/relsurvey/install.json" in names


def test_wheel_holds_the_lab_extension_once(names: set[str]) -> None:
    place = f"{shared()}/labextensions/relsurvey"
    assert f"{place}/package.json" in names
    assert any(name.startswith(f"{place}/static/remoteEntry.") for name in names)
    assert not any(name.startswith("relsurvey/labextension/") for name in names)


def test_wheel_holds_nothing_else(names: set[str]) -> None:
    tracked = {path.relative_to("src").as_posix() for path in tree.files() if path.is_relative_to("src")}
    tracked |= {f"relsurvey/{path.as_posix()}" for path in tree.files()}
    allowed = (f"{dist_info()}/", f"{shared()}/", "relsurvey/static/")
    assert sorted(name for name in names - tracked if not name.startswith(allowed)) == []


def test_metadata(metadata: Message, names: set[str]) -> None:
    assert metadata["Name"] == "relsurvey"
    assert metadata["Version"] == relsurvey.__version__
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert {">=3.11", "<3.14"} == set(metadata["Requires-Python"].split(","))
    assert f"{dist_info()}/licenses/LICENSE" in names
    assert not [name for name in metadata.get_all("Requires-Dist", []) if " @ " in name]


def named(requirements: Iterable[str]) -> set[str]:
    """Return the packages that requirements name, without those of an extra."""
    names = (re.split(r"[^A-Za-z0-9._-]", line)[0] for line in requirements if "extra ==" not in line)
    return {name.lower().replace("_", "-") for name in names}


def test_every_import_is_declared(metadata: Message) -> None:
    declared = named(metadata.get_all("Requires-Dist", []))
    # What Jupyter's own packages stand on (traitlets, jupyter_client) comes with them.
    declared |= {below for name in declared for below in named(requires(name) or ())}
    homes = packages_distributions()
    used: set[str] = set()
    for file in (tree.ROOT / "src/relsurvey").rglob("*.py"):
        used |= imported(ast.parse(file.read_text("utf-8")))
    used -= sys.stdlib_module_names | {"relsurvey"}
    assert {"pandas", "yaml", "pydantic"} <= used
    assert [name for name in sorted(used) if not named(homes[name]) & declared] == []


def imported(tree: ast.AST) -> set[str]:
    """Return the packages that code imports, without those for type checkers alone."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
        names |= imported(node)
    return names


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Path:
    """Install the wheel into an environment of its own; return the folder of its programs.

    What it depends on is taken from the environment that runs the tests, which pip resolved from the same
    metadata: ``test_every_import_is_declared`` sees to it that nothing else is used.
    """
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    own = sysconfig.get_path("purelib", vars={"base": str(folder)})
    # A plain line: the path files of that folder, relsurvey's own among them, are not followed.
    Path(own, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    command = [programs / "python", "-m", "pip", "install", "--quiet", "--no-input", "--no-deps", built.wheel]
    done = subprocess.run(
        [*map(str, command)],
        cwd=tree.ROOT,
        env={**os.environ, "PATH": str(programs)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return programs


def run(programs: Path, where: Path, *words: str) -> str:
    """Run the installed command in an empty folder and home, with nothing else on the search path."""
    assert shutil.which("node", path=str(programs)) is None
    left_out = {"PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [str(programs / words[0]), *words[1:]],
        cwd=where,
        env={**kept, "PATH": str(programs), "HOME": str(where), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installed_package_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    place = run(installed, tmp_path, "python", "-c", "import relsurvey; print(relsurvey.__file__)")
    assert Path(place.strip()).is_relative_to(installed.parent)


def test_installed_command_lists_the_instruments(installed: Path, tmp_path: Path) -> None:
    listed = run(installed, tmp_path, "relsurvey", "instruments")
    assert "five-elements" in listed
    assert "teacher-autonomy" in listed


def test_installed_demo_publishes_a_view(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run(installed, tmp_path, "relsurvey", "demo", "--no-serve", "--no-open", "--out", str(out))
    assert summary.strip()
    assert "<html" in (out / "view.html").read_text("utf-8").lower()


def test_jupyter_finds_what_was_installed(installed: Path) -> None:
    share = installed.parent / "share" / "jupyter"
    assert (share / "labextensions" / "relsurvey" / "install.json").is_file()
    for path in tree.files():
        if path.is_relative_to(TEMPLATE):
            there = share / "voila" / "templates" / "relsurvey" / path.relative_to(TEMPLATE)
            assert there.read_bytes() == (tree.ROOT / path).read_bytes()
