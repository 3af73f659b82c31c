"""Every policy of a grid tried on a gradebook, if nothing else changed, and what a view may print of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relsurvey.disclosure import ALL
from relsurvey.disclosure.grids import FEWEST, LEAST, settle
from relsurvey.errors import AnalysisError
from relsurvey.escape import one_line, plain_text
from relsurvey.grading.compared import _credited
from relsurvey.grading.gradebook import KEYS
from relsurvey.grading.policy import Policy
from relsurvey.grading.policy_sentences import policy_words
from relsurvey.grading.proof import prove
from relsurvey.grading.regrade import Regraded, regrade
from relsurvey.grading.tally import tally
from relsurvey.practices.hands import several
from relsurvey.practices.measures import ITEMS, instrument, measured, untold
from relsurvey.view import model
from relsurvey.view.pages import in_languages
from relsurvey.view.shares import percent
from relsurvey.words import Text, say, share_words, texts
from relsurvey.words.catalogue import pick
from relsurvey.words.shares import BOTTOM, TOP

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from relsurvey.grading import Gradebook
    from relsurvey.grading.trackrule import Rule
    from relsurvey.practices.dials import Dials

#: By unit and measure: of how many students it holds, and of how many.
Counts = Mapping[str, Mapping[str, tuple[int, int]]]


# repr=False: a dataclass's own repr would show counts.
@dataclass(frozen=True, eq=False, repr=False)
class Trials:
    """Counts under every policy of a grid: exact, for this kernel alone.

    Attributes
    ----------
    dials
        The grid.
    hold
        By unit and measure, of how many students it holds under each policy, as the rules are now first.
    of
        By unit and measure, of how many students it can be told under every policy.
    differs
        Whether the marks worked out under the courses' own rules are not all those of the gradebook.
    untold
        Whether a measure cannot be told of some students under some policy.
    narrow
        Dials by which a measure of 11 students or more changes in a unit, all of it in marks of one or two
        teachers: what would be printed is about them.
    """

    dials: Dials
    hold: dict[str, dict[str, tuple[int, ...]]]
    of: dict[str, dict[str, int]]
    differs: bool
    untold: bool
    narrow: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Trials: {len(self.dials.grid)} policies, {len(self.hold)} units>"


def try_all(
    gradebook: Gradebook,
    dials: Dials,
    rule: Rule | None,
    units: pd.Series,
    terms: Sequence[str] | None = None,
    year_course: float | None = None,
    attendance: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Trials:
    """Work out every student's marks under every policy of a grid, and count.

    Parameters
    ----------
    gradebook
        With scores, and the courses' own rules: each policy is these with the dials' parts changed, at every
        date and in every course.
    dials
        The grid.
    rule
        Who is on track; None leaves that measure out.
    units
        By student (the index, as in the gradebook) the unit, None for one who counts in ``all`` alone.
        Students who are not in it are not counted.
    terms, year_course, attendance
        As for :func:`~relsurvey.practices.measures.measured`.
    progress
        Is told how many policies are done, and of how many.

    Raises
    ------
    AnalysisError
        If a policy asks for what the gradebook lacks.
    PolicyError
        If the parts of two dials speak against each other.

    Notes
    -----
    Where a course's own rules hold for some dates alone, what is changed is changed before, within and after
    them.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook
    >>> from relsurvey.practices.dials import ready
    >>> gradebook = Gradebook.of(pd.DataFrame({
    ...     "student": list("aaaaabbbbb"), "item": list("vwxyz") * 2, "points_possible": 100.0,
    ...     "raw": [85, 85, 85, 85, 0] + [85] * 5,
    ... }))
    >>> dials, _ = ready(gradebook)
    >>> trials = try_all(gradebook, dials, None, pd.Series({"a": "north", "b": "north"}))
    >>> trials.hold["north"], trials.of["north"]
    ({'no_df': (1, 2, 2)}, {'no_df': 2})
    """
    import numpy as np
    import pandas as pd

    if not len(gradebook.scores):
        raise AnalysisError(
            "Policies are tried on scores; these are marks alone. Read the gradebook's scores."
        )
    known = pd.Series(units.to_numpy(dtype=object), units.index.map(str))
    own = regrade(gradebook, gradebook.policies)
    favorable = _favorable()

    def counts(marks: pd.DataFrame) -> pd.DataFrame:
        return measured(marks, rule, terms, year_course, attendance)

    def holds(table: pd.DataFrame) -> NDArray[np.float64]:
        """Return of each student (columns) whether each measure (rows) holds, NaN where it cannot be told."""
        codes = table.set_index("student").reindex(known.index)[list(ITEMS.values())].to_numpy(dtype=float).T
        return np.where(np.isnan(codes), np.nan, codes == np.array(list(favorable.values()))[:, None])

    found: list[NDArray[np.float64]] = []
    letters: list[pd.Series] = []
    few: list[list[str]] = []
    whose = _whose(own.before, gradebook)
    for at in dials.grid:
        marks = _marks(own, _changed(gradebook, dials, at), rule) if any(at) else own.before
        found.append(holds(counts(marks)))
        letters.append(marks["letter"].reset_index(drop=True).fillna(""))
        if _narrow(found[0], found[-1], letters[0] != letters[-1], whose, known):
            few.append([dial.id for dial, _ in dials.turned(at)])
        del letters[1:]
        if progress is not None:
            progress(len(found), len(dials.grid))
    each = np.stack(found)
    told: NDArray[np.bool_] = np.array(~np.isnan(each).any(axis=0))
    as_now = counts(gradebook.marks if _says_marks(gradebook) else own.before)
    exported = holds(as_now)
    open_ = bool((~told & ~np.isnan(each).all(axis=0)).any())
    # A page counts it of nobody in these schools.
    out = as_now.loc[untold(as_now), "student"]
    told[list(ITEMS.values()).index("track")] &= ~known.index.isin(out)
    proved = not len(gradebook.totals) or prove(gradebook).holds
    everyone = np.ones(len(known), bool)
    names = [str(name) for name in known.dropna().unique() if name != ALL]
    members = {ALL: everyone, **{name: (known == name).to_numpy(dtype=bool) for name in names}}
    hold: dict[str, dict[str, tuple[int, ...]]] = {}
    of: dict[str, dict[str, int]] = {}
    for unit, mine in members.items():
        some = told & mine
        of[unit] = {scale: int(n) for scale, n in zip(ITEMS, some.sum(axis=1), strict=True) if n}
        hold[unit] = {
            scale: tuple(int(count) for count in each[:, m, some[m]].sum(axis=1))
            for m, scale in enumerate(ITEMS)
            if scale in of[unit]
        }
    return Trials(
        dials,
        hold,
        of,
        differs=not proved or not np.array_equal(exported, found[0], equal_nan=True),
        untold=open_,
        narrow=_blamed(few),
    )


def _blamed(few: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the dials without which none of these combinations is left, those that do it alone first."""
    found: list[str] = []
    for turned in sorted(few, key=len):
        if not any(dial in found for dial in turned):
            found += turned
    return tuple(found)


