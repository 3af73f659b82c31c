"""Measure polychoric correlations and parallel analysis, against R's psych and lavaan in the same run.

    python benchmarks/polychoric.py

R with psych and lavaan is the rival; where Rscript or a package is missing, our seconds stand alone. R's
seconds leave out its start and the reading of the file; ours hold the counting of the rows. Seconds vary by
half from machine to machine; read the ratios.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from relsurvey.analysis.dimensions import dimensions
from relsurvey.analysis.models.minres import minres_omega
from relsurvey.analysis.polychoric import ordinal_alpha, polychoric

REPEATS, WIDTH = 5, 52
R = """
x <- read.csv(commandArgs(TRUE)[1])
seconds <- function(f) median(replicate(3, system.time(suppressWarnings(suppressMessages(f())))[["elapsed"]]))
cat(sprintf('{"psych": %f, "lavaan": %f, "parallel": %f, "r": %.12f}',
  seconds(function() psych::polychoric(x, correct = 0, smooth = FALSE)),
  seconds(function() lavaan::lavCor(x, ordered = names(x))),
  seconds(function() {
    grDevices::pdf(NULL)
    capture.output(psych::fa.parallel(x, fa = "pc", n.iter = 20, plot = FALSE))
  }),
  lavaan::lavCor(x[1:2], ordered = names(x)[1:2])[2, 1]))
"""


def survey(students: int, questions: int, answers: int) -> pd.DataFrame:
    """Return answers to questions that share one trait; the same ones each time."""
    rng = np.random.default_rng(2024)
    trait = rng.normal(size=(students, 1))
    pull = rng.uniform(0.5, 0.8, questions)
    behind = trait * pull + rng.normal(size=(students, questions)) * np.sqrt(1 - pull**2)
    steps = np.linspace(-1.6, 1.0, answers - 1)
    return pd.DataFrame(np.digitize(behind, steps) + 1.0, columns=[f"q{i}" for i in range(questions)])


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes, the median of several times."""
    work()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def rival(answers: pd.DataFrame, folder: Path) -> dict[str, float] | None:
    """Return R's seconds and one of its correlations; None where R cannot do it."""
    if shutil.which("Rscript") is None:
        print("Rscript is missing: our seconds stand alone.")
        return None
    file, script = folder / "answers.csv", folder / "rival.R"
    answers.astype(int).to_csv(file, index=False)
    script.write_text(R, "utf-8")
    run = subprocess.run(["Rscript", str(script), str(file)], capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"R could not do it (are psych and lavaan there?): {run.stderr.strip().splitlines()[-1]}")
        return None
    found: dict[str, float] = json.loads(run.stdout[run.stdout.index("{") :])
    return found


def scales(answers: pd.DataFrame) -> None:
    """Compute ordinal alpha and omega of each five questions."""
    for start in range(0, len(answers.columns), 5):
        correlation = polychoric(answers.iloc[:, start : start + 5]).correlation
        ordinal_alpha(correlation)
        minres_omega(correlation)


def main() -> None:
    """Print the table."""
    print(f"{'':{WIDTH}} {'ours':>9} {'R':>9} {'ours / R':>9}  {'goal':8}")
    for students, questions, answers in ((66_000, 10, 5), (2_800, 25, 6)):
        data = survey(students, questions, answers)
        with tempfile.TemporaryDirectory() as folder:
            theirs = rival(data, Path(folder))
        if theirs is not None:
            apart = abs(polychoric(data[["q0", "q1"]]).correlation[0, 1] - theirs["r"])
            assert apart < 1e-6, f"not the same figure: {apart}"
        ours = seconds(lambda data=data: polychoric(data))
        drawn = seconds(lambda data=data: dimensions(data))
        where = f"{students:,} × {questions}"
        for name, mine, other in (
            (f"polychoric {where}: psych", ours, "psych"),
            (f"polychoric {where}: lavaan", ours, "lavaan"),
            (f"parallel analysis {where}, 500 draws: psych, 20", drawn, "parallel"),
        ):
            line = f"{name:{WIDTH}} {mine:7.3f} s"
            if theirs is not None:
                met = "met" if mine < theirs[other] else "MISSED"
                line += f" {theirs[other]:7.2f} s {mine / theirs[other]:9.4f}  < 1 {met}"
            print(line)
    taken = seconds(lambda: scales(data))
    met = "met" if taken < 0.5 else "MISSED"
    print(f"{'ordinal alpha and omega of 5 scales of 5':{WIDTH}} {taken:7.3f} s {'':20}  < 0.5 s {met}")


if __name__ == "__main__":
    main()
