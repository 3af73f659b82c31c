"""The shipped notebooks run, on the public API alone, and what they save holds no student."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

WORKSHOP = Path(__file__).parents[2] / "notebooks" / "workshop"
NOTEBOOKS = sorted(WORKSHOP.glob("*.ipynb"))


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS] == ["first-look.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_shipped_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_publishes(path, tmp_path, demo_study):
    notebook = nbformat.read(path, as_version=4)
    # Widget state too: what JupyterLab would save must hold nothing but the view.
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
        store_widget_state=True,
    )
    client.execute()
    assert (tmp_path / "first-look-view" / "view.html").is_file()
    saved = nbformat.writes(notebook)
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    viewer = next(s["state"] for s in states.values() if s["state"].get("_view"))
    assert '"format":1' in viewer["_view"]
    for respondent in demo_study.responses.respondent.unique():
        assert respondent not in saved
    for comment in demo_study.comments.text:
        assert comment not in saved or len(comment) < 5
    assert not re.search(r"\bS0\d{3}\b", saved)


def test_the_notebook_has_six_short_cells():
    cells = [c for c in nbformat.read(NOTEBOOKS[0], as_version=4).cells if c.cell_type == "code"]
    assert len(cells) == 6
    assert all(len(c.source.splitlines()) <= 6 for c in cells)
