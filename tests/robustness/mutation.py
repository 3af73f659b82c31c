"""Change the statistics or the grading engine in a seeded sample of places, and see whether a test notices.

    python -m tests.robustness.mutation [--room grading] --number 300 --seed 1

Needs mutmut (``pip install mutmut``), and the real data beside the checkout. It works on a copy of what is
committed, takes an hour or so on two cores, and prints the score and every change that no test noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Words and faces are text: what a sentence says is tested, not each of its letters.
CONFIG = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {files}
also_copy = ["src", "tests", "docs", "notebooks"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "-x"]
track_dependencies = false
timeout_multiplier = 5.0
timeout_constant = 20.0
"""
#: By room, which files are changed (below ``src/relsurvey``), and which tests are to notice it.
ROOMS = {
    "analysis": (
        ["analysis/*"],
        ["tests/analysis", "tests/reference", "tests/test_study.py", "tests/reading/test_roster.py"],
    ),
    "grading": (
        [f"grading/{name}.py" for name in ("policy", "proof", "regrade", "support", "values", "work")],
        [
            f"tests/grading/test_{name}.py"
            for name in (
                "regrade_fields", "regrade_combinations", "policy", "refusals", "proof", "regrade_random",
            )
        ],
    ),
}  # fmt: skip


def run(arguments: list[str], folder: Path) -> str:
    """Run mutmut in a folder; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "CI": "true", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def names(folder: Path, room: str) -> list[str]:
    """Return the name of every change that mutmut made."""
    found = []
    for file in sorted((folder / "mutants" / "src" / "relsurvey" / room).rglob("*.py")):
        module = ".".join(file.relative_to(folder / "mutants" / "src").with_suffix("").parts)
        text = file.read_text("utf-8")
        found += [
            f"{module}.{name}" for name in re.findall(r"^ *def (\S+__mutmut_\d+)\(", text, re.MULTILINE)
        ]
    return sorted(found)


def main() -> int:
    """Print the score and what no test noticed; 1 where the score is under 85 %."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--room", choices=ROOMS, default="analysis")
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "copy"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        # The tests look for the data beside the checkout, and mutmut runs them one folder deeper.
        (folder / "shared").symlink_to(ROOT.parent / "shared")
        for built in ("static", "labextension", "voila_template"):
            if (ROOT / "src" / "relsurvey" / built).is_dir():
                shutil.copytree(
                    ROOT / "src" / "relsurvey" / built,
                    folder / "src" / "relsurvey" / built,
                    dirs_exist_ok=True,
                )
        project = folder / "pyproject.toml"
        files, tests = ROOMS[asked.room]
        # A list of plain texts is the same in JSON and in TOML.
        config = CONFIG.format(
            files=json.dumps([f"src/relsurvey/{name}" for name in files]), tests=json.dumps(tests)
        )
        project.write_text(project.read_text("utf-8") + config, "utf-8")
        print("Making the changes, and looking which test runs what", file=sys.stderr, flush=True)
        first = run(["run", "--max-children", "2", "nothing.is.called.so"], folder)
        every = names(folder, asked.room)
        if not every:
            print(first[-2000:], file=sys.stderr)
            return 2
        chosen = random.Random(asked.seed).sample(every, min(asked.number, len(every)))
        print(f"{len(chosen)} of {len(every)} changes", file=sys.stderr, flush=True)
        run(["run", "--max-children", "2", *chosen], folder)
        results = dict(
            re.findall(
                r"^\s*(\S+__mutmut_\d+): (.+)$", run(["results", "--all", "true"], folder), re.MULTILINE
            )
        )
        told = {name: results.get(name, "not checked") for name in chosen}
        noticed = [
            name for name, status in told.items() if status in ("killed", "timeout", "suspicious", "segfault")
        ]
        for name, status in sorted(told.items()):
            if name not in noticed:
                print(f"--- {name}: {status}\n{run(['show', name], folder)}")
        score = len(noticed) / len(chosen)
        print(f"{len(noticed)} of {len(chosen)} changes were noticed: {100 * score:.0f} %")
        return 0 if score >= 0.85 else 1


if __name__ == "__main__":
    sys.exit(main())
