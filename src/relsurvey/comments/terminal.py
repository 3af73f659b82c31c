"""The release screen of a terminal: one comment at a time, plain prompts, text printed as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from relsurvey.comments.desk import Comment, Desk, question_of
from relsurvey.comments.screen import DANGER, Kind
from relsurvey.errors import DisclosureError
from relsurvey.words import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_NAMED = ("adult", "name")


def sit(desk: Desk, console: Console, ask: Callable[[str], str], language: str = "en") -> None:
    """Read comments at a terminal until all are decided, or the person leaves.

    Parameters
    ----------
    desk
        The comments.
    console
        Where they are printed.
    ask
        Asks a question and returns the line that is typed; raises EOFError where nobody types any more.
    language
        Of the screen: ``"en"`` or ``"es"``.
    """

    def told(key: str, **values: object) -> str:
        return say(language, f"comments.{key}", **values)

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    tell(summary(desk, language))
    tell(told("read_all"))

    def show(comment: Comment, count: str) -> None:
        console.print()
        tell(_about(comment, count, language))
        console.print(_drawn(comment), highlight=False, soft_wrap=True)
        for line in marked(comment, language):
            tell(line)

    while (comment := desk.current) is not None or desk.released:
        try:
            if comment is not None:
                show(comment, told("left", n=desk.unread.count))
            if not _step(desk, comment, ask, tell, told, show):
                break
        except EOFError:
            break
        except DisclosureError as refused:
            tell(str(refused))
    console.print()
    tell(summary(desk, language))


def _step(
    desk: Desk,
    comment: Comment | None,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
    told: Callable[..., str],
    show: Callable[[Comment, str], None],
) -> bool:
    """Ask for one step and do it; say whether to go on. Without a comment, all are read."""
    match ask(told("prompt" if comment else "prompt_read")).strip().casefold()[:1]:
        case "r" if comment:
            sure = False
            if comment.screened.danger and not comment.screened.names_adult:
                sure = ask(told("sure")).strip().casefold() in ("yes", "sí", "si")
                if not sure:
                    return True
            desk.release(sure=sure)
        case "h" if comment:
            desk.hold()
        case "p" if comment:
            tell(told("contact", contact=desk.contact))
            to = ask(told("to_whom"))
            if to.strip():
                desk.pass_on(to)
                tell(told("passed_on"))
        case "s" if comment:
            desk.skip()
        case "u":
            desk.undo()
        case "t":
            _take_back(desk, ask, tell, told, show)
        case "q":
            return False
        case _:
            tell(told("keys" if comment else "keys_read"))
    return True


def _take_back(
    desk: Desk,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
    told: Callable[..., str],
    show: Callable[[Comment, str], None],
) -> None:
    """Show what was released, and take back the one whose number is typed."""
    released = {str(number): comment for number, comment in enumerate(desk.released, 1)}
    if not released:
        tell(told("none_released"))
        return
    for number, comment in released.items():
        show(comment, number)
    typed = ask(told("which")).strip()
    if typed in released:
        desk.withdraw(released[typed])
        tell(told("taken_back"))
    elif typed:
        tell(told("no_number"))


def summary(desk: Desk, language: str) -> str:
    """Return how many comments are unread since when, with what was decided of the others."""
    unread = desk.unread
    if not unread.count:
        parts = [say(language, "comments.none_unread")]
    else:
        key = "unread_late" if unread.late else "unread"
        parts = [say(language, f"comments.{key}", n=unread.count, since=unread.since, by=unread.by)]
        if desk.dangers:
            parts.append(say(language, "comments.dangers", n=desk.dangers))
    counts = desk.counts
    if any(counts.values()):
        parts.append(
            say(
                language,
                "comments.decided",
                released=counts["released"],
                held=counts["held"],
                passed_on=counts["passed on"],
            )
        )
    return " ".join(parts)


def marked(comment: Comment, language: str) -> list[str]:
    """Return what was marked in a comment, in words: a line a kind, and what follows from it."""
    by_kind: dict[Kind, list[str]] = {}
    for mark in comment.screened.marks:
        by_kind.setdefault(mark.kind, []).append(comment.text[mark.start : mark.end])
    lines = [
        f"  {say(language, f'comments.kind_{kind}')}: {'; '.join(dict.fromkeys(texts))}"
        for kind, texts in by_kind.items()
    ]
    if comment.screened.danger:
        lines.insert(0, say(language, "comments.danger"))
    if comment.screened.names_adult:
        lines.append(say(language, "comments.adult"))
    return lines


def _about(comment: Comment, count: str, language: str) -> str:
    parts = [
        count,
        comment.school,
        comment.wave,
        question_of(comment, language),
    ]
    return " · ".join(part for part in parts if part)


def _drawn(comment: Comment) -> Text:
    """Return a comment with its marks in colour; the lines under it say the same in words."""
    from rich.text import Text

    drawn = Text(comment.text)
    for mark in comment.screened.marks:
        style = (
            "bold reverse"
            if mark.kind in DANGER
            else "bold underline"
            if mark.kind in _NAMED
            else "underline"
        )
        drawn.stylize(style, mark.start, mark.end)
    return drawn
