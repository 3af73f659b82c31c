import assert from "node:assert/strict";
import { test } from "node:test";
import { extentOf, levelOf, segments, total } from "../core/geometry";
import type { Part } from "../schema/view";
import { sample } from "./fixture";

const part = (tone: Part["tone"], percent: number, name: string = tone): Part => ({
  label: { en: name },
  tone,
  percent,
});

test("pieces lie side by side around zero, the mildest at the middle, neutral apart", () => {
  const pieces = segments([
    part("unfavorable", 10, "never"),
    part("unfavorable", 20, "seldom"),
    part("neutral", 25),
    part("favorable", 30, "often"),
    part("favorable", 15, "always"),
  ]);
  assert.deepEqual(
    pieces.map((piece) => [piece.part.label["en"], piece.from, piece.to, piece.level]),
    [
      ["never", -30, -20, "strong"],
      ["seldom", -20, 0, "tint"],
      ["often", 0, 30, "tint"],
      ["always", 30, 45, "strong"],
    ],
  );
});

test("an answer nobody gave takes no room and moves no other", () => {
  const pieces = segments([part("unfavorable", 0), part("favorable", 0, "often"), part("favorable", 40, "always")]);
  assert.deepEqual(
    pieces.map((piece) => [piece.from, piece.to]),
    [[0, 40]],
  );
});

test("levels grow outward", () => {
  assert.deepEqual([levelOf(0, 1)], ["strong"]);
  assert.deepEqual(
    [0, 1].map((index) => levelOf(index, 2)),
    ["tint", "strong"],
  );
  assert.deepEqual(
    [0, 1, 2].map((index) => levelOf(index, 3)),
    ["tint", "mid", "strong"],
  );
});

test("one extent holds every distribution of the view", () => {
  const view = sample();
  const extent = extentOf(view);
  for (const cell of view.units.flatMap((unit) => unit.items)) {
    assert.ok(total(cell, "unfavorable") <= extent.unfavorable);
    assert.ok(Math.max(total(cell, "favorable"), cell.parts?.length ? (cell.share?.high ?? 0) : 0) <= extent.favorable);
    assert.ok(total(cell, "neutral") <= extent.neutral);
    assert.ok((cell.not_counted ?? 0) <= extent.notCounted);
  }
  for (const size of Object.values(extent)) assert.equal(size % 10, 0);
});

test("columns that no question needs are not there", () => {
  const view = sample();
  const bare = view.units.map((unit) => ({
    ...unit,
    items: unit.items.map((cell) => ({
      ...cell,
      not_counted: null,
      parts: (cell.parts ?? []).filter((p) => p.tone !== "neutral"),
    })),
  }));
  const extent = extentOf({ ...view, units: bare });
  assert.equal(extent.neutral, 0);
  assert.equal(extent.notCounted, 0);
});
