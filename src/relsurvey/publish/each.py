"""One folder a school or team, a sheet that leads to them, and the list by which they are served."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import yaml

from relsurvey.errors import PublishError
from relsurvey.escape import html_text, slug
from relsurvey.publish.static import policy_hash
from relsurvey.view import View
from relsurvey.view.model import Unit
from relsurvey.words import Text, texts

INDEX, TEAMS = "index.html", "teams.yaml"
Each = Literal["school", "team"]

_PAGE = "view.html"
_FORMAT = 1
_LARGEST = 1_000_000

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:60rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif}"
    "h1{font-size:1.5rem;line-height:1.2}h2{font-size:1.125rem;margin:0;overflow-wrap:anywhere}"
    "ul{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:1rem;"
    "list-style:none;padding:0}"
    "li{border:1px solid GrayText;border-radius:.5rem;padding:1rem;break-inside:avoid}"
    "a{display:inline-block;padding:.6rem 0;overflow-wrap:anywhere}p{margin:.5rem 0}"
    "svg{display:block;width:11rem;height:11rem;margin:.5rem 0;background:#fff}"
    "@media print{body{padding:0}a{color:inherit}}"
)


@dataclass(frozen=True)
class Place:
    """One folder of a publication.

    Attributes
    ----------
    slug
        The name of the folder, and of the address it is served at.
    title
        The school or team, in each language.
    """

    slug: str
    title: Text


@dataclass(frozen=True)
class Places:
    """What ``teams.yaml`` lists.

    Attributes
    ----------
    folder
        Where the folders lie.
    places
        One a school or team, in the order of the view.
    title
        What was asked, in each language; its keys are the languages.
    simulated
        Whether the data are.
    """

    folder: Path
    places: tuple[Place, ...]
    title: Text
    simulated: bool


def parts(view: View, each: Each) -> dict[str, View]:
    """Return a view for each school or team, by the name of its folder.

    Parameters
    ----------
    view
        A view of all of them together: it passed the gate as one, so what several teams hold together was
        audited together.
    each
        For whom. A school without a team of its own in the view, such as one whose only team is the whole
        school, is its own team.

    Returns
    -------
    dict
        A view that begins with the school or team, and goes on with those inside it and those it is part of.
        A folder is called after the id of its school or team.

    Raises
    ------
    PublishError
        If the view holds none, or an id can be no folder's name.
    """
    with_teams = {unit.parent for unit in view.units if unit.kind == "team"}
    chosen = [
        unit
        for unit in view.units
        if unit.kind == each or (each == "team" and unit.kind == "school" and unit.id not in with_teams)
    ]
    if not any(unit.kind == each for unit in chosen):
        raise PublishError(
            f"No {each} has a page of its own in this view, so there is nothing to write for each {each}: "
            "publish it as one, without each."
        )
    found: dict[str, View] = {}
    for unit in chosen:
        try:
            name = _folder(unit.id)
        except ValueError as cause:
            raise PublishError(
                f"{unit.id!r} cannot be the name of a folder: make the view again with `relsurvey publish`."
            ) from cause
        units = [unit, *(u for u in view.units if u.parent == unit.id), *_holders(view, unit)]
        found[name] = view.model_copy(update={"id": f"{view.id}-{name}", "units": units})
    return found


def _holders(view: View, unit: Unit) -> list[Unit]:
    """Return those a unit is part of, the smallest first."""
    by_id = {other.id: other for other in view.units}
    found: list[Unit] = []
    while (parent := (found or [unit])[-1].parent) is not None and parent in by_id:
        found.append(by_id[parent])
    return found


def lists(
    view: View, views: Mapping[str, View], pages: Collection[str], *, served: bool
) -> dict[str, str | bytes]:
    """Return the sheet and the list that lie beside the folders, by the names of their files.

    Parameters
    ----------
    view
        The whole view.
    views
        What is in each folder.
    pages
        The folders that hold a page which opens from a disk.
    served
        Whether the folders hold apps to serve. No code can be printed before: it carries the token, which is
        never in a published file, and without which the address opens nothing.
    """
    places = [Place(name, dict(part.units[0].title)) for name, part in views.items()]
    document = {
        "format": _FORMAT,
        "title": dict(view.title),
        "simulated": view.simulated,
        "teams": [{"slug": place.slug, "title": place.title} for place in places],
    }
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
    known = Places(Path(), tuple(places), dict(view.title), view.simulated)
    return {INDEX: sheet(known, pages=pages, served=served), TEAMS: text}


def read(path: Path) -> Places:
    """Read ``teams.yaml``.

    Raises
    ------
    PublishError
        If it is not there, or is not such a list.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise PublishError(f"{path} is too large to be a list of teams: publish it again.")
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as cause:
        raise PublishError(f"Cannot read {path}: {cause.strerror}.") from cause
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise PublishError(f"{path} is not YAML: publish it again with `each`.") from cause
    try:
        if document["format"] != _FORMAT:
            raise ValueError
        places = tuple(Place(_folder(team["slug"]), _text(team["title"])) for team in document["teams"])
        if not places or len({place.slug for place in places}) < len(places):
            raise ValueError
        return Places(path.parent, places, _text(document["title"]), document["simulated"] is True)
    except (KeyError, TypeError, ValueError) as cause:
        raise PublishError(
            f"{path} is not a list of teams that relsurvey wrote: publish it again with `each`."
        ) from cause


