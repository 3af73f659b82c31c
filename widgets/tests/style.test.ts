import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WIDGETS } from "./fixture";

const css = readFileSync(join(WIDGETS, "core/tokens.css"), "utf8");

/** The colours of the block that starts with a selector; of a theme's variable, its fallback. */
function block(start: string): Record<string, string> {
  const from = css.indexOf(start);
  assert.ok(from >= 0, start);
  const found = css.slice(from, css.indexOf("}", from)).matchAll(/--rs-([a-z-]+):[^;]*?(#[0-9a-f]{6})/g);
  return Object.fromEntries([...found].map(([, name, colour]) => [name, colour]));
}

const light = block(".rs {");
const darkBySystem = block(".rs:not(");
const dark = block('[data-jp-theme-light="false"]');
const paper = block("@media print");

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const TEXT = [
  ["ink", "paper"],
  ["ink", "wash"],
  ["ink", "hover"],
  ["soft", "paper"],
  ["soft", "wash"],
  ["soft", "hover"],
  ["link", "paper"],
  ["link", "wash"],
  ["on-favorable", "favorable"],
  ["on-unfavorable", "unfavorable"],
  ["on-mid", "favorable-mid"],
  ["on-mid", "unfavorable-mid"],
  ["on-tint", "favorable-tint"],
  ["on-tint", "unfavorable-tint"],
] as const;

// Tinted pieces have an edge in the strong colour, so it is the edge that must be seen.
const MARKS = [
  ["favorable", "paper"],
  ["unfavorable", "paper"],
  ["neutral-edge", "paper"],
  ["edge", "paper"],
  ["edge", "wash"],
] as const;

for (const [name, colours] of Object.entries({ light, dark, paper })) {
  test(`${name}: text has 4.5:1, marks have 3:1`, () => {
    for (const [pairs, least] of [
      [TEXT, 4.5],
      [MARKS, 3],
    ] as const) {
      for (const [front, back] of pairs) {
        const ratio = contrast(colours[front] ?? "", colours[back] ?? "");
        assert.ok(ratio >= least, `${front} on ${back}: ${ratio.toFixed(2)}`);
      }
    }
  });
}

test("dark is one set of colours, whoever asks for it", () => {
  assert.ok(Object.keys(dark).length > 15);
  assert.deepEqual(darkBySystem, dark);
  assert.deepEqual(Object.keys(light).sort(), Object.keys(dark).sort());
});
