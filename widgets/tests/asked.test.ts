import assert from "node:assert/strict";
import { test } from "node:test";
import type { Wish } from "../core/address";
import { blocksOf, orderName } from "../core/asked";
import { commonParts } from "../core/distribution";
import { total } from "../core/geometry";
import { runsOf, widest } from "../core/groups";
import { tablesOf } from "../core/tables";
import { searchable } from "../core/text";
import { sample, sceneFor } from "./fixture";

const ask = (wish: Wish) => sceneFor({ unit: "sierra-norte", page: "questions", ...wish });
const asked = (wish: Wish) => blocksOf(ask(wish)).flatMap((block) => block.questions);

test("a search minds no case, no accent and no kind of apostrophe", () => {
  assert.equal(searchable(" ¿Qué ÁRBOL? "), "¿que arbol?");
  assert.equal(searchable("can’t"), searchable("CAN'T"));
  assert.equal(searchable("ﬁnish"), "finish");
  const straight = asked({ find: "i'm stuck" });
  assert.ok(straight.length > 0);
  assert.deepEqual(asked({ find: "I’M   stuck" }), straight);
  const accents = asked({ find: "MAS", language: "es" });
  assert.deepEqual(asked({ find: "más", language: "es" }), accents);
});

test("every word looked for must be found, in the question or its scale", () => {
  const all = asked({}).length;
  assert.equal(asked({ find: "" }).length, all);
  assert.equal(asked({ find: "share power" }).length, 4);
  assert.ok(asked({ find: "share power rules" }).length === 1);
  assert.deepEqual(blocksOf(ask({ find: "zzz", sort: "favorable" })), []);
  assert.deepEqual(tablesOf(ask({ find: "zzz" }), "questions"), []);
});

test("each order is what it says, and equal ones keep the instrument's", () => {
  const instrument = asked({}).map(({ item }) => item.id);
  for (const [sort, value] of [
    ["favorable", (at: number, list = asked({ sort: "favorable" })) => list[at]?.cell.share?.percent ?? -1],
    ["unfavorable", (at: number, list = asked({ sort: "unfavorable" })) => unfavorable(list[at])],
    ["not_counted", (at: number, list = asked({ sort: "not_counted" })) => list[at]?.cell.not_counted ?? -1],
  ] as const) {
    const ids = asked({ sort }).map(({ item }) => item.id);
    assert.deepEqual([...ids].sort(), [...instrument].sort());
    for (let at = 1; at < ids.length; at += 1) {
      assert.ok(value(at - 1) >= value(at), sort);
      if (value(at - 1) === value(at))
        assert.ok(instrument.indexOf(ids[at - 1] ?? "") < instrument.indexOf(ids[at] ?? ""), sort);
    }
  }
});

function unfavorable(found: ReturnType<typeof asked>[number] | undefined): number {
  return found === undefined ? -1 : total(found.cell, "unfavorable");
}

test("a question without a share stands last", () => {
  const view = sample();
  const [, unit] = view.units;
  assert.ok(unit);
  const items = unit.items.map((cell, at) =>
    at === 0 ? { ...cell, share: null, parts: [], not_counted: null } : cell,
  );
  const changed = { ...view, units: [{ ...unit, items }] };
  for (const sort of ["favorable", "unfavorable", "not_counted"]) {
    const [block] = blocksOf(sceneFor({ page: "questions", sort }, {}, changed));
    assert.equal(block?.questions.at(-1)?.cell.item, unit.items[0]?.item, sort);
  }
});

test("the table has the questions that are seen, in their order", () => {
  const wish = { find: "share power", sort: "unfavorable" };
  const [table] = tablesOf(ask(wish), "questions");
  assert.deepEqual(
    table?.rows.map((row) => row[1]),
    asked(wish).map(({ item }) => item.text["en"]),
  );
});

test("an order goes by what the view calls its answer", () => {
  assert.equal(orderName(ask({}), "not_counted"), "Most “Not sure” first");
  assert.equal(orderName(ask({ language: "es" }), null), "Como en la encuesta");
});

test("scales of which nothing can be told stand together, and no order is by value", () => {
  const runs = (part: string): string[][] => {
    const scene = sceneFor({ unit: "sierra-norte", page: "groups", part });
    const table = scene.unit.groups.find((candidate) => candidate.variable === part);
    return runsOf(scene, table?.rows ?? []).map((run) => run.map((block) => block.scale));
  };
  assert.deepEqual(runs("gender"), [
    ["express_care", "challenge_growth", "provide_support", "share_power"],
    ["expand_possibilities"],
  ]);
  assert.deepEqual(runs("english_learner"), [
    ["express_care"],
    ["challenge_growth", "provide_support"],
    ["share_power"],
    ["expand_possibilities"],
  ]);
});

test("the widest gap holds for all", () => {
  const gap = (k: number): string => `Cannot tell. A gap smaller than about ${k} in 10 would often not have shown.`;
  assert.equal(widest([gap(3), gap(10), gap(4)]), gap(10));
  assert.equal(widest([]), "");
});

test("the answers of most questions are named above them, and a turned question is not one of these", () => {
  const parts = (...labels: string[]) =>
    labels.map((label, at) => ({
      label: { en: label, es: label },
      percent: 50,
      tone: at === 0 ? ("unfavorable" as const) : ("favorable" as const),
    }));
  const cell = (...labels: string[]) => ({ cell: { ...asked({})[0]!.cell, parts: parts(...labels) } });
  const none = { cell: { ...asked({})[0]!.cell, parts: [] } };
  assert.deepEqual(commonParts([none, cell("Yes", "No"), cell("No", "Yes"), cell("No", "Yes")]), parts("No", "Yes"));
  assert.deepEqual(commonParts([cell("Yes", "No"), cell("No", "Yes")]), parts("Yes", "No"));
  assert.deepEqual(commonParts([none]), []);
});
