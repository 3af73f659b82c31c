"""Policies side by side: what each would do to the same marks, if nothing else changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsurvey.analysis.finding import MIN_N_SHOWN, Face, Finding, Value, fewest
from relsurvey.errors import AnalysisError
from relsurvey.escape import html_text
from relsurvey.grading.compared_cells import Cells, Compared, cells
from relsurvey.grading.compared_notes import Note, by_hand, left_out, of_missing, of_passes, of_proof
from relsurvey.grading.faces import WAYS, Figures, Moves, figures, moves
from relsurvey.grading.mark_groups import groups_of
from relsurvey.grading.ontrack import on_track
from relsurvey.grading.policy import Policy, policies_of
from relsurvey.grading.regrade import Regraded, regrade
from relsurvey.grading.shares import percent_words
from relsurvey.grading.tally import Tally, tally
from relsurvey.words import Text, languages, say, texts
from relsurvey.words.catalogue import pick

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.grading.gradebook import Gradebook

#: What one policy can be: itself, or one a course as ``Gradebook.but`` gives them.
Tried = Policy | Sequence[Policy]

#: Who is on track, where no rule is asked for.
_USUAL = "chicago"


@dataclass(frozen=True, repr=False)
class ComparedPolicies(Finding):
    """Policies side by side: numbers once, and every face of them.

    Attributes
    ----------
    by
        The columns that make the groups.
    rows
        One a policy and group, the courses' own rules first; of each policy all students first.
    said
        What has to be known to read them.
    rule
        What the rule for being on track is called; None where it could not be asked.
    """

    by: tuple[str, ...]
    rows: tuple[Compared, ...]
    said: tuple[Note, ...]
    rule: Text | None = None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """``policies``: one row a policy and group, with every count, and shares 0-1."""
        import pandas as pd

        whole = say("en", "grading.compare_all")
        data = []
        for row in self.rows:
            one: dict[str, object] = {"policy": pick(row.policy, "en")}
            one |= dict(zip(self.by, row.group or [whole] * len(self.by), strict=True))
            f = row.figures
            one |= {"students": f.students, "marks": f.marks}
            one |= {"df_marks": f.df_marks, "df_rate": f.share("df_marks")}
            one |= {"any_df": f.any_df, "any_df_rate": f.share("any_df")}
            one |= {"c_or_better": f.c_or_better, "c_or_better_rate": f.share("c_or_better"), "gpa": f.gpa}
            if self.rule is not None:
                one |= {"on_track": f.on_track, "on_track_of": f.on_track_of}
                one |= {"on_track_rate": f.share("on_track")}
            data.append(one | asdict(row.moves or Moves()))
        return {"policies": pd.DataFrame(data)}

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known to read the figures, in English."""
        return self.notes_in("en")

    def notes_in(self, language: str) -> tuple[str, ...]:
        """Return what has to be known to read the figures."""
        return tuple(note.in_words(language) for note in self.said)

    def in_words(self, language: str = "en") -> str:
        """Say for each policy what all students' marks would come to, if nothing else changed."""
        min_n = fewest()
        rows = [row for row in self.rows if not row.group]
        own, *tried = rows
        n = own.figures.students
        if n < min_n:
            return say(language, "grading.compare_too_few", min_n=min_n)
        share = percent_words(language, own.figures.share("df_marks"), n)
        parts = [say(language, "grading.compare_own_share", share=share)]
        shown = cells(language, rows, ("df_marks",), min_n)[1:]
        parts += [_of_policy(language, *each, min_n) for each in zip(tried, shown, strict=True)]
        return " ".join([*parts, say(language, "grading.compare_if")])

    def faces(self, language: str = "en", min_n: int = MIN_N_SHOWN) -> tuple[Face, ...]:
        """Return the policies side by side: groups, and changes, of fewer than ``min_n`` students masked."""
        measures = ["df_marks", "any_df", "c_or_better", "gpa", *(["on_track"] if self.rule else [])]
        head = [say(language, "grading.compare_head_policy"), *self.by]
        ways = [way for way in WAYS if any(getattr(row.moves, way, 0) for row in self.rows)]
        columns = ["students", *measures, "changed", "up", "down", *ways]
        head += [say(language, f"grading.compare_head_{key}", rule=self.rule or "") for key in columns]
        whole = say(language, "grading.compare_all")
        under = say(language, "grading.compare_under", min_n=min_n)
        shown: dict[int, Cells | None] = {}
        for group in dict.fromkeys(row.group for row in self.rows):
            mine = [row for row in self.rows if row.group == group]
            shown |= zip(map(id, mine), cells(language, mine, measures, min_n), strict=True)
        rows: list[tuple[Value, ...]] = []
        for row in self.rows:
            name = (pick(row.policy, language), *(row.group or [whole] * len(self.by)))
            one = shown[id(row)]
            if one is None:
                rows.append((*name, under, *[None] * (len(columns) - 1)))
            else:
                rows.append((*name, *(one.get(key) for key in columns)))
        return (Face(say(language, "grading.compare_title"), tuple(head), tuple(rows)),)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html_text(note)}</p>" for note in self.notes)
        return super()._repr_html_() + notes


