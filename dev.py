"""Set up relsurvey and run it: the same words in every shell.

    python dev.py demo [options of `relsurvey demo`]   set up, then run the demo
    python dev.py test [options of pytest]             set up, then run every check and every test
    python dev.py lock                                 renew constraints.txt

Python packages go into `.venv` beside this file. `test` run as root on Debian installs Chromium if need be.
"""

from __future__ import annotations

import sys

if not (3, 11) <= sys.version_info < (3, 14):
    sys.exit(
        "relsurvey needs Python 3.11, 3.12 or 3.13, and this is {}.{}: run dev.py with one of those.".format(
            *sys.version_info[:2]
        )
    )

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from build_hooks import browser

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STATE = VENV / "relsurvey-dev.json"
CONSTRAINTS = ROOT / "constraints.txt"

#: What its makers publish without a wheel; pip resolves for another Python from wheels alone.
SOURCE_ONLY = ("odfpy",)

#: The state of a `.venv` that is being made. `busy` stays behind when a run is killed; `wanted` holds "dev"
#: and "node"; `key` is that of the last whole installation.
NEW: dict[str, Any] = {"ours": True, "busy": True, "root": str(ROOT), "wanted": [], "key": ""}

#: The Debian package and program of a Chromium without windows: the same engine at half the cost.
SHELL = "chromium-headless-shell"

#: Where browsers built on Chromium live when they are not on PATH.
BROWSERS = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": tuple(
        str(Path(os.environ[folder], program))
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        for program in (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
        if folder in os.environ
    ),
}


class DevError(Exception):
    """Something that the person at the keyboard can put right; the message is one sentence."""


def say(message: str) -> None:
    """Print one line at once."""
    print(message, flush=True)


def environment(**more: str) -> dict[str, str]:
    """Return the environment of an activated `.venv`.

    Python keeps what it compiles, since the tests start hundreds of processes that need the same modules.
    """
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "VIRTUAL_ENV": str(VENV), "PATH": path, **more}


def run(*command: str | Path, **more: str) -> int:
    """Run a command in the activated `.venv`, without input; return its exit code."""
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, env=environment(**more), stdin=subprocess.DEVNULL
    ).returncode


def check(command: list[str | Path], chromium: str) -> tuple[int, float, str]:
    """Run a check beside others; return its exit code, the seconds it took, and what it said."""
    before = time.monotonic()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment(RELSURVEY_CHROMIUM=chromium),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, time.monotonic() - before, done.stdout.decode("utf-8", "replace")


# Setting up


