"""One agreed stage a practice and team, and never a teacher's own."""

from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import MatchError, ReadError
from relsurvey.grading import adoption
from relsurvey.instrument import Instrument, instruments

READY = instruments()["grading-practices"]
ASKED = {key: item.text for key, item in READY.items.items()}


def sheet(
    team: str, wave: str, stages: dict[str, str], language: str = "en", school: str = "Paper Lantern"
) -> dict[str, str]:
    row = {"team": team, "school": school, "wave": wave}
    return row | {texts[language]: stages.get(key, "") for key, texts in ASKED.items()}


def test_what_is_in_use_and_what_moved() -> None:
    found = adoption(
        pd.DataFrame(
            [
                sheet("Otter", "fall", {"retakes": "Not yet", "late_work": "Always"}),
                sheet("Otter", "spring", {"retakes": "In most units", "late_work": "In some units"}),
                sheet("Condor", "fall", {"retakes": "Trying it out"}),
            ]
        )
    )
    table = found.table.set_index(["team", "wave", "practice"])
    assert len(found.table) == 3 * len(ASKED)
    assert table.loc[("Otter", "spring", "retakes"), ["stage", "before", "moved", "in_use"]].tolist() == [
        4.0,
        1.0,
        "up",
        True,
    ]
    assert table.loc[("Otter", "spring", "late_work"), "moved"] == "down"
    assert table.loc[("Condor", "fall", "retakes"), "moved"] is None
    assert pd.isna(table.loc[("Condor", "fall", "late_work"), "stage"])
    # Condor has no sheet of spring: its latest is that of fall.
    assert set(zip(found.latest["team"], found.latest["wave"], strict=True)) == {
        ("Otter", "spring"),
        ("Condor", "fall"),
    }
    for language in ("en", "es"):
        said, retakes = found.in_words(language), ASKED["retakes"][language].rstrip(".")
        # Strengths first; what went back is said too, and last.
        late = ASKED["late_work"][language].rstrip(".")
        assert said.count(retakes) == 2 and said.count(late) == 1 and said.rindex(retakes) < said.index(late)
    assert "Trying it out" in found._repr_html_() and "Trying" not in found.faces("es")[0].html()


def test_a_sentence_says_of_how_many_teams_and_agrees_with_the_page() -> None:
    from relsurvey.practices.adopted import adopted

    # Retakes: one team of six further, five less far; late work: three further, two less far, one without.
    stages = ("Not yet", "In some units", "Always")
    rows = []
    for k in range(6):
        late = ((0, 1), (0, 1), (1, 2), (2, 0), (2, 0), (None, None))[k]
        for place, wave in enumerate(("fall", "spring")):
            retakes = (1, 2) if k == 0 else (1, 0)
            told = {"retakes": stages[retakes[place]], "minimum_score": stages[1]}
            rows.append(
                sheet(
                    f"T{k}", wave, told if late[place] is None else told | {"late_work": stages[late[place]]}
                )
            )
    found = adoption(pd.DataFrame(rows))
    titles = {key: {lang: text.rstrip(".") for lang, text in texts.items()} for key, texts in ASKED.items()}
    assert found.in_words().startswith(
        f"In use in most units or always: {titles['retakes']['en']} (in 1 of 6 teams); "
        f"{titles['late_work']['en']} (in 1 of 5 teams). Further than in the wave before: "
        f"{titles['late_work']['en']} (in 3 of 5 teams). Less far than in the wave before: "
        f"{titles['retakes']['en']} (in 5 of 6 teams). Each team"
    )
    assert f"Menos avanzadas que en la ronda anterior: {titles['retakes']['es']} (en 5 de 6 equipos)." in (
        found.in_words("es")
    )
    page = adopted(found, {"a": "Paper Lantern"}, ["a"], ["en"]).units["a"]
    assert {one.practice: (one.words["en"], one.moved) for one in page} == {
        "minimum_score": ("In use in 0 of 6 teams", "same"),
        "retakes": ("In use in 1 of 6 teams", "down"),
        "late_work": ("In use in 1 of 5 teams", "up"),
    }


def test_not_for_us_is_no_stage_and_spanish_sheets_are_read() -> None:
    found = adoption(pd.DataFrame([sheet("Otter", "fall", {"retakes": "No corresponde"}, "es")]))
    row = found.table.set_index("practice").loc["retakes"]
    assert pd.isna(row["stage"]) and not row["in_use"] and "No corresponde" in found.faces()[0].html()


def test_two_sheets_of_one_team_are_asked_about() -> None:
    rows = [sheet("Otter", "fall", {"retakes": stage}) for stage in ("Always", "Not yet")]
    with pytest.raises(ReadError, match="beside another of the same team and wave: 1"):
        adoption(pd.DataFrame(rows))
    apart = [rows[0], {**rows[1], "school": "Half Moon"}]
    assert len(adoption(pd.DataFrame(apart)).latest) == 2 * len(ASKED)


def test_a_sheet_of_nobody_and_an_unknown_stage_are_refused() -> None:
    with pytest.raises(ReadError, match="name no team"):
        adoption(pd.DataFrame([sheet("", "fall", {"retakes": "Always"})]))
    with pytest.raises(MatchError, match="Allways"):
        adoption(pd.DataFrame([sheet("Otter", "fall", {"retakes": "Allways!"})]))


def test_what_the_messages_advise_can_be_done() -> None:
    odd = pd.DataFrame([sheet("Otter", "fall", {"retakes": "Allways!"})])
    found = adoption(odd, strict=False).table.set_index("practice")
    assert pd.isna(found.loc["retakes", "stage"]) and not found.loc["retakes", "in_use"]
    plain = pd.DataFrame([sheet("Otter", "fall", {"retakes": "Always"})]).drop(columns="wave")
    assert set(adoption(plain, wave="spring").table["wave"]) == {"spring"}


def test_an_instrument_of_teachers_is_refused() -> None:
    data = READY.model_dump(by_alias=True, exclude_none=True)
    data["identity"]["teacher"] = {"column": "teacher"}
    own = Instrument.model_validate(data)
    row = {**sheet("Otter", "fall", {"retakes": "Always"}), "teacher": "T1"}
    with pytest.raises(ReadError, match="names a teacher or a section"):
        adoption(pd.DataFrame([row]), own)
