"""The template notebooks run from nothing to a published view, and are shipped without outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from relsurvey.starting.new import ANSWERS

TEMPLATES = Path(__file__).parents[2] / "notebooks" / "templates"
NOTEBOOKS = sorted(TEMPLATES.glob("*.ipynb"))


def test_there_is_one_for_a_survey_of_one_s_own():
    assert "new-survey.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_template_is_shipped_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)


def test_a_new_survey_is_made_read_checked_and_published(tmp_path):
    notebook = nbformat.read(TEMPLATES / "new-survey.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    said = str(notebook)
    assert "simulated" in said and "The food" in said
    folder = tmp_path / "lunch-survey"
    assert "¿De dónde es tu almuerzo?" in (folder / "school-lunch.yaml").read_text("utf-8")
    assert "The food tastes good." in (folder / "google-form.gs").read_text("utf-8")
    page = (tmp_path / "lunch-view" / "view.html").read_text("utf-8")
    assert "School lunch" in page and '"simulated":true' in page.replace(" ", "")
    # What would be saved holds no student: the invented numbers are five digits that begin with zeros.
    assert re.search(r'"00\d{3}"', (folder / ANSWERS).read_text("utf-8"))
    assert not re.search(r"(?<![\d.])00\d{3}(?!\d)", said)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_markdown_cells_are_short(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]
    assert all(len(cell.source) < 350 for cell in cells)
