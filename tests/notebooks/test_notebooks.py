"""The shipped notebooks run, on the public API alone, and what they save holds no student."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import relsurvey.grading

WORKSHOP = Path(__file__).parents[2] / "notebooks" / "workshop"
NOTEBOOKS = sorted(WORKSHOP.glob("*.ipynb"))
PRACTICES = WORKSHOP.parent / "apps" / "grading-practices.ipynb"
FIRST_LOOK, POLICIES = WORKSHOP / "first-look.ipynb", WORKSHOP / "grading-policies.ipynb"


def code_of(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def run(path, folder):
    """Run a notebook in a folder, and return it as JupyterLab would save it."""
    notebook = nbformat.read(path, as_version=4)
    # Widget state too: what JupyterLab would save must hold nothing but the view.
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=True,
    )
    client.execute()
    return notebook


def test_there_are_notebooks():
    assert NOTEBOOKS == [FIRST_LOOK, POLICIES]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_shipped_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_uses_what_is_public(path):
    parts = list(ast.walk(ast.parse("\n".join(code_of(path)))))
    named = {part.attr for part in parts if isinstance(part, ast.Attribute)}
    brought = {alias.name for part in parts if isinstance(part, ast.Import) for alias in part.names}
    assert not [name for name in named if name.startswith("_")]
    assert brought <= {"relsurvey", "pandas"}
    assert {part.module for part in parts if isinstance(part, ast.ImportFrom)} <= {"relsurvey.demo"}


def test_the_first_look_runs_and_publishes(tmp_path, demo_study):
    notebook = run(FIRST_LOOK, tmp_path)
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


def test_the_app_of_grading_practices_shows_a_published_view_alone(tmp_path):
    notebook = run(PRACTICES, tmp_path)
    published = (tmp_path / "grading-practices-view" / "view.relsurvey.json").read_text("utf-8")
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    viewer = next(s["state"] for s in states.values() if s["state"].get("_view"))
    assert json.loads(viewer["_view"]) == json.loads(published)
    assert not re.search(r"\bS0\d{3}\b|teacher \d|Period \d", nbformat.writes(notebook))


def test_the_first_look_has_six_short_cells():
    cells = code_of(FIRST_LOOK)
    assert len(cells) == 6
    assert all(len(source.splitlines()) <= 6 for source in cells)


@pytest.fixture(scope="module")
def policies(tmp_path_factory):
    """The notebook on grading policies, run."""
    return run(POLICIES, tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def said(policies):
    """What each of its code cells shows, by a word of its code."""

    def text(output):
        data = output.get("data", {})
        return output.get("text") or data.get("text/html") or data.get("text/plain", "")

    shown = [(c.source, "".join(map(text, c.outputs))) for c in policies.cells if c.cell_type == "code"]

    def of(word):
        [found] = [output for source, output in shown if word in source]
        return found

    return of


def test_the_blank_question_names_the_three_choices(said):
    question = said("BlankChoiceError").splitlines()
    assert len(question) == 4
    for choice, line in zip(("ungraded", "zero", "excused"), question[1:], strict=True):
        assert line.strip().startswith(f'blank="{choice}"')


def test_the_totals_of_every_student_and_course_are_reproduced(said):
    # 480 students in 4 courses, a current and a final score each.
    assert f"{480 * 4 * 2:,} of {480 * 4 * 2:,} exported totals" in said("grading.prove")


def test_the_figures_are_those_of_plain_pandas(said):
    from relsurvey.demo import demo_gradebook

    marks = relsurvey.grading.read_gradebook(demo_gradebook(), blank="zero").marks
    failing = marks["letter"].isin(["D", "F"])
    share = f"{100 * failing.mean():.0f} %"
    students = failing.groupby(marks["student"]).sum()
    assert f"not passed: {share} (" in said('df_rates(gradebook, by="school")')
    on_cusp = f"{100 * students.between(1, 2).mean():.0f} % of students"
    assert on_cusp in said("grading.owed")
    assert f"On track: {100 * (students == 0).mean():.0f} % of students" in said("on_track(")


def test_each_policy_says_that_nothing_else_may_change(said):
    for word in ("grading.regrade", "grading.retake_bounds", "compare_policies"):
        assert "nothing else changed" in said(word)
    assert "“50 % minimum” it would be" in said("grading.regrade")
    assert "retaken and reached 80 %, and if none were" in said("grading.retake_bounds")
    assert said("compare_policies").count("<tr>") == 1 + 1 + 3
    assert "a student who does not exist" in said("grading.explain")


def test_the_change_of_rule_is_seen_and_taken_apart(said, policies):
    assert "come from the new rule alone" in said("split_change")
    assert "something changed" in said("grading.weeks")
    assert "does not show that the rule made it" in said("grading.weeks")
    assert sum("image/png" in o.get("data", {}) for c in policies.cells for o in c.get("outputs", [])) == 2
    assert "nobody answered for one teacher" in said("grading.adoption(pd")


def test_what_it_saves_holds_no_student_and_no_teacher(policies):
    saved = nbformat.writes(policies)
    assert not re.search(r"\bS0\d{3}\b|Simulated, S|\b7\d{4}\b", saved)
    assert "teacher 1" not in saved and "Period 1" not in saved


def test_its_small_groups_are_masked(said):
    [row] = re.findall(r"<tr><td>no entry</td>(.*?)</tr>", said('by="english_learner"'))
    assert re.findall(r"<td>(.*?)</td>", row)[:2] == ["under 10", ""]


def test_its_cells_are_short():
    notebook = nbformat.read(POLICIES, as_version=4)
    assert all(len(source.splitlines()) <= 15 for source in code_of(POLICIES))
    assert all(len(c.source) < 420 for c in notebook.cells if c.cell_type == "markdown")
