"""What every result says and shows in Spanish is Spanish, and in English English."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import relsurvey as rs
from relsurvey.analysis.finding import Finding
from relsurvey.demo import real_survey
from relsurvey.scoring import keyed

ENGLISH = re.compile(
    r"\b(the|of|and|students?|questions?|answers?|answered|groups?|than|scale|not|fewer|more|checked|mean|this)\b",
    re.IGNORECASE,
)
SPANISH = re.compile(
    r"\b(el|los|las|de|del|y|estudiantes?|preguntas?|respuestas?|grupos?|que|escala|menos|se|esto)\b",
    re.IGNORECASE,
)
VERBS = ("reliability", "by_wave", "factor", "ordinal", "compare", "question", "adjusted", "invariance")
VERBS += (
    "ordinal_invariance",
    "dif",
    "few",
    "change",
    "over",
    "screen",
    "nesting",
    "dimensions",
    "polychoric",
)
VERBS += ("crosstab", "power", "means", "paired", "precision", "runchart", "cumulative", "rake", "weighted")
VERBS += ("nonresponse", "response", "clusters", "twisted", "nobody_alike")


@pytest.fixture(scope="module")
def results(demo_study) -> dict[str, Finding]:
    rng = np.random.default_rng(1)
    study = rs.read(*real_survey())
    items = keyed(study.responses, study.instrument, "self_concept")
    a = rs.analysis
    cells = {("g", "n"): 30, ("g", "s"): 20, ("b", "n"): 20, ("b", "s"): 30}
    weights = a.weights.rake(cells, {"gender": {"g": 60, "b": 60}, "school": {"n": 70, "s": 50}})
    y, groups = pd.Series(rng.normal(size=240)), pd.Series(["g", "b"] * 120)
    apart = items.head(900).copy()
    apart.loc[apart.index[::2], "self_4"] = np.minimum(apart["self_4"].iloc[::2] + 2, 4)
    halves = pd.Series(["g", "b"] * 450)
    twisted = items.assign(self_9=5 - items["self_9"])
    asked = [a.nonresponse.Asked(None, None, 200, 90, 50), a.nonresponse.Asked("x", "g", 100, 20, 10)]
    roster = pd.DataFrame({"school": ["n"] * 60 + ["s"] * 60})
    return {
        "reliability": study.reliability(by="gender"),
        "by_wave": demo_study.reliability(by="wave"),
        "factor": study.factor(),
        "ordinal": study.factor(ordinal=True),
        "compare": study.compare("self_concept", "school_type"),
        "question": demo_study.compare("care_1", "gender"),
        "adjusted": study.adjusted("self_concept", "gender", "school_type"),
        "invariance": study.invariance("confidence", "gender"),
        "ordinal_invariance": study.invariance("self_concept", "gender", ordinal=True),
        "dif": a.dif.dif(apart, halves),
        "few": demo_study.dif("share_power", "gender"),
        "change": demo_study.change("express_care", by="gender"),
        "over": demo_study.change("express_care", over="team"),
        "screen": study.screen(),
        "nesting": demo_study.nesting("share_power", by="team"),
        "dimensions": a.dimensions.dimensions(items, replications=20),
        "polychoric": a.polychoric.polychoric(items.assign(self_2=1.0)),
        "crosstab": a.crosstab.crosstab(study.responses["self_9"], study.responses["gender"]),
        "power": a.power.power("two_shares", gap=0.10),
        "means": a.power.power("two_means", students=40),
        "paired": a.power.power("same_students", difference=0.2),
        "precision": a.power.power("alpha_within", width=0.1, items=5),
        "runchart": a.runchart.runchart([12, 14, 11, 13, 12, 10, 9, 8, 9, 8, 7, 8, 7, 8], [60] * 14),
        "cumulative": a.runchart.runchart([12, 14, 11, 13], [60] * 4, cumulative=True),
        "rake": weights,
        "weighted": a.weights.weighted_mean(y, np.tile([1.0, 2.0], 120), groups=groups),
        "nonresponse": a.nonresponse.nonresponse(asked, scale="x"),
        "response": a.response.response(roster, pd.Series([True] * 40 + [False] * 80), ["school"]),
        "clusters": a.clusters.cluster_mean(y, pd.Series(np.repeat(list("abcdefgh"), 30))),
        "twisted": a.reliability.reliability(twisted, scale="x"),
        "nobody_alike": a.invariance.invariance(apart, halves),
    }


@pytest.mark.parametrize("name", VERBS)
def test_a_language_is_kept_throughout(results, name):
    found = results[name]
    for language, other in (("es", ENGLISH), ("en", SPANISH)):
        # What stands in quotation marks is the data's own.
        said = re.sub("«[^»]*»|“[^”]*”", "", found.in_words(language))
        assert said and not other.search(said), said
        for face in found.faces(language):
            shown = " | ".join((face.title, *face.head))
            assert not other.search(shown), shown


def test_every_kind_of_result_is_among_them(results):
    from tests.analysis.test_finding import kinds

    # Others, as of the widgets or of tests, exist only once they are imported.
    ours = {kind for kind in kinds(Finding) if kind.__module__.startswith("relsurvey.analysis.")}
    assert {kind.__name__ for kind in ours - {type(found) for found in results.values()}} == {"Occasions"}
