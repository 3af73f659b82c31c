import assert from "node:assert/strict";
import { test } from "node:test";
import { actionFor, type Press } from "../core/keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  defaultPrevented: false,
  path: [{ tagName: "BODY" }],
  ...more,
});

test("a radio button keeps its arrows, and letters are keys there", () => {
  const path = [{ tagName: "INPUT", type: "radio" }, { tagName: "BODY" }];
  assert.equal(actionFor(press("t", { path })), "table");
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp"]) assert.equal(actionFor(press(key, { path })), null);
  assert.equal(actionFor(press("t", { path: [{ tagName: "INPUT", type: "text" }] })), null);
  assert.equal(actionFor(press("t", { path: [...path, { tagName: "DIALOG" }] })), null);
});

test("each key does one thing", () => {
  const all = ["ArrowLeft", "ArrowRight", "t", "l", "p", "s", "b", "n", "?", "T"].map((key) => actionFor(press(key)));
  assert.deepEqual(all, [
    "previous",
    "next",
    "table",
    "language",
    "print",
    "start",
    "stepBack",
    "stepOn",
    "help",
    "table",
  ]);
  for (const key of ["a", "Enter", "Escape", "Tab", " ", "ArrowUp"]) assert.equal(actionFor(press(key)), null);
});

test("a modifier leaves the key to the browser, but ? needs its shift", () => {
  for (const modifier of ["ctrlKey", "metaKey", "altKey"] as const) {
    assert.equal(actionFor(press("p", { [modifier]: true })), null);
  }
  assert.equal(actionFor(press("T", { shiftKey: true })), null);
  assert.equal(actionFor(press("?", { shiftKey: true })), "help");
});

test("fields, menus, open dialogs and editors keep their keys", () => {
  for (const tagName of ["INPUT", "SELECT", "TEXTAREA"])
    assert.equal(actionFor(press("t", { path: [{ tagName }] })), null);
  assert.equal(actionFor(press("t", { path: [{ tagName: "BUTTON" }, { tagName: "DIALOG" }] })), null);
  assert.equal(actionFor(press("t", { path: [{ tagName: "DIV", isContentEditable: true }] })), null);
  assert.equal(actionFor(press("t", { defaultPrevented: true })), null);
});

test("a table that scrolls sideways keeps the arrows, and only those", () => {
  const wide = [{ tagName: "DIV", tabIndex: 0, scrollWidth: 900, clientWidth: 300 }];
  const whole = [{ tagName: "DIV", tabIndex: 0, scrollWidth: 300, clientWidth: 300 }];
  assert.equal(actionFor(press("ArrowRight", { path: wide })), null);
  assert.equal(actionFor(press("t", { path: wide })), "table");
  assert.equal(actionFor(press("ArrowRight", { path: whole })), "next");
});
