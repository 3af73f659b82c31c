import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WIDGETS } from "./fixture";

const sources = ["core", "page", "anywidget", "loader", "explore", "comments", "publish", "policy", "lab"].flatMap(
  (folder) =>
    readdirSync(join(WIDGETS, folder))
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(join(WIDGETS, folder, name), "utf8") })),
);

test("data never becomes markup or code", () => {
  assert.ok(sources.length > 15);
  const ways =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|createObjectURL/i;
  for (const { name, text } of sources) assert.doesNotMatch(text, ways, name);
});

test("the core knows no host: no Jupyter, no adapter", () => {
  for (const { name, text } of sources.filter((source) => source.name.startsWith("core/"))) {
    assert.doesNotMatch(
      text,
      /from "(@jupyter|@lumino|\.\.\/(page|anywidget|loader|explore|comments|publish|policy|lab))/,
      name,
    );
  }
});

test("the notebook adapter stays thin", () => {
  const adapter = sources.find((source) => source.name === "anywidget/main.ts");
  assert.ok(adapter && adapter.text.split("\n").length < 100);
});

test("modules stay short", () => {
  for (const { name, text } of sources) assert.ok(text.split("\n").length <= 400, name);
});