def _folder(name: object) -> str:
    """Return the name of a folder that lies beside the list, and nowhere else."""
    if not isinstance(name, str) or slug(name) != name:
        raise ValueError
    return name


def _text(value: object) -> Text:
    """Return a text in its languages."""
    if not isinstance(value, dict) or not value:
        raise ValueError
    if not all(isinstance(language, str) and isinstance(said, str) for language, said in value.items()):
        raise ValueError
    return dict(value)


def sheet(
    places: Places,
    links: Mapping[str, str] | None = None,
    *,
    pages: Collection[str] = (),
    served: bool = False,
    until: str | None = None,
) -> str:
    """Return the page that leads to every folder: for the one who hands the links out.

    Parameters
    ----------
    places
        What there is.
    links
        The address of each place where it is served, with its token: a code to scan stands beside it. None
        leads to the pages.
    pages
        The folders that hold a page which opens from a disk.
    served
        Whether there are apps to serve, so that it is said how to get the codes where there are no links.
    until
        Until when the links hold, as one reads it.
    """
    known: Sequence[str] = list(places.title)
    main, *others = known

    def say(key: str, **values: object) -> str:
        said = texts(known, key, **values)
        more = "".join(f'<p lang="{html_text(other)}">{html_text(said[other])}</p>' for other in others)
        return f"<p>{html_text(said[main])}</p>{more}"

    items = []
    for place in places.places:
        leads = ""
        if links is not None:
            link = links[place.slug]
            leads = _code(link) + _anchor(link, link.partition("?")[0])
        elif place.slug in pages:
            leads = _anchor(f"{place.slug}/{_PAGE}", f"{place.slug}/{_PAGE}")
        items.append(f"<li><h2>{html_text(place.title.get(main, place.slug))}</h2>{leads}</li>")
    told = say("each.scan") if links is not None else say("each.files") if pages else ""
    if links is None and served:
        told += say("each.codes")
    if links:
        where, host = _where(next(iter(links.values())))
        told += say(where, host=host)
    if until is not None:
        told += say("each.until", until=until)
    simulated = say("each.simulated") if places.simulated else ""
    title = html_text(places.title[main])
    policy = f"default-src 'none'; style-src {policy_hash(_STYLE)}; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="{html_text(main)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html_text(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f"{simulated}{told}\n<ul>\n" + "\n".join(items) + "\n</ul>\n</main>\n</body>\n</html>\n"
    )


def _where(link: str) -> tuple[str, str]:
    """Return the words that say where a link opens, and its host."""
    from relsurvey.publish.serve import is_loopback

    host = urlsplit(link).hostname or ""
    if is_loopback(host):
        return "each.here", host
    try:
        near = ipaddress.ip_address(host).is_private
    except ValueError:
        near = False
    return "each.near" if near else "each.far", host


def _anchor(address: str, read_as: str) -> str:
    return f'<a href="{html_text(address)}">{html_text(read_as)}</a>'


def _code(address: str) -> str:
    """Return a code to scan, as SVG; the address stands beside it as text."""
    import segno

    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return drawn.replace("<svg ", '<svg aria-hidden="true" ', 1)
