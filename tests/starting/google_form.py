"""A stand-in for Google's FormApp: it takes what Google takes, and records the form that a script builds."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

_STAND_IN = r"""
const log = [];
function refuse(what) { throw new Error("Google refuses: " + what); }
function text(value) {
  if (typeof value !== "string" || !value.trim()) refuse("no text: " + JSON.stringify(value));
  return value;
}
function list(values) {
  if (!Array.isArray(values) || !values.length) refuse("no list");
  values.forEach(text);
  if (new Set(values.map((value) => value.trim().toLowerCase())).size < values.length) refuse("two alike");
  return values.slice();
}
class Item {
  constructor(kind) { this.kind = kind; this.title = ""; this.hint = ""; this.required = false; }
  setTitle(value) { this.title = text(value); return this; }
  setHelpText(value) { this.hint = text(value); return this; }
}
class Asked extends Item {
  setRequired(value) { this.required = value === true; return this; }
}
class Choosing extends Asked {
  setChoiceValues(values) { this.choices = list(values); return this; }
}
class MultipleChoice extends Choosing {
  createChoice(value, to) {
    if (!["CONTINUE", "SUBMIT"].includes(to)) refuse("going to " + to);
    return { value: text(value), to };
  }
  setChoices(choices) {
    this.choices = list(choices.map((choice) => choice.value));
    this.to = choices.map((choice) => choice.to);
    return this;
  }
}
class Grid extends Asked {
  setRows(rows) { this.rows = list(rows); return this; }
  setColumns(columns) { this.choices = list(columns); return this; }
}
class Form {
  constructor(title) { this.title = text(title); this.items = []; this.settings = {}; }
  add(item) { this.items.push(item); return item; }
  addMultipleChoiceItem() { return this.add(new MultipleChoice("one")); }
  addCheckboxItem() { return this.add(new Choosing("several")); }
  addGridItem() { return this.add(new Grid("grid")); }
  addTextItem() { return this.add(new Asked("line")); }
  addParagraphTextItem() { return this.add(new Asked("paragraph")); }
  addPageBreakItem() { return this.add(new Item("page")); }
  setDescription(value) { this.description = text(value); return this; }
  setConfirmationMessage(value) { this.settings.thanks = text(value); return this; }
  setCollectEmail(value) { this.settings.email = value; return this; }
  setShowLinkToRespondAgain(value) { this.settings.again = value; return this; }
  setProgressBar(value) { this.settings.progress = value; return this; }
  getEditUrl() { return "edit"; }
  getPublishedUrl() { return "published"; }
}
const made = [];
const FormApp = {
  PageNavigationType: { CONTINUE: "CONTINUE", SUBMIT: "SUBMIT" },
  create(title) { const form = new Form(title); made.push(form); return form; },
};
const Logger = { log(line) { log.push(line); } };
"""
_RUN = """
makeSurvey();
if (made.length !== 1) refuse("forms: " + made.length);
process.stdout.write(JSON.stringify({ ...made[0], log }));
"""


def built(script: str) -> dict:
    """Run a script and return the form that it built."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    done = subprocess.run(
        [node, "-"], input=_STAND_IN + script + _RUN, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def header(form: dict) -> list[str]:
    """Return the header of the sheet that Google fills with the answers to a form."""
    names = ["Timestamp"]
    for item in form["items"]:
        if item["kind"] == "grid":
            names += [f"{item['title']} [{row}]" for row in item["rows"]]
        elif item["kind"] != "page":
            names.append(item["title"])
    return names


def answered(form: dict, student: int) -> list[str]:
    """Return what one student answers: something else in each question, and by each student."""
    cells = [f"5/{student % 28 + 1}/2026 9:{student % 60:02}:00"]
    for item in form["items"]:
        choices = item.get("choices", [])
        if item["kind"] == "grid":
            cells += [choices[(student + row) % len(choices)] for row in range(len(item["rows"]))]
        elif item["kind"] == "one":
            # The first question asks whether to take part.
            cells.append(choices[0 if item.get("to") else student % len(choices)])
        elif item["kind"] == "several":
            cells.append(", ".join(dict.fromkeys((choices[student % len(choices)], choices[-1]))))
        elif item["kind"] == "line":
            cells.append(f"{student:05}")
        elif item["kind"] == "paragraph":
            cells.append("Más tiempo, por favor." if student % 5 == 0 else "")
    return cells
