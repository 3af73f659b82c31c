"""What every result has: exact tables for the kernel alone, words in each language, nothing in its repr."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import relsurvey.analysis
from relsurvey.analysis.finding import Finding

for module in pkgutil.iter_modules(relsurvey.analysis.__path__):
    importlib.import_module(f"relsurvey.analysis.{module.name}")


def kinds(cls: type[Finding]) -> list[type[Finding]]:
    return [found for sub in cls.__subclasses__() for found in (sub, *kinds(sub))]


@pytest.mark.parametrize("kind", kinds(Finding), ids=lambda kind: kind.__name__)
def test_a_result_shows_its_sentence_and_no_figures_of_small_groups(kind):
    """A dataclass writes its own repr, which would print every figure; so would a face of its own."""
    assert kind.__repr__ is Finding.__repr__
    assert kind.sentence is Finding.sentence and kind.to_excel is Finding.to_excel
    assert kind.__dataclass_params__.frozen


def test_there_are_results():
    assert len(kinds(Finding)) > 10