def _of_policy(language: str, row: Compared, shown: Cells | None, min_n: int) -> str:
    moves = row.moves or Moves()
    name = pick(row.policy, language)
    if not moves.students_any:
        return say(language, "grading.compare_none", policy=name)
    if shown is None:
        return say(language, "grading.compare_few_left", policy=name, min_n=min_n)
    if moves.students_any < min_n:
        said = say(language, "grading.compare_few", policy=name, min_n=min_n)
    else:
        share = str(shown["df_marks"])
        masks = {say(language, f"grading.compare_{key}"): f"_{key}" for key in ("same", "masked")}
        key = f"grading.compare_policy{masks.get(share, '')}"
        said = say(language, key, policy=name, share=share, up=shown["up"], down=shown["down"])
    lettered = [say(language, f"grading.compare_{way}", n=shown[way]) for way in WAYS if getattr(moves, way)]
    return " ".join([said, *lettered])


def compare_policies(
    gradebook: Gradebook,
    policies: Tried | Mapping[str, Tried] | Sequence[Tried],
    by: str | Sequence[str] | None = None,
    roster: pd.DataFrame | str | Path | None = None,
    rule: Any = None,
) -> ComparedPolicies:
    """Set policies side by side on the same work, the courses' own rules first, if nothing else changed.

    Parameters
    ----------
    gradebook
        The scores, or marks alone for policies that need no more.
    policies
        What to try: one policy, a list, or a dict by the name that each is to be called. What
        ``gradebook.but`` returns is one policy for each course: give it in a dict, ``{"name":
        gradebook.but(...)}``.
    by
        A column of the marks, or else of the roster; several for their combinations; never a teacher's.
    roster
        One row a student with the ids in ``student``, or a file with such a table.
    rule
        The rule for being on track, as :func:`on_track` takes it; None: Chicago's. Where the marks do not
        allow it, a note says why.

    Returns
    -------
    ComparedPolicies
        ``.table`` has one row a policy and group: ``students, marks``; ``df_marks, df_rate`` (D, F and not
        passed, shares 0-1 of the marks); ``any_df, any_df_rate`` (of the students); ``c_or_better,
        c_or_better_rate``; ``gpa`` (0-4, the mean over students); ``on_track, on_track_of, on_track_rate``
        where the marks allow the rule; marks that change letter, ``changed, up, down``, and of how many
        students, ``students_changed, students_up, students_down``; marks that lose their letter or gain one,
        ``lost, gained, students_lost, students_gained``, which are in none of the former; and
        ``students_any``, of whom any mark is in one of these.

    Raises
    ------
    AnalysisError
        If no policy is given, one asks for what the gradebook lacks, or there is no such group.

    Examples
    --------
    >>> import pandas as pd
    >>> from relsurvey.grading import Gradebook, Policy
    >>> students = [f"s{i}" for i in range(12) for _ in range(5)]
    >>> scores = pd.DataFrame({
    ...     "student": students, "item": list("abcde") * 12, "raw": [85, 85, 85, 85, 0] * 12,
    ...     "points_possible": 100.0,
    ... })
    >>> found = compare_policies(Gradebook.of(scores), {"a floor of 50 %": Policy(floor={"percent": 50})})
    >>> found.table[["policy", "df_marks", "c_or_better", "gpa", "changed", "up"]].values.tolist()
    [["the courses' own rules", 12, 0, 1.0, 0, 0], ['a floor of 50 %', 0, 12, 2.0, 12, 12]]
    """
    named = _named(policies)
    if not named:
        raise AnalysisError("No policy was given. Give one, a list of them, or a dict by name.")
    regraded = [(name, regrade(gradebook, tried)) for name, tried in named]
    return compared(regraded, by, roster, _USUAL if rule is None else rule)