def _whose(marks: pd.DataFrame, gradebook: Gradebook) -> pd.DataFrame:
    """Return of each mark ``student`` and ``school, course, teacher``; of several teachers the first."""
    keys = [*KEYS]
    teachers = gradebook.scores.dropna(subset="teacher").drop_duplicates(keys)[[*keys, "teacher"]]
    whole: pd.DataFrame = marks.reset_index(drop=True)[keys].merge(teachers, how="left", on=keys)
    return whole.assign(student=whole["student"].map(str))


def _narrow(
    now: NDArray[np.float64],
    then: NDArray[np.float64],
    changed: pd.Series,
    whose: pd.DataFrame,
    units: pd.Series,
) -> bool:
    """Say whether a policy changes a measure of 11 students or more in a unit by few teachers alone."""
    import numpy as np

    moved = ((now != then) & ~np.isnan(now) & ~np.isnan(then)).any(axis=0)
    # What is left beside the units that may print a grid is told of together.
    sizes = units.map(units.value_counts())
    unit = units.where(sizes >= LEAST, "")[moved]
    for _, students in unit.groupby(unit):
        if len(students) >= FEWEST:
            marks = whose[changed.to_numpy() & whose["student"].isin(students.index).to_numpy()]
            if not several(marks):
                return True
    return False


def _favorable() -> dict[str, float]:
    """Return by measure the code of its item that says that it holds."""
    asked = instrument()
    codes = {
        scale: [option.code for option in asked.options_of(item).options if option.favorable]
        for scale, item in ITEMS.items()
    }
    return {scale: float(code) for scale, [code] in codes.items() if code is not None}


def _says_marks(gradebook: Gradebook) -> bool:
    marks = gradebook.marks
    return bool(marks["letter"].notna().any() or marks["percent"].notna().any())


def _changed(gradebook: Gradebook, dials: Dials, at: tuple[int, ...]) -> tuple[Policy, ...]:
    """Return the courses' own rules with the parts that a combination sets, called by its choices."""
    name = ", ".join(f"{dial.id}-{choice.id}" for dial, choice in dials.turned(at))
    return gradebook.but(id=name, **dials.parts(at))


def _marks(own: Regraded, policies: tuple[Policy, ...], rule: Rule | None) -> pd.DataFrame:
    """Return the marks under changed rules; what passes now earns credits, where these are asked for."""
    gradebook = own.gradebook
    if any(policy.effective for policy in policies):
        # Outside the dates of a course's own rules the ones before these hold: changed too.
        gradebook = gradebook.with_policy(*policies)
    after = regrade(gradebook, policies).after
    if rule is None or rule.requires.credits is None:
        return after
    return _credited(tally(own.before), tally(after))


