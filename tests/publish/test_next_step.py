"""A second wave's pages open with what teams wrote after the first; strategies can be an analyst's own."""

from __future__ import annotations

import json

import pytest

import relsurvey as rs
from relsurvey.errors import InstrumentError, ReadError
from relsurvey.view import View
from relsurvey.view.strategies import ready
from tests.publish.small_view import HOSTILE
from tests.reading.belonging import INSTRUMENT
from tests.view.test_strategies import CARD
from tests.view.test_view import simulate


@pytest.fixture
def study():
    rows = simulate((60, 70))
    both = [rows.assign(wave=wave, student_id=rows["student_id"] + wave) for wave in ("fall", "spring")]
    return [rs.read(rows, INSTRUMENT) for rows in both]


def saved(view, unit, made="2025-10-14", **card):
    """Return a team's file as the page writes it."""
    title = next((own.title for own in view.units if own.id == unit), {"en": unit})
    empty = dict.fromkeys(("noticed", "trying", "who", "by_when", "looking_at"), "")
    return json.dumps(
        {
            "format": 1,
            "kind": "relsurvey-team",
            "view": view.id,
            "unit": unit,
            "title": title,
            "wave": view.wave,
            "made": made,
            "guesses": {"belonging": 6},
            "surprise": "",
            "card": {"scale": "belonging", "strategy": "late_work_rule", **empty, **card},
        }
    )


def test_the_next_wave_opens_with_the_card_of_the_last(tmp_path, study):
    fall, spring = study
    first = fall.publish(tmp_path / "fall", formats=["html"], ledger=tmp_path / "books" / "a.jsonl")
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "a.json").write_text(saved(first.view, "school-0", noticed=HOSTILE), "utf-8")
    (folder / "b.json").write_text(saved(first.view, "school-9", noticed="Gone."), "utf-8")
    out = tmp_path / "spring"
    second = spring.publish(out, formats=["html"], cards=folder, ledger=tmp_path / "books" / "a.jsonl")
    assert len(second.notes) == 1 and second.notes[0].startswith("b.json is of 'school-9'")
    written = View.model_validate_json((out / "view.relsurvey.json").read_text("utf-8"))
    by_id = {unit.id: unit.cards for unit in written.units}
    [card] = by_id.pop("school-0")
    assert not any(by_id.values())
    assert card.wave == {"en": "Fall", "es": "Otoño"} and card.strategy == "late_work_rule"
    assert "</script>" in card.noticed
    page = (out / "view.html").read_text("utf-8")
    assert "window.__broken=1</script>" not in page and page.count("</script>") == 2


def test_an_own_file_of_strategies_replaces_the_ready_ones(tmp_path, study):
    path = tmp_path / "ours.yaml"
    path.write_text(CARD.replace("elements: [express_care]", "elements: []"), "utf-8")
    assert [s.id for s in study[0].view(strategies=path).strategies] == ["walk"]
    own = study[0].publish(
        tmp_path / "out", formats=["html"], strategies=path, ledger=tmp_path / "books" / "a.jsonl"
    )
    assert [s.id for s in own.view.strategies] == ["walk"]
    free = [key for key, card in ready().strategies.items() if not card.elements]
    assert [s.id for s in study[0].view().strategies] == free


def test_a_wrong_file_stops_before_anything_is_written(tmp_path, study):
    (tmp_path / "team.json").write_text("{}", "utf-8")
    (tmp_path / "ours.yaml").write_text("format: 1\n", "utf-8")
    with pytest.raises(ReadError, match=r"team\.json is not a file"):
        study[0].publish(tmp_path / "out", cards=tmp_path / "team.json")
    with pytest.raises(InstrumentError, match="there are no strategies"):
        study[0].publish(tmp_path / "out", strategies=tmp_path / "ours.yaml")
    assert not (tmp_path / "out").exists()