def compared(
    regraded: Sequence[tuple[Text, Regraded]],
    by: str | Sequence[str] | None = None,
    roster: pd.DataFrame | str | Path | None = None,
    rule: Any = None,
) -> ComparedPolicies:
    """Return marks under several policies side by side, each by the name of its policy.

    Who is on track stands there where the marks can tell; why they cannot is said where a rule is asked for.
    """
    import numpy as np

    _, first = regraded[0]
    before = tally(first.before)
    groups = groups_of(before, by, roster)
    k = len(groups.labels) if groups.by else 0
    of_all = np.zeros(len(before.student), np.intp)
    labels = ((), *(groups.labels if groups.by else ()))

    wanted = _USUAL if rule is None else rule
    named: Text | None
    try:
        standing = on_track(before.frame, wanted)
        named, problem = (None, standing.few_credits) if standing.few_credits else (standing.rule.title, "")
    except AnalysisError as cause:
        named, problem = None, str(cause)

    def every(found: Tally) -> tuple[Figures, ...]:
        track = on_track(_credited(before, found), wanted).students if named is not None else None
        whole = figures(found, of_all, 1, track)
        return whole + (figures(found, groups.of, k, track) if k else ())

    def moved(first: Tally, then: Tally) -> tuple[Moves, ...]:
        return moves(first, then, of_all, 1) + (moves(first, then, groups.of, k) if k else ())

    own = texts(languages(), "grading.compare_own")
    rows = [Compared(own, *pair, None) for pair in zip(labels, every(before), strict=True)]
    said = []
    seen = [before]
    for name, one in regraded:
        after = tally(one.after)
        apart = [[each.students_any for each in moved(tried, after)] for tried in seen[1:]]
        seen.append(after)
        rows += [
            Compared(name, *each, tuple(students[i] for students in apart))
            for i, each in enumerate(zip(labels, every(after), moved(before, after), strict=True))
        ]
        left = left_out(one)
        if left:
            said.append(Note("compare_left_out", (("policy", name),), left))
    if any((each.what[each.code] == "NP").any() for each in seen):
        said.append(Note("compare_not_passed"))
    said += of_missing(first.gradebook, (policy for _, one in regraded for policy in one.policies))
    said += of_passes(first)
    said += by_hand(first)
    said += of_proof(first)
    if problem and rule is not None:
        said.append(Note("compare_no_track", (("why", problem),)))
    return ComparedPolicies(groups.by, tuple(rows), tuple(said), named)


def _credited(before: Tally, after: Tally) -> pd.DataFrame:
    """Return the marks after, where one that now passes earns what its course gives others who pass.

    Where nobody passed the course, nobody can tell.
    """
    import numpy as np

    frame = after.frame
    given = before.numbers("credits")
    if given is None:
        return frame
    course = frame["course"].astype(object).where(frame["course"].notna(), "")
    earned = frame.assign(credits=given)[before.passed & ~np.isnan(given)]
    usual = earned.groupby(course[earned.index])["credits"].agg(lambda each: each.mode().iloc[-1])
    new = after.passed & ~before.passed & ~(np.nan_to_num(given) > 0)
    return frame.assign(credits=np.where(new, course.map(usual).astype(float), given))


def _named(policies: Any) -> list[tuple[Text, Tried]]:
    """Return the policies, each with what it is called; of two that are called the same one is numbered."""
    if isinstance(policies, Mapping):
        return [({"*": str(name)}, tried) for name, tried in policies.items()]
    several = isinstance(policies, Sequence) and not isinstance(policies, str)
    each: list[Any] = list(policies) if several else [policies]
    found: list[tuple[Text, Tried]] = []
    for tried in each:
        title = title_of(tried)
        again = sum(title == before for before, _ in found)
        if again:
            title = {language: f"{text} ({len(found) + 1})" for language, text in title.items()}
        found.append((title, tried))
    return found


def title_of(tried: Tried) -> Text:
    """Return what a policy is called; several are called by the first."""
    return policies_of(tried)[0].title
