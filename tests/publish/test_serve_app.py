"""The notebook that is published: made from the view alone, and light to run."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from relsurvey.errors import PublishError
from relsurvey.publish.voila import APP, InlineView, content_security_policy, is_live
from tests.publish.serving import publish, write_app
from tests.publish.small_view import HOSTILE, small_view_json

ROOT = Path(__file__).parent.parent.parent


def test_the_notebook_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    view = small_view_json(title=HOSTILE)
    path = write_app(tmp_path, view)
    first = path.read_bytes()
    assert path == tmp_path / APP
    assert write_app(tmp_path, view).read_bytes() == first
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.relsurvey.view == view
    assert notebook.metadata.voila.template == "relsurvey"
    assert not is_live(notebook.metadata)
    assert HOSTILE not in "".join(cell.source for cell in notebook.cells), "text is never code"
    assert [file.name for file in tmp_path.iterdir()] == [APP], "nothing half-written is left"


def test_its_cell_shows_the_view_without_numerical_packages(tmp_path: Path) -> None:
    publish(tmp_path, small_view_json())
    notebook = nbformat.read(tmp_path / APP, as_version=4)
    asked = "import sys; print(sorted({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    notebook.cells.append(nbformat.v4.new_code_cell(asked))
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, resources=resources, store_widget_state=False, timeout=60).execute()
    shown, said = (cell.outputs[0] for cell in notebook.cells)
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    assert said.text == "[]\n"


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", '{"format": 2}', '{"format": 1, "languages": ["en"]}']
)
def test_what_is_no_view_is_not_published(tmp_path: Path, text: str) -> None:
    with pytest.raises(PublishError, match="publish it again"):
        write_app(tmp_path, text)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="missing"):
        publish(tmp_path / "missing", small_view_json())


def test_a_view_is_drawn_in_its_first_language(tmp_path: Path) -> None:
    view = json.loads(small_view_json())
    view["languages"] = ["es", "en"]
    notebook = nbformat.read(write_app(tmp_path, json.dumps(view)), as_version=4)
    _, resources = InlineView()(notebook, {"metadata": {"name": "app"}})
    assert resources["relsurvey"]["language"] == "es"
    assert "sigue funcionando" in resources["relsurvey"]["said"]["full"]


def test_an_app_of_widgets_needs_no_view() -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "apps" / "plain-widgets.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert is_live(notebook.metadata)
    _, resources = InlineView()(notebook, {"metadata": {"name": "plain-widgets"}})
    page = resources["relsurvey"]
    assert (page["view"], page["script"], page["live"]) == ("", "", True)
    assert page["title"] == "How many students is that?"


def test_the_policy_names_no_other_host() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy().split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src-attr"] == "'none'"
    assert policy["connect-src"] == "'self'"
    scripts = policy["script-src"].split()
    assert scripts[:2] == ["'self'", "blob:"]
    assert all(source.startswith("'sha256-") for source in scripts[2:])
    assert len(scripts) == 4
