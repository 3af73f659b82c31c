import assert from "node:assert/strict";
import { test } from "node:test";
import {
  firstVariable,
  formatAddress,
  pagesOf,
  parseAddress,
  placesOf,
  resolve,
  stepsOf,
  unitOf,
} from "../core/address";
import { sample, told } from "./fixture";

test("an address leads back to the state it was made from", () => {
  const view = sample();
  for (const wish of [
    { unit: "sierra-norte", page: "groups", language: "es", part: "english_learner" },
    { unit: "sierra-norte-otter", page: "questions", language: "en", part: "share_power" },
    { unit: "all", page: "about", language: "en", part: null },
  ]) {
    const state = resolve(view, wish);
    assert.deepEqual(state, { ...wish, sort: null, find: "", path: null, dials: "" });
    assert.deepEqual(resolve(view, parseAddress(formatAddress(state))), state);
  }
});

test("ids with slashes, spaces and signs survive the address", () => {
  const view = sample();
  const odd = { ...view, units: [{ ...unitOf(view, "sierra-norte"), id: "a/b #ñ%" }] };
  const state = resolve(odd, { unit: "a/b #ñ%", page: "questions", language: "en" });
  assert.equal(state.unit, "a/b #ñ%");
  assert.deepEqual(resolve(odd, parseAddress(formatAddress(state))), state);
});

test("what a view does not have falls back to what it has", () => {
  const view = sample();
  const nowhere = { part: null, sort: null, find: "", path: null, dials: "" };
  const start = { unit: "all", page: "glance", language: "en", ...nowhere };
  assert.deepEqual(resolve(view, parseAddress("")), start);
  assert.deepEqual(resolve(view, parseAddress("#no/such/thing/here")), start);
  assert.deepEqual(resolve(view, parseAddress("#%E0%A4%A/questions/xx")), start);
  // A unit without group tables has no page of groups.
  assert.equal(resolve(view, { unit: "sierra-norte-otter", page: "groups" }).page, "glance");
  assert.equal(resolve(view, { unit: "sierra-norte", page: "groups", part: "share_power" }).part, null);
});

test("no page without content", () => {
  const view = sample();
  assert.deepEqual(pagesOf(unitOf(view, "all")), ["glance", "next", "about"]);
  assert.deepEqual(pagesOf(unitOf(view, "sierra-norte")), ["glance", "questions", "groups", "next", "about"]);
  assert.deepEqual(pagesOf(unitOf(view, "sierra-norte-otter")), ["glance", "questions", "next", "about"]);
});

test("groups open with the clear finding, else with the first that is shown", () => {
  const view = sample();
  const unit = unitOf(view, "sierra-norte");
  assert.equal(firstVariable(unit), "english_learner");
  assert.equal(firstVariable(unitOf(view, "paper-lantern")), "gender");
  assert.equal(firstVariable({ ...unit, groups: unit.groups.map((table) => ({ ...table, rows: [] })) }), "gender");
  assert.equal(firstVariable({ ...unit, groups: [] }), null);
});

test("the way in has no tab, and nothing is guessed where nothing is drawn", () => {
  const unit = unitOf(sample(), "sierra-norte-otter");
  assert.deepEqual(placesOf(unit).slice(0, 3), ["cover", "guess", "glance"]);
  const words = { ...unit, scales: unit.scales.map((cell) => ({ ...cell, share: null })) };
  assert.deepEqual(placesOf(words).slice(0, 2), ["cover", "glance"]);
  const view = { ...sample(), units: [words] };
  assert.equal(resolve(view, { page: "guess" }).page, "glance");
});

test("the path takes 45 minutes whatever pages there are, and its step is in the address", () => {
  const view = sample();
  for (const unit of view.units) {
    for (const one of [unit, { ...unit, items: [], groups: [] }, { ...unit, scales: [] }]) {
      const steps = stepsOf(one);
      assert.equal(steps.at(-1)?.until, 45);
      assert.equal(steps.at(-1)?.page, "next");
      assert.equal(
        steps.reduce((sum, { minutes }) => sum + minutes, 0),
        45,
      );
      assert.ok(steps.every(({ page }) => placesOf(one).includes(page)));
    }
  }
  const state = resolve(view, parseAddress("#sierra-norte/questions/es/share_power?path=3"));
  assert.deepEqual([state.path, state.part], [3, "share_power"]);
  assert.equal(formatAddress(state), "#sierra-norte/questions/es/share_power?path=3");
  for (const wrong of ["0", "-1", "99", "2.5", "x", "", "1e0x"]) {
    assert.equal(resolve(view, parseAddress(`#sierra-norte/glance/en?path=${wrong}`)).path, null, wrong);
  }
});

test("the order and the search of questions are in the address, and nowhere else", () => {
  const view = sample();
  const wish = { unit: "sierra-norte", page: "questions", language: "es", sort: "not_counted", find: "¿a/b & c?=#%" };
  const state = resolve(view, wish);
  assert.deepEqual([state.sort, state.find], [wish.sort, wish.find]);
  assert.deepEqual(resolve(view, parseAddress(formatAddress(state))), state);
  assert.equal(resolve(view, { ...wish, find: "x".repeat(500) }).find.length, 80);
  assert.equal(resolve(view, { ...wish, sort: "constructor" }).sort, null);
  const groups = resolve(view, { ...wish, page: "groups" });
  assert.deepEqual([groups.sort, groups.find], [null, ""]);
});

test("a change and comments have their pages, an empty list has none", () => {
  const unit = unitOf(told(), "sierra-norte");
  const pages = pagesOf(unit);
  assert.deepEqual(pages.slice(2, 5), ["groups", "change", "comments"]);
  const empty = { ...unit, change: null, comments: [{ question: { en: "?" }, texts: [] }] };
  assert.ok(!pagesOf(empty).includes("change") && !pagesOf(empty).includes("comments"));
});

test("a page that could only say why nothing is shown is none; words in place of a share are something to see", () => {
  const unit = unitOf(told(), "sierra-norte");
  const words = { en: "Why" };
  const filled = (reason: "one_by_one" | "words_only") => ({
    ...unit,
    items: unit.items.map(({ item }) => ({ item, words, reason })),
    groups: unit.groups.map((table) => ({
      ...table,
      rows: (table.rows ?? []).map((row) => ({
        ...row,
        cells: row.cells.map(({ scale }) => ({ scale, words, reason })),
      })),
    })),
    change: unit.change
      ? { ...unit.change, cells: unit.change.cells.map(({ scale }) => ({ scale, words, reason })) }
      : null,
  });
  assert.deepEqual(pagesOf(filled("one_by_one")), ["glance", "comments", "next", "about"]);
  assert.deepEqual(pagesOf(filled("words_only")), ["glance", "questions", "groups", "comments", "next", "about"]);
  const [first, ...others] = unit.groups;
  assert.ok(first);
  assert.ok(pagesOf({ ...unit, groups: [{ variable: "x", note: words }, first, ...others] }).includes("groups"));
  assert.equal(firstVariable({ ...unit, groups: [...(filled("one_by_one").groups ?? []), first] }), first.variable);
});
