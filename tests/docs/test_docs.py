"""What the documents show is run, and what they name is there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.glob("**/*.md"))
README = DOCS.parent / "README.md"
#: Made by a script from measured figures; nothing in them runs.
TABLES = {"coverage.md", "equal-to-r.md"}


def test_the_pages_are_there():
    assert {page.name for page in PAGES} >= {"reading.md", "statistics.md", *TABLES}


@pytest.mark.parametrize(
    "page", [README, *(p for p in PAGES if p.name not in TABLES)], ids=lambda page: page.name
)
def test_the_examples_of_a_page_run(page):
    failed, tried = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0 and tried > 0


@pytest.mark.parametrize("page", [DOCS / "reading.md"], ids=lambda page: page.name)
def test_the_mappings_of_a_page_are_read(page):
    from relsurvey.reading import Mapping

    blocks = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert blocks and all(Mapping.parse(block).confirmed for block in blocks)


def test_the_mappings_of_the_page_on_gradebooks_are_read():
    from relsurvey.grading import GradebookMapping

    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "gradebooks.md").read_text("utf-8"), re.DOTALL)
    layouts = [GradebookMapping.parse(block).layout for block in blocks]
    assert layouts == ["wide", "long", "marks", "canvas", "wide", "marks"]


def test_what_the_readme_names_is_there():
    import relsurvey as rs

    readme = README.read_text("utf-8")
    table = readme.split("| `rs.grading` | |\n|---|---|\n")[1].split("\n\n")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(named) > 20 and set(named) <= set(rs.grading.__all__)
    assert all(hasattr(rs.grading, name) for name in named)
    links = re.findall(r"\]\((docs/[\w./-]+)\)", readme)
    assert all((README.parent / link).is_file() for link in links)
    # A page that nothing leads to is not found.
    assert {f"docs/{page.name}" for page in PAGES} <= set(links)
