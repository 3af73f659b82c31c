"""Write the JSON Schema of a view beside this file, from the Python model that defines it.

``python widgets/schema/generate.py`` writes it; with ``--check`` it only says whether the file is up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCHEMA = HERE / "view.schema.json"


def schema_text() -> str:
    """Return the schema as the text that belongs in ``view.schema.json``."""
    try:
        from relsurvey.view.model import json_schema
    except ModuleNotFoundError:  # a checkout that is not installed yet
        sys.path.insert(0, str(HERE.parents[1] / "src"))
        from relsurvey.view.model import json_schema
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the schema, or with ``--check`` compare it; return the exit code."""
    text = schema_text()
    if arguments == ["--check"]:
        if SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == text:
            return 0
        print(f"{SCHEMA.name} is stale: run `python widgets/schema/generate.py`.", file=sys.stderr)
        return 1
    if arguments:
        print(f"Unknown argument {arguments[0]!r}: use --check or nothing.", file=sys.stderr)
        return 2
    SCHEMA.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