def lab_of(
    trials: Trials, now: Counts, languages: Sequence[str], min_n: int = FEWEST
) -> tuple[list[model.Dial], dict[str, model.Lab]]:
    """Return the dials and, by unit, what each policy of the grid would do, as far as it may be said.

    Parameters
    ----------
    trials
        What was counted.
    now
        By unit and measure, of how many students it holds and of how many, as the unit's own page has them:
        of the units and measures that the gate lets be shown.
    languages
        The view's.
    min_n
        Fewer students than this are never told of; 11 where it is less.

    Returns
    -------
    tuple
        The dials; and the units that print a grid, in the order of ``now``. A unit of fewer than 100 students
        has none.

    Notes
    -----
    A policy's number is the page's own plus what the policy changes: were the marks as they are now printed
    as they are worked out, subtraction would tell how many were set by hand. Which numbers may stand is
    settled by :func:`relsurvey.disclosure.grids.settle`.
    """
    min_n = max(min_n, FEWEST)
    grid = trials.dials.grid
    numbers: dict[str, dict[str, tuple[int, ...]]] = {}
    for scale in ITEMS:
        counts, n = {}, {}
        for unit, held in trials.hold.items():
            if scale in held and scale in now.get(unit, {}):
                first, n[unit] = now[unit][scale]
                counts[unit] = [first + count - held[scale][0] for count in held[scale]]
        for unit, settled in settle(counts, n, grid, min_n).items():
            numbers.setdefault(unit, {})[scale] = settled
    note = _note(trials, languages, min_n)
    says = [_says(trials.dials, at, languages) for at in grid]
    labs = {
        unit: model.Lab(
            tried=[
                model.Tried(
                    choices=list(at),
                    outcomes=[
                        _outcome(scale, of[scale][i], of[scale][0], now[unit][scale][1], i == 0, languages)
                        for scale in of
                    ],
                    says=says[i],
                )
                for i, at in enumerate(grid)
            ],
            note=note,
        )
        for unit, of in numbers.items()
    }
    return _dials(trials.dials, languages), {unit: labs[unit] for unit in now if unit in labs}


def _dials(dials: Dials, languages: Sequence[str]) -> list[model.Dial]:
    return [
        model.Dial(
            id=dial.id,
            title=_plain(in_languages(dial.title, languages)),
            choices=[
                model.Choice(id=choice.id, title=_plain(in_languages(choice.title, languages)))
                for choice in dial.choices
            ],
        )
        for dial in dials.dials
    ]


def _note(trials: Trials, languages: Sequence[str], min_n: int) -> Text:
    keys = ["if", "small", *(key for key in ("differs", "untold") if getattr(trials, key))]
    return {
        language: " ".join(say(language, f"trying.{key}", min_n=min_n) for key in keys)
        for language in languages
    }


def _says(dials: Dials, at: tuple[int, ...], languages: Sequence[str]) -> Text:
    """Return a policy in plain words: the parts it sets; the choice's own title where it takes one away."""
    if not any(at):
        return texts(languages, "trying.says_now")
    set_parts = {key: part for key, part in dials.parts(at).items() if part is not None}
    away = [
        (dial, choice)
        for dial, choice in dials.turned(at)
        if choice.policy is not None and None in choice.policy.parts.values()
    ]
    said = {}
    for language in languages:
        changes = [policy_words(Policy(**set_parts), (language,))[language]] if set_parts else []
        changes += [
            say(
                language,
                "trying.says_choice",
                dial=pick(dial.title, language),
                choice=pick(choice.title, language),
            )
            for dial, choice in away
        ]
        said[language] = say(language, "trying.says_but", changes=" ".join(changes))
    return _plain(said)


def _plain(text: Text) -> Text:
    return {language: one_line(plain_text(said)) for language, said in text.items()}


def _outcome(
    scale: str, number: int, first: int, n: int, as_now: bool, languages: Sequence[str]
) -> model.Outcome:
    """Return one cell: a number of students that may be printed, beside that of the marks as they are now."""
    here, there = percent(number / n), percent(first / n)
    # One percent is one number, whatever lies behind it.
    number = first if here == there else number
    words, now = (share_words(languages, count / n, n) for count in (number, first))
    beside: Literal["same", "more", "fewer"] = (
        "same" if here == there else "more" if here > there else "fewer"
    )
    if as_now:
        sentence = texts(languages, f"trying.now_{scale}", now=now)
    elif beside == "same":
        sentence = texts(languages, "trying.same")
    else:
        if words == now:
            # Whole percents where the tenths would say that it is the same.
            words, now = (texts(languages, "share.percent_gap", k=k) for k in (here, there))
        sentence = texts(languages, f"trying.would_{scale}", share=words, now=now)
    return model.Outcome(
        scale=scale,
        percent=here,
        coded="top" if number / n >= TOP else "bottom" if number / n <= BOTTOM else None,
        words=words,
        beside=beside,
        sentence=_capital(sentence),
    )


def _capital(text: Text) -> Text:
    return {language: said[:1].upper() + said[1:] for language, said in text.items()}
