"""Measure differential item functioning: 25 questions by 3 groups, against statsmodels and R.

    python benchmarks/dif.py

The same three models of one question are fitted by relsurvey, by statsmodels' OrderedModel and, where Rscript
and MASS are there, by polr; all in one run. Read the ratios: seconds vary from machine to machine.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

from relsurvey.aggregate.matching import matching_counts
from relsurvey.analysis.dif import dif
from relsurvey.analysis.functioning.dif_models import nested

QUESTIONS, GROUPS, REPEATS = 25, ("a", "b", "c"), 5
POLR = """
d <- read.csv(commandArgs(TRUE)[1]); d$y <- ordered(d$y); d$g <- factor(d$g)
control <- list(reltol = 1e-12, maxit = 1000)
fit <- function(f) as.numeric(logLik(MASS::polr(f, data = d, control = control)))
run <- function() c(fit(y ~ z), fit(y ~ z + g), fit(y ~ z * g))
l <- run(); t <- system.time(for (i in 1:5) run())[["elapsed"]] / 5
cat(t, sprintf("%.12f", 2 * (l[2] - l[1])), sprintf("%.12f", 2 * (l[3] - l[2])))
"""


def answers(students: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return answers 1-5 to questions of one scale; one group reads the first question another way."""
    draw = np.random.default_rng(1)
    member = draw.integers(0, len(GROUPS), students)
    y = 3 + draw.normal(size=(students, 1)) + draw.normal(size=(students, QUESTIONS))
    y[member == 1, 0] += 0.6
    frame = pd.DataFrame(np.clip(np.rint(y), 1, 5), columns=[f"q{i}" for i in range(QUESTIONS)])
    return frame, np.array(GROUPS)[member]


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the seconds a piece of work takes, the median of several."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def polr(frame: pd.DataFrame) -> tuple[float, float, float] | None:
    """Return R's seconds for three models and its two chi-squares; None where R or MASS is missing."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "d.csv"
        frame.to_csv(file, index=False)
        done = subprocess.run([rscript, "-e", POLR, str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    took, uniform, nonuniform = (float(part) for part in done.stdout.split())
    return took, uniform, nonuniform


def main() -> None:
    """Print the table; exit with 1 if a bound is broken."""
    frame, groups = answers(2_800)
    large, large_groups = answers(280_000)
    counts, large_counts = matching_counts(frame, groups), matching_counts(large, large_groups)
    whole = seconds(lambda: dif(frame, groups))
    once = seconds(lambda: dif(frame, groups, purify=False))
    from_counts, from_large = seconds(lambda: dif(counts)), seconds(lambda: dif(large_counts))
    counting = seconds(lambda: matching_counts(large, large_groups), 3)

    total = frame.sum(axis=1)
    z = ((total - total.mean()) / total.std()).to_numpy()
    member = np.column_stack([groups == "b", groups == "c"]).astype(float)
    design = np.column_stack([z, member, member * z[:, None]])
    y = pd.Series(pd.Categorical(frame["q0"], ordered=True))

    def by_statsmodels() -> list[float]:
        return [
            OrderedModel(y, design[:, :columns], distr="logit").fit(method="bfgs", disp=False, gtol=1e-6).llf
            for columns in (1, 3, 5)
        ]

    # Counting is part of our time: the others take rows too.
    def ours() -> object:
        one = matching_counts(frame[["q0"]].assign(rest=total - frame["q0"]), groups)
        scores, table = one.matched(0)
        return nested(table, scores)

    found = nested(*counts.matched(0)[::-1])
    mine, theirs = seconds(ours), seconds(by_statsmodels, 3)
    likelihoods = by_statsmodels()
    apart = max(
        abs(found.uniform.chi2 - 2 * (likelihoods[1] - likelihoods[0])),
        abs(found.nonuniform.chi2 - 2 * (likelihoods[2] - likelihoods[1])),
    )
    rows = [
        ("25 questions, 3 groups, 2,800 rows, seconds", whole, "<= 2", -2.0),
        ("the same without purification, seconds", once, "<= 0.6", -0.6),
        ("from counts: 280,000 rows / 2,800 rows", from_large / from_counts, "<= 2", -2.0),
        ("counting 280,000 rows, seconds", counting, "<= 2", -2.0),
        ("one question: statsmodels / relsurvey", theirs / mine, ">= 10", 10.0),
        ("one question: chi-square apart from statsmodels", apart, "<= 1e-4", -1e-4),
    ]
    r = polr(pd.DataFrame({"y": frame["q0"], "z": z, "g": groups}))
    if r is not None:
        apart = max(abs(found.uniform.chi2 - r[1]), abs(found.nonuniform.chi2 - r[2]))
        rows += [
            ("one question: R's polr / relsurvey", r[0] / mine, ">= 10", 10.0),
            ("one question: chi-square apart from polr", apart, "<= 1e-6", -1e-6),
        ]
    for what, value, bound, limit in rows:
        kept = value >= limit if limit > 0 else value <= -limit
        print(f"{what:50} {value:10.3g}   {bound:8} {'' if kept else 'BROKEN'}")
    sys.exit(any((v < b) if b > 0 else (v > -b) for _, v, _, b in rows))


if __name__ == "__main__":
    main()
