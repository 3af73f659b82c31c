import assert from "node:assert/strict";
import { test } from "node:test";
import { type Problem, readView, ViewError } from "../core/read";
import { sample, sampleText } from "./fixture";

/** A document about to be damaged has no type. */
type Loose = Record<string, any>;

function problemOf(document: unknown): [Problem, string] {
  try {
    readView(document);
  } catch (error) {
    assert.ok(error instanceof ViewError);
    return [error.problem, error.detail];
  }
  throw new Error("the document was taken for a view");
}

function damaged(change: (document: Loose) => void): [Problem, string] {
  const document = JSON.parse(sampleText()) as Loose;
  change(document);
  return problemOf(document);
}

test("a view is read from text and from an object", () => {
  assert.equal(sample().units.length, 4);
  assert.deepEqual(readView(JSON.parse(sampleText())), sample());
});

test("a page's packed texts are put back, and what is packed wrong is damage", () => {
  const view = JSON.parse(sampleText()) as Loose;
  const packed = { packed: [view["title"]], view: { ...view, title: { $: 0 } } };
  assert.deepEqual(readView(JSON.stringify(packed)), sample());
  assert.deepEqual(problemOf({ packed: [], view: { ...view, title: { $: 0 } } }), ["damaged", "title"]);
  assert.deepEqual(problemOf({ packed: [] }), ["notView", ""]);
});

test("what is no view says so", () => {
  assert.deepEqual(problemOf('{"format": 1,'), ["notJson", ""]);
  for (const document of [null, 3, "[]", '"text"', []]) assert.deepEqual(problemOf(document), ["notView", ""]);
  assert.deepEqual(problemOf({}), ["format", "?"]);
  assert.deepEqual(problemOf({ format: 2 }), ["format", "2"]);
});

test("damage is named by its place", () => {
  assert.deepEqual(
    damaged((d) => delete d["scales"]),
    ["damaged", "scales"],
  );
  assert.deepEqual(
    damaged((d) => (d["units"][0]["scales"][1]["share"]["percent"] = 140)),
    ["damaged", "units[0].scales[1].share.percent"],
  );
  assert.deepEqual(
    damaged((d) => (d["units"][0]["say"] = [{ en: { type: "img" } }])),
    ["damaged", "units[0].say[0].en"],
  );
  assert.deepEqual(
    damaged((d) => (d["extra"] = 1)),
    ["damaged", "extra"],
  );
  assert.deepEqual(
    damaged((d) => (d["units"] = [])),
    ["damaged", "units"],
  );
  assert.deepEqual(
    damaged((d) => (d["languages"] = [])),
    ["damaged", "languages"],
  );
});

test("the sentence names the place in both languages", () => {
  const error = new ViewError("damaged", "units[0].title");
  assert.match(error.message, /damaged at “units\[0\]\.title”/);
  assert.match(error.sentence("es"), /dañada en «units\[0\]\.title»/);
});
