import assert from "node:assert/strict";
import { test } from "node:test";
import { showsPair } from "../core/groups";
import { sample, sceneFor } from "./fixture";

test("two variables together may not travel, and one alone may", () => {
  const view = sample();
  const [unit] = view.units.filter(({ groups }) => groups.length > 0);
  const [table] = unit?.groups ?? [];
  assert.ok(unit && table);
  const alone = { unit: unit.id, page: "groups", part: table.variable } as const;
  assert.equal(showsPair(sceneFor(alone, {}, view)), false);
  table.variable = "gender*english_learner";
  assert.equal(showsPair(sceneFor({ ...alone, part: table.variable }, {}, view)), true);
  assert.equal(showsPair(sceneFor({ unit: unit.id, page: "glance" }, {}, view)), false);
});
