"""What the browser half was generated from and built into, without a browser."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from relsurvey.publish.static import static
from relsurvey.view.model import View

WIDGETS = Path(__file__).resolve().parents[2] / "widgets"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", WIDGETS / "schema" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schema_is_not_stale(generate: ModuleType) -> None:
    assert generate.main(["--check"]) == 0


def test_a_stale_schema_is_found(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "SCHEMA", tmp_path / "view.schema.json")
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "view.schema.json").write_text("{}")
    assert generate.main(["--check"]) == 1
    assert generate.main(["--wrong"]) == 2


def test_the_small_view_is_a_view(sample_text: str) -> None:
    assert View.model_validate_json(sample_text).simulated


def test_scripts_are_small() -> None:
    for name in ("page.js", "viewer.js", "page.css", "viewer.css"):
        content = static(name).encode()
        assert 1_000 < len(content) < 150_000, name
        assert len(gzip.compress(content)) < 50_000, name


def test_the_lock_file_has_no_addresses() -> None:
    text = (WIDGETS / "package-lock.json").read_text("utf-8")
    assert "http:" not in text
    assert "https:" not in text
    assert all("resolved" not in entry for entry in json.loads(text)["packages"].values())
