"""The ``relsurvey`` command: arguments and progress, no logic."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from relsurvey.cli import beginning, commenting, keeping, publishing, serving
from relsurvey.errors import RelsurveyError
from relsurvey.files import home

app = typer.Typer(
    name="relsurvey",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Hear what students say: read a survey, see how far its numbers can be trusted, publish a view.",
)

# In the order in which the help lists them, each with its example.
COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (publishing.demo, "relsurvey demo --out demo-view"),
    (beginning.check, "relsurvey check answers.xlsx --instrument five-elements --roster students.csv"),
    (publishing.publish, "relsurvey publish answers.xlsx --instrument five-elements --out spring"),
    (serving.serve, "relsurvey serve spring --room"),
    (publishing.verify, "relsurvey verify spring"),
    (beginning.new, "relsurvey new answers.xlsx --out our-survey"),
    (commenting.comments, "relsurvey comments answers.xlsx --instrument five-elements --staff staff.csv"),
    (keeping.log, "relsurvey log --since 2026-09-01 --what token"),
    (keeping.where, "relsurvey where"),
    (keeping.forget, "relsurvey forget --study five-elements"),
    (beginning.instruments, "relsurvey instruments"),
)
for command, example in COMMANDS:
    app.command(epilog=f"Example: {example}")(command)


def main() -> None:
    """Run the command; an error is one sentence on stderr and exit code 2."""
    # Most machines have neither list nor gradebook, and starting is not to wait for what these need.
    try:
        lists = any((home() / name).exists() for name in ("lists.json", "gradebooks.json"))
    except OSError:
        lists = False
    if lists:
        from relsurvey.keeping.until import clear_lists

        for sentence in clear_lists():
            print(f"relsurvey: {sentence}", file=sys.stderr)
    try:
        app(standalone_mode=False)
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except typer.Abort:
        raise SystemExit(130) from None
    except RelsurveyError as error:
        print(f"relsurvey: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except Exception as error:
        # Click's own errors (an unknown option) know how to show themselves.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            raise SystemExit(error.exit_code) from None
        raise
