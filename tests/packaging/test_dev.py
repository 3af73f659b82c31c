"""``dev.py``: a half-made environment is made anew, another's is left alone, mistakes get one sentence."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging import tree


@pytest.fixture
def dev(tmp_path: Path) -> ModuleType:
    """Import a copy of ``dev.py`` whose ``.venv`` is its own."""
    shutil.copy2(tree.ROOT / "dev.py", tmp_path)
    spec = importlib.util.spec_from_file_location("dev_under_test", tmp_path / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_environment_killed_half_way_is_made_anew(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.VENV.mkdir()
    dev.write_state(dev.NEW)
    (dev.VENV / "leftover").write_text("")
    state = dev.make_environment()
    assert state["busy"]
    assert not (dev.VENV / "leftover").exists()
    assert dev.works()
    assert "half-made" in capsys.readouterr().out
    dev.write_state({**state, "busy": False})
    assert dev.make_environment() == {**state, "busy": False}


@pytest.mark.slow
def test_moved_environment_is_made_anew(dev: ModuleType) -> None:
    dev.write_state({**dev.make_environment(), "busy": False, "root": "elsewhere"})
    assert dev.make_environment()["root"] == str(dev.ROOT)


@pytest.mark.slow
def test_own_environment_is_used_and_never_removed(dev: ModuleType) -> None:
    venv.create(dev.VENV, with_pip=True)
    (dev.VENV / "mine").write_text("")
    state = dev.make_environment()
    assert not state["ours"]
    dev.write_state({**state, "busy": True})
    assert dev.make_environment()["busy"]
    assert (dev.VENV / "mine").exists()


def test_broken_environment_of_someone_else_is_left_alone(dev: ModuleType) -> None:
    dev.VENV.mkdir()
    (dev.VENV / "mine").write_text("")
    with pytest.raises(dev.DevError, match=r"was not made by dev\.py"):
        dev.make_environment()
    assert (dev.VENV / "mine").exists()


def test_state_that_cannot_be_read_is_none(dev: ModuleType) -> None:
    dev.VENV.mkdir()
    assert dev.read_state() is None
    for text in ("", "[]", "{}", json.dumps({"busy": True})):
        dev.STATE.write_text(text)
        assert dev.read_state() is None


def test_key_follows_what_is_installed(dev: ModuleType) -> None:
    for name in ("pyproject.toml", "constraints.txt", "install.json"):
        (dev.ROOT / name).write_text("1")
    keys = [dev.key()]
    (dev.ROOT / "constraints.txt").write_text("2")
    keys.append(dev.key())
    template = dev.ROOT / "src" / "relsurvey" / "voila_template" / "index.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text("")
    keys.append(dev.key())
    assert len(set(keys)) == 3
    assert dev.key() == keys[-1]


def test_numbers_come_from_a_real_run(dev: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(
        "import pytest\n"
        "def test_a(): pass\n"
        "def test_b(): pass\n"
        "def test_c(): assert 0\n"
        "def test_d(nothing): pass\n"
        "@pytest.mark.skip\n"
        "def test_e(): pass\n"
    )
    report = tmp_path / "report.xml"
    assert dev.count(report) == {}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    subprocess.run(
        [*command, f"--rootdir={tmp_path}", f"--junitxml={report}", "test_sample.py"],
        cwd=tmp_path,
        capture_output=True,
    )
    assert dev.count(report) == {"failed": 2, "passed": 2, "skipped": 1}


def test_named_browser_must_be_there(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELSURVEY_CHROMIUM", sys.executable)
    assert dev.find_chromium() == sys.executable
    monkeypatch.setenv("RELSURVEY_CHROMIUM", "nowhere")
    with pytest.raises(dev.DevError, match="RELSURVEY_CHROMIUM names nowhere"):
        dev.find_chromium()


def test_a_browser_that_is_there_serves_where_none_can_be_installed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("RELSURVEY_CHROMIUM", raising=False)
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev.platform, "freedesktop_os_release", lambda: {"ID": "another"})
    assert dev.set_up_chromium() == str(tmp_path / "chromium")
    (tmp_path / "chromium").rename(tmp_path / dev.SHELL)
    assert dev.set_up_chromium() == str(tmp_path / dev.SHELL)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["tset"], 1, "dev.py: dev.py knows no command 'tset': use demo, test or lock."),
        (["lock", "now"], 1, "dev.py: `python dev.py lock` takes no options."),
        (["--help"], 0, "python dev.py demo"),
        ([], 2, "python dev.py test"),
    ],
)
def test_mistakes_get_one_sentence(words: list[str], code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, str(tree.ROOT / "dev.py"), *words], capture_output=True, text=True, cwd=tree.ROOT
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
