import assert from "node:assert/strict";
import { test } from "node:test";
import { firstVariable, formatAddress, pagesOf, parseAddress, resolve, unitOf } from "../core/address";
import { sample } from "./fixture";

test("an address leads back to the state it was made from", () => {
  const view = sample();
  for (const wish of [
    { unit: "sierra-norte", page: "groups", language: "es", part: "english_learner" },
    { unit: "sierra-norte-otter", page: "questions", language: "en", part: "share_power" },
    { unit: "all", page: "about", language: "en", part: null },
  ]) {
    const state = resolve(view, wish);
    assert.deepEqual(state, wish);
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
  const start = { unit: "all", page: "glance", language: "en", part: null };
  assert.deepEqual(resolve(view, parseAddress("")), start);
  assert.deepEqual(resolve(view, parseAddress("#no/such/thing/here")), start);
  assert.deepEqual(resolve(view, parseAddress("#%E0%A4%A/questions/xx")), start);
  // A unit without group tables has no page of groups.
  assert.equal(resolve(view, { unit: "sierra-norte-otter", page: "groups" }).page, "glance");
  assert.equal(resolve(view, { unit: "sierra-norte", page: "groups", part: "share_power" }).part, null);
});

test("no page without content", () => {
  const view = sample();
  assert.deepEqual(pagesOf(unitOf(view, "all")), ["glance", "about"]);
  assert.deepEqual(pagesOf(unitOf(view, "sierra-norte")), ["glance", "questions", "groups", "about"]);
  assert.deepEqual(pagesOf(unitOf(view, "sierra-norte-otter")), ["glance", "questions", "about"]);
});

test("groups open with the clear finding, else with the first that is shown", () => {
  const view = sample();
  const unit = unitOf(view, "sierra-norte");
  assert.equal(firstVariable(unit), "english_learner");
  assert.equal(firstVariable(unitOf(view, "paper-lantern")), "gender");
  assert.equal(firstVariable({ ...unit, groups: unit.groups.map((table) => ({ ...table, rows: [] })) }), "gender");
  assert.equal(firstVariable({ ...unit, groups: [] }), null);
});
