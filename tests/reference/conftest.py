"""Claims share what they fit; where single changes of the code are tried, each test must fit anew."""

from __future__ import annotations

import os

import pytest

from tests.reference import oracle


@pytest.fixture(autouse=True)
def fit_anew():
    """Forget what other tests fitted, so that mutmut sees which test runs which code."""
    if os.environ.get("MUTANT_UNDER_TEST"):
        import sys

        for name, module in list(sys.modules.items()):
            if name.startswith("tests.reference.claims."):
                for value in vars(module).values():
                    if hasattr(value, "cache_clear") and value.__module__ != oracle.__name__:
                        value.cache_clear()
