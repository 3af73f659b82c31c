"""One self-contained HTML file: the view, the script that draws it, and nothing to fetch."""

from __future__ import annotations

from relsurvey.escape import html_text, json_for_script
from relsurvey.publish.packing import packed
from relsurvey.publish.static import core_script, core_style, policy_hash
from relsurvey.view import View


def page(view: View) -> str:
    """Return a view as one HTML page that asks no host for anything.

    Parameters
    ----------
    view
        A view that passed the gate.

    Notes
    -----
    The content security policy allows the page's own script and style by their hashes, and nothing else: text
    of the view can neither run nor fetch. Without scripts the first unit's sentences are there to read.
    """
    script, style = core_script(), core_style()
    language = view.languages[0]
    unit = view.units[0]
    title = f"{unit.title[language]}: {view.title[language]}"
    said = "".join(f"<p>{html_text(sentence[language])}</p>" for sentence in unit.say)
    held = json_for_script(packed(view.to_json()))
    policy = (
        f"default-src 'none'; script-src {policy_hash(script)}; style-src {policy_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{html_text(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html_text(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<script type="application/json" id="relsurvey-view">{held}</script>\n'
        f'<div id="relsurvey"></div>\n<noscript><main><h1>{html_text(title)}</h1>{said}</main></noscript>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )
