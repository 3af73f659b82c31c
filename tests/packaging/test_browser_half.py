"""When the browser half is built, with which Node, and what is said when that fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from build_hooks import browser


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a small tree whose browser half is built and newer than its sources."""
    source = tmp_path / "widgets" / "core" / "chart.ts"
    source.parent.mkdir(parents=True)
    source.write_text("export {};")
    os.utime(source, (1000, 1000))
    for path in browser.targets(tmp_path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("built")
        os.utime(path, (2000, 2000))
    return tmp_path


def test_built_tree_is_not_stale(built: Path) -> None:
    assert not browser.stale(built)


def test_missing_file_is_stale(built: Path) -> None:
    browser.targets(built)[-1].unlink()
    assert browser.stale(built)


def test_changed_or_new_source_is_stale(built: Path) -> None:
    (built / "widgets" / "core" / "new.ts").write_text("export {};")
    assert browser.stale(built)


@pytest.mark.parametrize(
    "name", ["node_modules/a/index.js", "lab/lib/a.js", "core/.cache/a", "a.tsbuildinfo"]
)
def test_what_tools_write_is_no_source(built: Path, name: str) -> None:
    path = built / "widgets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert path not in set(browser.sources(built))


def test_lab_plugin_asks_for_a_lab_extension(built: Path) -> None:
    (built / "widgets" / "lab").mkdir()
    assert browser.stale(built)


def test_source_distribution_is_stale_only_if_a_file_is_missing(built: Path) -> None:
    """Some installers give unpacked files the time of unpacking, in any order."""
    (built / "PKG-INFO").write_text("")
    (built / "widgets" / "core" / "new.ts").write_text("export {};")
    assert not browser.stale(built)
    browser.targets(built)[0].unlink()
    assert browser.stale(built)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for an old Node is a shell script")
@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("v18.20.4", False),
        ("v20.18.1", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("nonsense", False),
    ],
)
def test_only_a_node_that_can_build_is_used(tmp_path: Path, version: str, usable: bool) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    assert browser.find_npm(str(tmp_path)) == (str(tmp_path / "npm") if usable else None)


def test_no_node_is_none(tmp_path: Path) -> None:
    assert browser.find_npm(str(tmp_path)) is None


def write_package(root: Path, build: str) -> None:
    package = {"name": "sample", "version": "1.0.0", "scripts": {"build": build}}
    lock = {"name": "sample", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package}}
    (root / "widgets" / "package.json").write_text(json.dumps(package))
    (root / "widgets" / "package-lock.json").write_text(json.dumps(lock))


def test_failing_build_is_one_sentence_after_npms_words(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_package(built, "node -e \"console.log('line 7: no such chart'); process.exit(3)\"")
    with pytest.raises(browser.BuildError, match=r"^`npm run build` failed in widgets/: .*try again\.$"):
        browser.build(built)
    assert "line 7: no such chart" in capsys.readouterr().err


def test_build_that_writes_nothing_names_the_file(built: Path) -> None:
    write_package(built, "node --version")
    browser.targets(built)[1].unlink()
    with pytest.raises(browser.BuildError, match=r"did not write src/relsurvey/static/page\.css"):
        browser.build(built)


def test_build_leaves_nothing_stale(built: Path) -> None:
    write_package(built, "node --version")
    assert browser.stale(built)
    browser.build(built)
    assert not browser.stale(built)
