"""An instrument as a script that builds its Google Form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from relsurvey.escape import json_for_script
from relsurvey.instrument import Instrument
from relsurvey.instrument.fold import fold
from relsurvey.starting.form import Form, Question, form_of
from relsurvey.starting.words import WORDS, Language

#: More rows than this do not fit a screen.
_ROWS = 10

_SCRIPT = """\
// Builds the Google Form of this survey. Made by `relsurvey new`; change the words in SURVEY as you need, but
// leave the wording of questions and answers as it is in the instrument: relsurvey knows them by it.
//
//   1. Where SURVEY says "change this", put in the names of your schools and teams (remove a question that
//      you do not need: all that stands between its { and }, and the comma after it).
//   2. Open script.google.com, choose New project, put this text in place of what is there, and save.
//   3. Choose makeSurvey and Run. Google asks once whether the script may make forms for you.
//   4. The log names the form. Look it over, try it, and send it to students.

const SURVEY = @SURVEY@;

function makeSurvey() {
  const form = FormApp.create(SURVEY.title);
  form.setDescription(SURVEY.assent);
  // No e-mail address, and no way to send the form again by accident.
  form.setCollectEmail(false);
  form.setShowLinkToRespondAgain(false);
  form.setProgressBar(true);
  form.setConfirmationMessage(SURVEY.thanks);

  // Who says no has sent the form at once, with nothing else in it.
  const consent = form.addMultipleChoiceItem();
  consent.setTitle(SURVEY.takePart.question);
  consent.setChoices([
    consent.createChoice(SURVEY.takePart.yes, FormApp.PageNavigationType.CONTINUE),
    consent.createChoice(SURVEY.takePart.no, FormApp.PageNavigationType.SUBMIT),
  ]);
  consent.setRequired(true);

  SURVEY.pages.forEach(function (page) {
    form.addPageBreakItem();
    page.forEach(function (question) {
      addQuestion(form, question);
    });
  });

  Logger.log("Look it over: " + form.getEditUrl());
  Logger.log("For students: " + form.getPublishedUrl());
}

function addQuestion(form, question) {
  let item;
  if (question.rows) {
    item = form.addGridItem();
    item.setRows(question.rows);
    item.setColumns(question.answers);
  } else if (question.several) {
    item = form.addCheckboxItem();
    item.setChoiceValues(question.answers);
  } else if (question.answers) {
    item = form.addMultipleChoiceItem();
    item.setChoiceValues(question.answers);
  } else if (question.long) {
    item = form.addParagraphTextItem();
  } else {
    item = form.addTextItem();
  }
  item.setTitle(question.title);
  if (question.hint) {
    item.setHelpText(question.hint);
  }
}
"""


def google_script(instrument: Instrument, language: Language) -> str:
    """Return a Google Apps Script whose ``makeSurvey`` builds the form.

    The form asks first whether the student wants to take part, and collects no e-mail address. Questions that
    stand together and have the same answers become grids of at most ten rows.

    Parameters
    ----------
    instrument
        What is asked.
    language
        The form's.

    Notes
    -----
    Every text of the instrument stands in one JSON literal, so that none of it can become code.

    Examples
    --------
    >>> import relsurvey as rs
    >>> script = google_script(rs.instruments()["five-elements"], "en")
    >>> script.count('"rows"'), "function makeSurvey()" in script
    (2, True)
    """
    form = form_of(instrument, language)
    words = WORDS[language]
    survey = {
        "title": form.title,
        "assent": "\n\n".join(form.assent),
        "takePart": {"question": words["take part"], "yes": words["yes"], "no": words["no"]},
        "thanks": words["thanks"],
        "pages": [page for page in _pages(form, words["each row"]) if page],
    }
    text = json.dumps(survey, ensure_ascii=False, indent=2)
    # A lone half of a character cannot be written to a file as it is.
    text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    return _SCRIPT.replace("@SURVEY@", json_for_script(text))


def _pages(form: Form, each_row: str) -> Iterator[list[dict[str, Any]]]:
    yield [_plain(question) for question in form.who]
    number = 0
    for rows in _grids(form.items):
        if len(rows) == 1:
            yield [_plain(rows[0])]
            continue
        number += 1
        yield [
            {
                "title": f"{number}. {each_row}",
                "rows": [question.text for question in rows],
                "answers": list(rows[0].choices),
            }
        ]
    yield [_plain(question) for question in form.groups]
    yield [_plain(question) for question in form.comments]


def _grids(items: Sequence[Question]) -> Iterator[list[Question]]:
    """Yield questions that follow each other and have the same answers, in parts of about the same size."""

    def together(question: Question) -> str:
        # The export puts a row in square brackets: one that holds some itself could not be found there.
        return question.id if "[" in question.text or "]" in question.text else f"{question.options} []"

    for _, run in groupby(items, key=together):
        same = list(run)
        parts = -(-len(same) // _ROWS)
        for part in range(parts):
            rows: list[Question] = []
            for question in same[part * len(same) // parts : (part + 1) * len(same) // parts]:
                # Google takes no two rows of one wording.
                if fold(question.text) in {fold(row.text) for row in rows}:
                    yield rows
                    rows = []
                rows.append(question)
            yield rows


def _plain(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"title": question.text}
    if question.choices:
        found["answers"] = list(question.choices)
    if question.kind == "several":
        found["several"] = True
    if question.kind == "paragraph":
        found["long"] = True
    if question.hint:
        found["hint"] = question.hint
    return found
