"""What changed in a unit since the wave before: of all its students, never of a group (rules.md 7)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.analysis.change import MIN_N_CHANGE, Change, change_verdicts
from relsurvey.analysis.waves.change_rows import matches
from relsurvey.analysis.waves.paired import SharesTwice, overlap, shares_twice
from relsurvey.disclosure import ALL, Unit
from relsurvey.view import model, pages, shares
from relsurvey.view.asked import Reach, reach
from relsurvey.view.cells import Cells
from relsurvey.view.telling import Telling
from relsurvey.view.waves import Wave
from relsurvey.words import Text, share_words, students_words
from relsurvey.words.shares import BOTTOM, TOP, tenths

if TYPE_CHECKING:
    import numpy as np

#: Of a page's findings so many are told in sentences; all of them stand in its table.
_MOST_SAID = 3

#: Whom a change is judged over: mostly the same students; these, but as if they were others, to protect the
#: few who answered once; all students; or all, for nobody was found in both waves.
Basis = Literal["same", "protected", "all", "nobody"]
_Pairs = tuple["np.ndarray", "np.ndarray"]


@dataclass(frozen=True)
class Since:
    """What changed in one unit.

    Attributes
    ----------
    telling, unit
        The view's numbers, and the unit.
    before, then
        The wave before, and the unit's id there.
    basis
        Whom the change is judged over; None where the unit's students are or were too few, or not shown.
    matched
        How many answered both times.
    found
        By scale that is read as one in both waves.
    """

    telling: Telling
    unit: Unit
    before: Wave
    then: str
    basis: Basis | None
    matched: int
    found: dict[str, Change]

    @classmethod
    def of(cls, telling: Telling, unit: Unit, before: Wave, now: Wave) -> Since | None:
        """Judge a unit's scales together; None where the wave before has no such unit.

        Notes
        -----
        How the two times go together is known from those who answered both times. Where few others answered
        (1 to ``min_n`` - 1 in one of the waves), a verdict that rests on it could tell what these few
        answered: then all are judged as different students, by what is shown alone. Counts of students decide
        it, never their answers: else the choice itself would tell.
        """
        then = before.unit(now.cells.titles[unit.id])
        if then is None:
            return None
        fewest = max(MIN_N_CHANGE, telling.min_n)
        sizes = [w.cells.units[name].respondents for w, name in ((before, then), (now, unit.id))]
        if then not in before.released.units or min(sizes) < fewest:
            return cls(telling, unit, before, then, None, 0, {})
        pairs, scored = _rows(before, then, now, unit.id)
        found = _changes(scored, pairs, telling.same_within, fewest)
        judged = [c for c in found if not c.too_few]
        few = any(
            0 < side.n - c.score.matched < telling.min_n
            for c in judged
            for side in (c.score.before, c.score.after)
        )
        basis: Basis = "nobody"
        if len(pairs[0]):
            same = all(c.headline == "overlapping" for c in judged)
            basis = "all" if not same else "protected" if few else "same"
        if basis != "same":
            found = _changes(scored, (pairs[0][:0], pairs[1][:0]), telling.same_within, fewest)
        by_scale = {c.scale: c for c in change_verdicts(found)}
        return cls(telling, unit, before, then, basis, len(pairs[0]), by_scale)

    def page(self) -> model.Change:
        """Return the unit's page of changes."""
        telling = self.telling
        title = _capital(self._named("change.since"))
        if self.basis is None:
            return model.Change(
                title=title,
                base="all_students",
                who=self._say("who_few", min_n=max(MIN_N_CHANGE, telling.min_n)),
                say=[self._say("say_nothing")],
                cells=[],
            )
        material = self.before.material
        cells = [self._cell(scale) for scale in telling.cells.scales]
        notes = [telling.say("note.withheld")] if any(c.reason == "protected" for c in cells) else []
        if self.unit.id == ALL and self._other_schools():
            notes.append(self._say("other_schools"))
        return model.Change(
            title=title,
            wave=pages.wave_name(material.wave, telling.languages, material.instrument.waves),
            base="same_students" if self.basis == "same" else "all_students",
            who=self._who(),
            say=self._sentences(),
            cells=cells,
            note=_joined(notes) if notes else None,
        )

    def clear(self) -> list[tuple[bool, Text]]:
        """Return the clear changes for the first page, the largest first: whether up, and a sentence."""
        found = sorted(self._shown("clear"), key=lambda c: -abs(c.favorable_change))
        return [(c.favorable_change > 0, self._sentence(c, "say")) for c in found]

    def _other_schools(self) -> bool:
        """Whether the schools are not the same in both waves, or not on every scale that is compared."""
        then, now = self.before.cells, self.telling.cells
        return schools(then) != schools(now) or any(
            schools(then, scale) != schools(now, scale) for scale in self.found
        )

    def _named(self, key: str) -> Text:
        """Return a phrase with the name of the wave before."""
        material = self.before.material
        assert material.wave is not None  # a wave before another has a name
        return pages.wave_phrase(key, material.wave, self.telling.languages, material.instrument.waves)

    def _say(self, key: str, **values: object) -> Text:
        since, when = map(self._named, ("change.since", "since.in"))
        return self.telling.say(f"since.{key}", since=since, when=when, **values)

    def _cell(self, scale: str) -> model.ChangeCell:
        cells = self.telling.cells
        if scale not in cells.reported:
            return model.ChangeCell(scale=scale, words=self.telling.one_by_one(scale), reason="one_by_one")
        if scale in self.before.material.cumulative:
            return model.ChangeCell(scale=scale, words=self._say("cumulative"), reason="dropped")
        if scale not in self.found:
            asked = scale in self.before.cells.scales
            words = self._say("not_one" if asked else "not_asked")
            return model.ChangeCell(scale=scale, words=words, reason="one_by_one" if asked else "dropped")
        change = self.found[scale]
        if change.too_few:
            return model.ChangeCell(
                scale=scale, words=self._say("too_few"), reason="too_few", verdict="too_few"
            )
        if self._hidden(scale):
            return model.ChangeCell(scale=scale, words=self.telling.say("cell.protected"), reason="protected")
        then, now = self._sides(scale)
        verdict = _verdict(change)
        told = verdict in ("clear", "maybe")
        return model.ChangeCell(
            scale=scale,
            before=shares.shown(self.telling.languages, *then).share,
            now=shares.shown(self.telling.languages, *now).share,
            words=_capital(self._say("then_now", before=self._share(change, 0), now=self._share(change, 1))),
            verdict=verdict,
            direction=("up" if change.favorable_change > 0 else "down") if told else None,
            sentence=self._sentence(change),
        )

    def _hidden(self, scale: str) -> bool:
        telling = self.telling
        return self.before.hides(self.then, scale) or telling.released.hides(
            telling.cells.plan, self.unit.id, None, scale, "scale"
        )

    def _sides(self, scale: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return favorable students and all with a score, then and now."""
        then = self.before.cells.units[self.then].scales[scale]
        now = self.telling.cells.units[self.unit.id].scales[scale]
        return (then.favorable, then.n), (now.favorable, now.n)

    def _shown(self, *verdicts: model.Verdict) -> list[Change]:
        """Return the changes that are shown, of some verdicts."""
        return [
            c
            for c in self.found.values()
            if not c.too_few and not self._hidden(c.scale) and _verdict(c) in verdicts
        ]

    def _sentences(self) -> list[Text]:
        """Return a page's findings: clear ones, then maybes, up before down; else what else was found."""
        told = [
            self._sentence(c, "say")
            for verdict in ("clear", "maybe")
            for c in sorted(self._shown(verdict), key=lambda c: -c.favorable_change)
        ]
        if told:
            return told[:_MOST_SAID]
        same, unknown = self._shown("about_the_same"), self._shown("cannot_tell")
        if unknown:
            gap = shares.least_seen(self.telling.languages, [c.smallest for c in unknown])
            return [self._say("say_mixed" if same else "cannot_tell", gap=gap)]
        if same:
            return [self._say("about_the_same" if len(self.telling.cells.scales) == 1 else "say_same")]
        return [self._say("say_nothing")]

    def _sentence(self, change: Change, prefix: Literal["", "say"] = "") -> Text:
        """Return a change in a sentence, of a cell or (``say``) with the scale's name."""
        verdict = _verdict(change)
        way = "up" if change.favorable_change > 0 else "down"
        if verdict == "cannot_tell":
            gap = shares.least_seen(self.telling.languages, [change.smallest])
            return self._say("cannot_tell", gap=gap)
        if verdict == "about_the_same":
            return self._say("about_the_same")
        far = self._reach()
        key = f"maybe_{way}" if verdict == "maybe" else f"{way}_half" if far == "half" else way
        return self._say(
            f"{prefix}_{key}" if prefix else key,
            scale=self.telling.scale_title(change.scale),
            before=self._share(change, 0, "since", "" if far == "nearly" else "_some"),
            now=self._share(change, 1),
        )

    def _reach(self) -> Reach:
        """Return how far sentences may go, by how many answered of those asked: of the two waves the less."""
        asked, titles = self.before.material.answering, self.before.cells.titles[self.then]
        then: Reach = "nearly"
        if asked is not None:
            then = reach(asked.of(titles, self.telling.min_n), self.telling.min_n)
        order: list[Reach] = ["half", "some", "nearly"]
        return min(then, self.telling.reach(self.unit.id), key=order.index)

    def _share(self, change: Change, side: Literal[0, 1], part: str = "share", of: str = "") -> Text:
        """Return one of the two shares in words; in whole percents where tenths would say another thing."""
        say, sides = self.telling.say, self._sides(change.scale)
        share = sides[side][0] / sides[side][1]
        if share >= TOP:
            return say(f"{part}.nearly_all{of}")
        if share <= BOTTOM:
            return say(f"{part}.almost_none{of}")
        if _by_tenths(_verdict(change), *(count / n for count, n in sides)):
            return say(f"{part}.tenths{of}", k=tenths(share))
        name = "percent_gap" if part == "share" else f"percent{of}"
        return say(f"{part}.{name}", k=shares.percent(share))

    def _who(self) -> Text:
        """Say who answered then and now, in bands, and whom the page compares."""
        sizes = (
            self.before.cells.units[self.then].respondents,
            self.telling.cells.units[self.unit.id].respondents,
        )
        before, now = (students_words(self.telling.languages, n) for n in sizes)
        larger = max(sizes)
        share = self.matched / larger
        left = larger - self.matched
        # Of a few, a tenth would come close to counting them.
        if 0 < left < self.telling.min_n and share < TOP:
            said = self.telling.say("share.most")
        elif 0 < self.matched < self.telling.min_n and share > BOTTOM:
            said = self.telling.say("share.few")
        else:
            said = share_words(self.telling.languages, share, larger)
        return _capital(self._say(f"who_{self.basis}", before=before, now=now, share=said))


def schools(cells: Cells, scale: str | None = None) -> frozenset[tuple[str, ...]]:
    """Return the names of a wave's schools, shown or not; of a scale those with answers to it."""
    return frozenset(
        cells.titles[unit.id]
        for unit in cells.plan.units
        if unit.kind == "school" and (scale is None or cells.units[unit.id].scales[scale].n)
    )


def _rows(before: Wave, then: str, now: Wave, unit: str) -> tuple[_Pairs, dict[str, tuple[_Pairs, _Pairs]]]:
    """Return the places of those who answered both times, and by scale the scores and favorable marks."""
    import pandas as pd

    sides = [(wave.students, wave.students.members[name]) for wave, name in ((before, then), (now, unit))]
    chosen = [members & students.answered for students, members in sides]
    who = [pd.Series(s.respondents[rows]) for (s, _), rows in zip(sides, chosen, strict=True)]
    scored = {}
    for scale in now.cells.reported:
        if scale not in before.cells.reported or scale in now.material.cumulative:
            continue
        of = [(s.scored[scale], rows) for (s, _), rows in zip(sides, chosen, strict=True)]
        scores, marks = (
            tuple(getattr(values, name)[rows] for values, rows in of) for name in ("score", "favorable")
        )
        scored[scale] = (scores, marks)
    return matches(*who), scored


def _changes(
    scored: dict[str, tuple[_Pairs, _Pairs]], pairs: _Pairs, same_within: float, fewest: int
) -> list[Change]:
    return [
        Change(
            scale,
            None,
            None,
            overlap(*scores, pairs),
            None,
            _drawn(shares_twice(*marks, pairs)),
            (),
            None,
            None,
            len(pairs[0]) > 0,
            fewest,
            same_within,
        )
        for scale, (scores, marks) in scored.items()
    ]


def _drawn(found: SharesTwice) -> SharesTwice:
    """Return a change as it is drawn: a coded share at its code, so that no verdict tells more of it."""
    sides = [(found.before, found.n_before), (found.after, found.n_after)]
    if not any(n and not BOTTOM < count / n < TOP for count, n in sides):
        return found
    (before, n), (after, m) = ((_at_code(count, n), n) for count, n in sides)
    return SharesTwice(before, n, after, m, 0, 0, 0, 0)


def _at_code(count: int, n: int) -> int:
    least, most = math.floor(BOTTOM * n + 1e-9), math.ceil(TOP * n - 1e-9)
    return min(most, max(least, count))


def _verdict(change: Change) -> model.Verdict:
    """Return what is drawn of a verdict: of very many students a change may be told that no percent shows."""
    # Shares are always judged here.
    assert change.verdict is not None
    assert change.shares is not None
    drawn = {shares.percent(share) for share in (change.shares.share_before, change.shares.share_after)}
    if change.verdict in ("clear", "maybe") and len(drawn) == 1:
        return "about_the_same"
    return change.verdict


def _by_tenths(verdict: model.Verdict, before: float, now: float) -> bool:
    """Say whether two shares in tenths agree with their difference and its verdict (rules.md 13)."""
    apart = abs(tenths(before) - tenths(now))
    if tenths(abs(before - now)) != apart:
        return False
    if verdict in ("clear", "maybe"):
        return apart > 0
    return verdict != "about_the_same" or apart == 0


def _joined(sentences: Iterable[Text]) -> Text:
    first, *rest = sentences
    return {
        language: " ".join([text, *(other[language] for other in rest)]) for language, text in first.items()
    }


def _capital(text: Text) -> Text:
    return {language: value[:1].upper() + value[1:] for language, value in text.items()}
