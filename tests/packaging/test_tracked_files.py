"""What no file may hold: the address of a package registry, or a place on somebody's machine."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import relsurvey
from tests.packaging import tree

# Put together here, so that this file holds none of them.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("npmmirror", "com"),
        ("anaconda", "org"),
    )
]
PLACES = [
    rf"(?<![\w.-])/{folder}/[\w.]".encode() for folder in ("home", "root", "tmp", "work", "Users", "mnt")
] + [rb"\b[A-Za-z]:\\{1,2}Users\\"]
COMPRESSED = {".xlsx", ".xls", ".ods", ".png", ".gz", ".zip", ".woff2"}


def contents() -> dict[str, bytes]:
    return {
        path.as_posix(): (tree.ROOT / path).read_bytes()
        for path in tree.files()
        if path.suffix not in COMPRESSED
    }


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_registry(host: str) -> None:
    assert [name for name, content in contents().items() if host.encode() in content.lower()] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_file_names_a_place_on_a_machine(place: bytes) -> None:
    found = {name: match[0] for name, content in contents().items() if (match := re.search(place, content))}
    assert found == {}


def test_the_searches_would_find_something() -> None:
    samples = [b'"/' + b'home/ana/x"', b" /" + b"tmp/x", b"file:///" + b"Users/ana", b"C:" + rb"\Users\ana"]
    for sample in samples:
        assert any(re.search(place, sample) for place in PLACES), sample
    assert not any(re.search(place, b"see docs/home/start or ../work/x") for place in PLACES)


def test_npm_lock_holds_no_address() -> None:
    lock = json.loads((tree.ROOT / "widgets" / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "://" in package.get("resolved", "")] == []
    assert [name for name, package in lock["packages"].items() if name and "integrity" not in package] == []


def pins() -> dict[str, str]:
    lines = (tree.ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        if not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line)
            assert match, f"constraints.txt: {line!r} is not name==version"
            found[canonicalize_name(match[1])] = match[2]
    return found


def test_every_requirement_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    lines = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        lines += extra
    pinned = pins()
    for requirement in map(Requirement, lines):
        if requirement.name != "relsurvey":
            version = pinned[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{requirement} but {version} in constraints.txt"


def test_both_halves_have_one_version() -> None:
    package = json.loads((tree.ROOT / "widgets" / "package.json").read_text("utf-8"))
    assert package["version"] == relsurvey.__version__
    assert package["license"] == "BSD-3-Clause"