def read_state() -> dict[str, Any] | None:
    """Return what the last run wrote down about `.venv`, or None if it wrote nothing that can be read."""
    try:
        state = json.loads(STATE.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and state.keys() == NEW.keys() else None


def write_state(state: dict[str, Any]) -> None:
    """Write the state whole or not at all."""
    new = STATE.with_suffix(".new")
    new.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
    new.replace(STATE)


def works() -> bool:
    """Tell whether the Python of `.venv` runs, has pip, and is one that relsurvey supports."""
    code = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))"
    try:
        done = subprocess.run([PYTHON, "-c", code], capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def make_environment() -> dict[str, Any]:
    """Make `.venv`, or make it anew if an earlier run was killed half-way; return its state."""
    state = read_state()
    empty = not VENV.exists() or not any(VENV.iterdir())
    if state is None and not empty:
        # Not made here: used as it is, and never removed.
        if not works():
            raise DevError(
                f"{VENV} was not made by dev.py and has no Python 3.11 to 3.13 with pip: "
                "remove it and try again."
            )
        return {**NEW, "ours": False, "busy": False}
    if state is not None:
        sound = not state["busy"] and state["root"] == str(ROOT) and works()
        if sound or not state["ours"]:
            return state
        if Path(sys.prefix).resolve() == VENV.resolve():
            raise DevError(".venv must be made anew and you are inside it: run `deactivate` and try again.")
        say("Removing a .venv that was left half-made")
        shutil.rmtree(VENV)
    if importlib.util.find_spec("ensurepip") is None:
        install_on_debian(
            f"python3.{sys.version_info[1]}-venv", "Python's own venv and ensurepip are missing: install them"
        )
    VENV.mkdir(exist_ok=True)
    write_state(NEW)
    if subprocess.run([sys.executable, "-m", "venv", VENV], stdin=subprocess.DEVNULL).returncode:
        raise DevError("Python could not make .venv: its own words are above.")
    return NEW


def key() -> str:
    """Return a hash of everything in the tree that an editable install copies or reads."""
    digest = hashlib.sha256()
    package = ROOT / "src" / "relsurvey"
    files = [ROOT / "pyproject.toml", CONSTRAINTS, ROOT / "install.json"]
    for folder in (ROOT / "build_hooks", package / "labextension", package / "voila_template"):
        files += sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    for file in files:
        digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def set_up(*, dev: bool) -> None:
    """Bring `.venv` up to date: relsurvey in editable form, with what the tests need if `dev`."""
    state = make_environment()
    wanted = {*state["wanted"], *(["dev"] if dev else [])}
    if dev and browser.find_npm(environment()["PATH"]) is None:
        wanted.add("node")
    complete = not state["busy"] and set(state["wanted"]) == wanted
    if complete and state["key"] == key() and not browser.stale(ROOT):
        return
    first = not state["key"]
    say(f"Installing relsurvey into .venv{' (the first time takes a few minutes)' if first else ''}")
    write_state({**state, "busy": True})
    # Both names, since pip before 25.3 applies the first to builds too, and later ones only the second.
    # A relative path, since pip splits these at spaces; it runs in ROOT.
    pinned = {"PIP_CONSTRAINT": CONSTRAINTS.name, "PIP_BUILD_CONSTRAINT": CONSTRAINTS.name}
    code = run(
        *(PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
        *("--editable", ".[dev]" if "dev" in wanted else "."),
        *([browser.NODE_REQUIREMENT] if "node" in wanted else []),
        **pinned,
    )
    if code:
        write_state({**state, "busy": False, "key": ""})
        raise DevError(
            "Installing relsurvey failed: pip's own words are above. Put that right and try again."
        )
    write_state({**state, "busy": False, "wanted": sorted(wanted), "key": key()})


def install_on_debian(package: str, otherwise: str) -> None:
    """Install a Debian package where that can be done, or end with the sentence `otherwise`."""
    system = platform.freedesktop_os_release().get("ID") if Path("/etc/os-release").is_file() else None
    if system != "debian" or os.geteuid() != 0:
        hint = f" (`apt install {package}`)" if shutil.which("apt-get") else ""
        raise DevError(f"{otherwise}{hint}, and try again.")
    say(f"Installing {package} with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", *command], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", file=sys.stderr)
            raise DevError(f"`apt-get {' '.join(command)}` failed: its own words are above.")


# Commands


def demo(arguments: list[str]) -> int:
    """Set up and run `relsurvey demo`."""
    set_up(dev=False)
    command = [str(SCRIPTS / "relsurvey"), "demo", *arguments]
    if os.name != "nt":
        os.execve(command[0], command, environment())
    child = subprocess.Popen(command, env=environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the demo got it too, and ends by itself


def find_chromium() -> str | None:
    """Return the browser to test with: the machine's own, else the one that Playwright downloaded."""
    named = os.environ.get("RELSURVEY_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise DevError(f"RELSURVEY_CHROMIUM names {named}, which is not there: correct it or unset it.")
        return named
    for name in (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    for path in BROWSERS.get(sys.platform, ()):
        if Path(path).is_file():
            return path
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    path = answer.stdout.strip()
    return path if path and Path(path).is_file() else None


def set_up_chromium() -> str:
    """Return the browser to test with; root on Debian installs the cheaper one, or has what there is."""
    chromium = find_chromium()
    if not os.environ.get("RELSURVEY_CHROMIUM") and Path(chromium or "").name != SHELL:
        try:
            install_on_debian(SHELL, "The browser tests need Chromium: install it, Google Chrome or Edge")
        except DevError:
            if chromium is None:
                raise
        chromium = find_chromium()
    if chromium is None:
        raise DevError(
            "Chromium was installed but is not on PATH: name it in RELSURVEY_CHROMIUM and try again."
        )
    return chromium


def count(report: Path) -> dict[str, int]:
    """Return pytest's numbers from its JUnit report; none if it wrote no report."""
    if not report.is_file():
        return {}
    numbers = {"failed": 0, "passed": 0, "skipped": 0}
    for suite in ET.parse(report).iter("testsuite"):  # noqa: S314 - pytest wrote it just now
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        numbers["failed"] += failed
        numbers["skipped"] += skipped
        numbers["passed"] += int(suite.get("tests", 0)) - failed - skipped
    return {name: number for name, number in numbers.items() if number}


def test(arguments: list[str]) -> int:
    """Set up and run every check and test; print what took how long, and pytest's numbers last."""
    started = time.monotonic()
    set_up(dev=True)
    chromium = set_up_chromium()
    report = VENV / "pytest.xml"
    report.unlink(missing_ok=True)
    # The longest first; two at a time.
    checks: dict[str, list[str | Path]] = {
        "mypy": [PYTHON, "-m", "mypy"],
        "npm run check": [PYTHON, "-m", "build_hooks.browser", "run", "check"],
        "import-linter": [SCRIPTS / "lint-imports"],
        "ruff check": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "--diff", "."],
    }
    # One worker more than there are cores, since tests wait for browsers and kernels. Files in their order:
    # tests/conftest.py puts the long ones first.
    parallel = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]
    failed, lines = [], []

    def note(name: str, code: int, seconds: float) -> None:
        lines.append(f"  {'ok    ' if code == 0 else 'FAILED'}  {name:<14} {seconds:7.1f} s")
        if code:
            failed.append(name)

    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(check, command, chromium) for name, command in checks.items()}
        for name, ended in running.items():
            code, seconds, said = ended.result()
            say(f"\n=== {name} ===\n{said}".rstrip())
            note(name, code, seconds)
    say("\n=== pytest ===")
    before = time.monotonic()
    options = [f"--junitxml={report}", *parallel, *arguments]
    code = run(PYTHON, "-m", "pytest", *options, RELSURVEY_CHROMIUM=chromium)
    note("pytest", code, time.monotonic() - before)
    say("\n" + "\n".join(lines))
    numbers = ", ".join(f"{number} {name}" for name, number in count(report).items()) or "no test ran"
    verdict = f"FAILED: {', '.join(failed)}" if failed else "every check is quiet"
    say(f"{numbers} in {time.monotonic() - started:.1f} s; {verdict}")
    return 1 if failed else 0


def resolve(report: Path, *words: str) -> list[str]:
    """Return what pip would install today, as ``name==version``."""
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    if run(
        PYTHON,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--ignore-installed",
        *quiet,
        f"--report={report}",
        *words,
    ):
        raise DevError("pip found no set of packages that fit together: its own words are above.")
    found = [entry["metadata"] for entry in json.loads(report.read_text("utf-8"))["install"]]
    return [f"{one['name'].lower()}=={one['version']}" for one in found]


def lock(arguments: list[str]) -> int:
    """Renew `constraints.txt`: what resolves today for relsurvey, its build and its tests."""
    if arguments:
        raise DevError("`python dev.py lock` takes no options.")
    if sys.version_info[:2] != (3, 11):
        raise DevError(
            "Pins made with Python 3.11, the oldest one, fit the others: run this with Python 3.11."
        )
    write_state({**make_environment(), "busy": False})
    say("Resolving (a minute or two)")
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = document["project"]["optional-dependencies"].values()
    wanted = [*document["build-system"]["requires"], *document["project"]["dependencies"], *chain(*extras)]
    wanted = [one for one in wanted if not one.startswith("relsurvey")] + [browser.NODE_REQUIREMENT]
    wheels = [one for one in wanted if not one.startswith(SOURCE_ONLY)]
    # Some packages ask for a later 3.11 than a long-lived Linux has.
    oldest = ["--python-version=3.11.0", "--only-binary=:all:", f"--target={VENV / 'lock'}"]
    report = VENV / "lock.json"
    pins = resolve(report, *oldest, *wheels)
    pins += resolve(report, "--no-deps", *(one for one in wanted if one not in wheels))
    CONSTRAINTS.write_text(
        "# Exactly what relsurvey is built and tested with, by name and version only.\n"
        "# Renew with `python dev.py lock`, on Python 3.11. What only Windows or macOS need is not pinned.\n"
        + "\n".join(sorted(pins))
        + "\n",
        "utf-8",
    )
    say(f"{len(pins)} packages pinned in {CONSTRAINTS.name}")
    return 0


def main(words: list[str]) -> int:
    """Run the command named by the first word."""
    commands = {"demo": demo, "lock": lock, "test": test}
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if words else 2
    if words[0] not in commands:
        raise DevError(f"dev.py knows no command {words[0]!r}: use demo, test or lock.")
    return commands[words[0]](words[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (DevError, OSError) as error:
        sys.exit(f"dev.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
