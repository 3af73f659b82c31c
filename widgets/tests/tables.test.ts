import assert from "node:assert/strict";
import { test } from "node:test";
import { tablesOf } from "../core/tables";
import { sceneFor } from "./fixture";

test("the first page's table has the numbers of its picture", () => {
  const scene = sceneFor({ unit: "sierra-norte" });
  const [table] = tablesOf(scene, "glance");
  assert.ok(table);
  scene.unit.scales.forEach((cell, index) => {
    const row = table.rows[index] ?? [];
    assert.equal(row[1], cell.words["en"]);
    assert.deepEqual(row.slice(3), [
      cell.share?.percent ?? null,
      cell.share?.low ?? null,
      cell.share?.high ?? null,
      cell.reference?.percent ?? null,
    ]);
  });
  assert.match(table.caption, /Simulated data/);
});

test("a coded share has words for a number and no interval", () => {
  const [table] = tablesOf(sceneFor({ unit: "paper-lantern", language: "es" }), "glance");
  assert.deepEqual(table?.rows[0]?.slice(3), ["95 o más", null, null]);
  assert.deepEqual(table?.rows[1]?.slice(3), ["5 o menos", null, null]);
  assert.deepEqual(table?.rows[3]?.slice(1), ["Muy pocos estudiantes para mostrarlo.", "", null, null, null]);
});

test("questions have one column for each answer that occurs, and “not sure” apart", () => {
  const scene = sceneFor({ unit: "paper-lantern" });
  const [table] = tablesOf(scene, "questions");
  assert.ok(table);
  assert.equal(table.rows.length, scene.unit.items.length);
  for (const row of table.rows) assert.equal(row.length, table.columns.length);
  const labels = table.columns.map((column) => column.label);
  assert.ok(labels.includes("Almost always, percent") && labels.includes("Not favorable, percent"));
  assert.equal(labels.at(-1), "Not sure, percent");
  const first = scene.unit.items[0];
  assert.equal(table.rows[0]?.[labels.indexOf("Often, percent")], first?.parts?.[3]?.percent);
});

test("groups stand by scale, in the order given, with their comparison in words", () => {
  const scene = sceneFor({ unit: "sierra-norte", page: "groups", part: "gender" });
  const [table] = tablesOf(scene, "groups");
  const rows = scene.unit.groups.find((group) => group.variable === "gender")?.rows ?? [];
  assert.deepEqual(
    table?.rows.slice(0, rows.length).map((row) => row[1]),
    rows.map((row) => row.label["en"]),
  );
  assert.equal(table?.rows.length, rows.length * scene.unit.scales.length);
  assert.deepEqual(tablesOf(sceneFor({ unit: "sierra-norte", page: "groups", part: "disability" }), "groups"), []);
});
