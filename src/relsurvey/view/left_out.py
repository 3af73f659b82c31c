"""Which scales and questions a view leaves out because of earlier releases, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relsurvey.disclosure import ALL

if TYPE_CHECKING:
    from relsurvey.disclosure.shown import LeftOut
    from relsurvey.view.model import View


def left_out_anew(view: View, left: LeftOut) -> Iterator[str]:
    """Yield a sentence for each scale and question that is left out somewhere.

    Parameters
    ----------
    view
        The view.
    left
        What it leaves out.
    """
    language, min_n = view.languages[0], view.provenance.settings.min_n
    names = {f"scale {scale.id}": repr(scale.title[language]) for scale in view.scales}
    names |= {f"item {item.id}": repr(item.text[language]) for item in view.items}
    titles = {unit.id: "all schools" if unit.id == ALL else unit.title[language] for unit in view.units}
    # Of weeks a view has no list.
    weeks = sorted({what for _, _, what in left.now} - {*names})
    names |= {what: f"The week of {what.partition(' ')[2]}" for what in weeks}
    for told, of in ((left.now, ""), (left.before, " in the wave before")):
        for what, name in names.items():
            where = [
                title if (unit, "", what) in told else f"{title} (groups)"
                for unit, title in titles.items()
                if any(key[0] == unit and key[2] == what for key in told)
            ]
            if where:
                yield (
                    f"{name}{of} ({', '.join(where)}): beside an earlier release it would tell of fewer than "
                    f"{min_n} students who joined, left or answered otherwise, or of so small a group."
                )
