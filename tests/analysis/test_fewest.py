"""What a workbook says in words hides as many as its tables do, which is one more than a notebook does."""

from __future__ import annotations

import openpyxl
import pandas as pd

import relsurvey as rs
from tests.reading.belonging import INSTRUMENT


def test_a_sentence_in_a_workbook_tells_of_eleven_and_in_a_notebook_of_ten(tmp_path):
    rows = [
        [f"p{k}", "North", "spring", "Girl", "Asian", 1 + k % 5, 1 + k % 4, 5 - k % 3, ""] for k in range(10)
    ]
    columns = ["student_id", "school", "wave", "gender", "race", "b1", "b2", "b3", "more"]
    found = rs.read(pd.DataFrame(rows, columns=columns), INSTRUMENT).screen()
    assert found.n == 10
    assert "Too few students" not in found.in_words()
    book = openpyxl.load_workbook(found.to_excel(tmp_path / "s.xlsx"))
    said = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("Too few students" in text and "11" in text for text in said)
    # The notebook's threshold is back.
    assert "Too few students" not in found.in_words()
