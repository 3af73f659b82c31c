"""What a team could try about grading, on the page *Next step* of a view of marks."""

from __future__ import annotations

from importlib import resources

from relsurvey.view.strategies import Strategies, ready

#: The ready cards that concern marks, in the order in which they are offered.
_READY = ("second_chance", "late_work_rule", "lowest_grade_talk", "weekly_formative_check", "two_by_ten")


def grading_cards() -> Strategies:
    """Return the cards of a view of marks: they go with any of its measures.

    Examples
    --------
    >>> list(grading_cards().strategies)[:3]
    ['second_chance', 'makeup_day', 'late_work_rule']
    """
    text = (resources.files(__package__) / "strategies.yaml").read_text("utf-8")
    own = Strategies.parse(text, "strategies.yaml").strategies
    cards = ready().strategies
    first, *rest = (cards[key].model_copy(update={"elements": ()}) for key in _READY)
    found = [first, *own.values(), *rest]
    return Strategies(format=1, strategies={card.id: card for card in found})
