"""The Voilà door: a notebook that is generated, and what our Voilà template draws before any kernel exists.

The template itself is in ``voila_template`` and is installed to ``share/jupyter/voila/templates/relsurvey``.
It asks :class:`InlineView` (named in its ``conf.json``) for everything that it writes into the page.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from relsurvey.errors import PublishError
from relsurvey.escape import json_for_script
from relsurvey.publish.packing import packed
from relsurvey.publish.static import core_script, core_style, policy_hash

APP = "app.ipynb"
VIEW = "view.relsurvey.json"
TEMPLATE = "relsurvey"

_HERE = Path(__file__).parent

_CELL = """\
# Open this notebook in JupyterLab, or publish its folder: relsurvey serve .
from relsurvey.widgets import Viewer

Viewer.from_file("view.relsurvey.json")
"""

#: What the page says of its live part.
WORDS = {
    "en": {
        "starting": "Connecting …",
        "full": "The room is full: too many people use the live part right now. "
        "What is on this page still works. Try again in a few minutes.",
        "trouble": "The live part could not be started. What is on this page still works. "
        "Reload the page, or tell the person who sent you the link.",
        "failed": "This part could not be shown. Tell the person who sent you the link.",
        "script": "This page draws its charts with JavaScript. Allow JavaScript, then reload the page.",
    },
    "es": {
        "starting": "Conectando …",
        "full": "La sala está llena: demasiadas personas usan ahora la parte en vivo. "
        "Lo que está en esta página sigue funcionando. Inténtelo de nuevo en unos minutos.",
        "trouble": "No se pudo iniciar la parte en vivo. Lo que está en esta página sigue funcionando. "
        "Vuelva a cargar la página o avise a quien le envió el enlace.",
        "failed": "Esta parte no se pudo mostrar. Avise a quien le envió el enlace.",
        "script": "Esta página dibuja sus gráficas con JavaScript. "
        "Permita JavaScript y vuelva a cargar la página.",
    },
}


def app(view_json: str) -> str:
    """Return the text of ``app.ipynb``, the notebook that Voilà serves and JupyterLab opens.

    It is made from the view alone, never from a notebook that someone else wrote. Voilà reads the view from
    its metadata and draws it with no kernel; its one cell shows the same view in JupyterLab, from
    ``view.relsurvey.json`` beside it.

    Parameters
    ----------
    view_json
        The view, as :meth:`relsurvey.view.model.View.to_json` returns it.

    Raises
    ------
    PublishError
        If the view is not a JSON object.
    """
    view = _parsed(view_json)
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": "view",
                "metadata": {},
                "outputs": [],
                "source": _CELL.splitlines(keepends=True),
            }
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "relsurvey": {"view": view_json},
            "title": _title(view, view["languages"][0]),
            "voila": {"template": TEMPLATE},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


class InlineView:
    """Hands the template what the page holds before any kernel exists: view, script, style, words, policy.

    A notebook preprocessor: Voilà makes one from the template's ``conf.json`` and calls it for each page.

    Parameters
    ----------
    enabled
        Whether the page is prepared at all; part of nbconvert's interface.
    """

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled

    def __call__(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook as it is, and the resources with ``relsurvey`` in them."""
        if not self.enabled:
            return nb, resources
        given = resources.get("relsurvey") or {}
        view_json = view_of(nb.metadata)
        view = _parsed(view_json) if view_json else None
        name = resources["metadata"]["name"]
        language = _language(view["languages"][0] if view else nb.metadata.get("language"))
        said = WORDS["es" if language.startswith("es") else "en"]
        resources["relsurvey"] = {
            "view": json_for_script(packed(view_json)) if view else "",
            "live": is_live(nb.metadata),
            "language": language,
            "title": _title(view, language) if view else str(nb.metadata.get("title") or name),
            "said": said,
            # In every language, since the reader can change it.
            "words": WORDS,
            # What can be read without a script.
            "sentences": [say[language] for say in view["units"][0]["say"]] if view else [said["script"]],
            "script": core_script() if view else "",
            "style": core_style() + _own("app.css") if view else _own("app.css"),
            "start": _own("live.js"),
            "policy": content_security_policy(),
            # An id of our own server; elsewhere Voilà starts the kernel and tells its id when it is up.
            "kernel": given.get("kernel", ""),
            # Our own server draws a view with no kernel until something live is used.
            "later": given.get("later", False),
        }
        return nb, resources


def view_of(metadata: Any) -> str:
    """Return the JSON text of the view that a notebook's metadata hold, or an empty text."""
    held = metadata.get("relsurvey")
    text = held.get("view") if hasattr(held, "get") else None
    return text if isinstance(text, str) else ""


def is_live(metadata: Any) -> bool:
    """Return whether a notebook's metadata say ``live: true``.

    Examples
    --------
    >>> is_live({"live": True}), is_live({"live": "no"}), is_live({})
    (True, False, False)
    """
    return metadata.get("live") is True


@cache
def content_security_policy() -> str:
    """Return the policy of every page: nothing from another host, no handler in the page, two inline scripts.

    ``blob:`` is how a widget loads its own module, and style elements are how the widgets' front end brings
    its styles. Neither can be reached by text.
    """
    allowed = " ".join(policy_hash(script) for script in (core_script(), _own("live.js")))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' blob: {allowed}",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
        ]
    )


def _parsed(view_json: str) -> dict[str, Any]:
    """Return the view as a dictionary."""
    try:
        view = json.loads(view_json)
    except ValueError as cause:
        raise PublishError(f"The view is not JSON ({cause}): publish it again.") from cause
    whole = isinstance(view, dict) and view.get("format") == 1 and view.get("languages") and view.get("units")
    if not whole:
        raise PublishError("The view is not one of this version of relsurvey: publish it again.")
    parsed: dict[str, Any] = view
    return parsed


def _language(tag: object) -> str:
    """Return a language tag that may stand in the page.

    Examples
    --------
    >>> _language("es-MX"), _language('en"><script>'), _language(None)
    ('es-MX', 'en', 'en')
    """
    return tag if isinstance(tag, str) and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag) else "en"


def _title(view: dict[str, Any], language: str) -> str:
    """Return what the browser's tab says."""
    return f"{view['units'][0]['title'][language]}: {view['title'][language]}"


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text("utf-8")
