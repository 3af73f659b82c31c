"""The notebooks of statistics run on real data, show R's figures, and put no student into what is saved."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

TEMPLATES = Path(__file__).parents[2] / "notebooks" / "templates"


def run(name: str, folder: Path) -> str:
    """Execute a notebook; return all that it shows as text."""
    notebook = nbformat.read(TEMPLATES / name, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    shown = [
        output["data"].get("text/plain", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    return "\n".join(shown)


def test_reliability(tmp_path, figures):
    shown = run("reliability.ipynb", tmp_path)
    for scale in ("EFFICACY", "SELFCON"):
        assert f"{figures(f'pisa_be_2003/{scale}/alpha_pairwise')['raw_alpha']:.3f}" in shown
        assert f"{figures(f'pisa_be_2003/{scale}/omega_cfa_ml')['omega']:.3f}" in shown
    fit = figures("pisa_be_2003/two/cfa_ml_fit")
    assert f"{fit['cfi']:.3f}" in shown and f"{fit['srmr']:.3f}" in shown
    assert "hang together" in shown and "main" in shown
    assert (tmp_path / "reliability.xlsx").is_file()


def test_subgroups(tmp_path, figures):
    shown = run("subgroups.ipynb", tmp_path)
    welch = figures("pisa_be_2003/self_by_gender/t_welch")
    assert f"{welch['diff']:.3f}"[:-1] in shown
    steps = figures("pisa_be_2003/SELFCON_by_gender/invariance_ml/scalar")
    assert f"{steps['cfi']:.4f}" in shown and f"{steps['chisq']:.4f}" in shown
    assert "more students answered favorably" in shown and "read these questions alike" in shown
    assert (tmp_path / "subgroups.xlsx").is_file()


@pytest.mark.parametrize("name", ["reliability.ipynb", "subgroups.ipynb"])
def test_every_cell_of_figures_is_explained_before_it(name):
    cells = nbformat.read(TEMPLATES / name, as_version=4).cells
    codes = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    # Two tables at most follow one explanation, three where a model has three.
    for i in codes:
        assert any(cell.cell_type == "markdown" for cell in cells[max(0, i - 3) : i])
