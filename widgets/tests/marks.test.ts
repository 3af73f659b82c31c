import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, pagesOf, parseAddress, resolve, stepsOf, unitOf } from "../core/address";
import { hasPicture, pictureOf } from "../core/picture";
import { adoptedOf, practicesSay } from "../core/practices";
import { readView, ViewError } from "../core/read";
import { begunOf, everyOf, placeOf, quietOf, shownOf, ticksOf } from "../core/run";
import { sceneOf } from "../core/scene";
import { stringsFor } from "../core/strings";
import { toCsv } from "../core/spreadsheet";
import { hasTables, tablesOf } from "../core/tables";
import { choicesOf, triedOf } from "../core/try";
import type { Run, View } from "../schema/view";
import { marks, sample, sampleText, sceneFor } from "./fixture";

const at = (page: string, more: object = {}, view = marks()) =>
  sceneFor({ unit: "sierra-norte", page, ...more }, {}, view);
const OWN = ["weeks", "practices", "try"] as const;

/** Every text of an interface, by its path. */
function leaves(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function") {
    const say = node as (...given: unknown[]) => unknown;
    return [[path, [say(5, "x", "y", "z"), say(1, 1, 1, true)].join(" ")]];
  }
  return Object.entries(node as object).flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`));
}

// What a team asks itself, and what is said before a document is known to be a view of marks.
const ELSEWHERE = /^(pathWhat|problem\.(none|notView)|wonderAsk)$/;

test("a view of marks speaks of no survey, in either language", () => {
  const words = {
    en: /(?<!rel)survey|answer|question|favorabl|scale/i,
    es: /encuesta|respuest|respond|\bpreguntas?\b|favorable|escala/i,
  };
  for (const [language, survey] of Object.entries(words)) {
    for (const [path, text] of leaves(stringsFor(language, "marks"))) {
      if (!ELSEWHERE.test(path)) assert.doesNotMatch(text, survey, `${language} ${path}`);
    }
  }
});

test("the interface of marks has every word, and that of answers is as it was", () => {
  for (const language of ["en", "es"]) {
    const usual = new Set(leaves(stringsFor(language)).map(([path]) => path));
    assert.deepEqual(new Set(leaves(stringsFor(language, "marks")).map(([path]) => path)), usual);
    assert.equal(stringsFor(language, "answers"), stringsFor(language));
  }
  assert.equal(stringsFor("en").pages.questions, "Questions");
  assert.equal(stringsFor("en", "marks").pages.questions, "In detail");
  assert.equal(stringsFor("en", "marks").pages.groups, "Groups");
  assert.equal(stringsFor("es-MX", "marks").favorableMeans, "Qué se cuenta");
  assert.equal(stringsFor("fr", "marks").favorableMeans, "What is counted");
});

test("older documents are views of answers, without pages of marks", () => {
  const view = sample();
  assert.ok(!sampleText().includes('"subject"'));
  for (const unit of view.units) assert.ok(OWN.every((page) => !pagesOf(unit).includes(page)));
  assert.equal(at("glance", {}, view).words.favorableMeans, "What “favorable” means");
});

test("why a view of marks cannot be drawn is said in its words", () => {
  const broken = { ...marks(), dials: [{ id: 1 }] };
  const cases: [unknown, RegExp][] = [
    [broken, /^This view of marks is damaged at “dials\[0\]\.title”/],
    [{ ...marks(), format: 2 }, /^This view of marks has format 2/],
    [JSON.stringify(marks()).slice(0, 400), /^This view of marks is not whole/],
    [{ ...marks(), subject: "looks" }, /^This survey view is damaged at “subject”/],
  ];
  for (const [document, sentence] of cases) {
    assert.throws(
      () => readView(document),
      (error) => error instanceof ViewError && sentence.test(error.message) && error.sentence("es").startsWith("Esta"),
    );
  }
});

test("pages of marks stand between change and next step, and only where there is something", () => {
  const unit = unitOf(marks(), "sierra-norte");
  const pages = ["glance", "questions", "groups", "change", "weeks", "practices", "try", "next", "about"];
  assert.deepEqual(pagesOf(unit), pages);
  const bare = { ...unit, weeks: [], practices: [], lab: null };
  assert.deepEqual(pagesOf(bare), ["glance", "questions", "groups", "change", "next", "about"]);
  const [now] = unit.lab?.tried ?? [];
  assert.ok(now);
  assert.ok(!pagesOf({ ...unit, lab: { tried: [now] } }).includes("try"), "nothing to choose");
  const steps = stepsOf(unit);
  assert.deepEqual(
    steps.map(({ page }) => page),
    ["guess", "glance", "questions", "groups", "change", "weeks", "practices", "try", "next"],
  );
  assert.equal(steps.at(-1)?.until, 45);
  assert.ok(steps.every(({ minutes }) => minutes >= 4));
  for (const { page } of steps) assert.ok(stringsFor("es", "marks").pathAsk[page], page);
});

test("the dials are in the address, and stay there whatever page or unit", () => {
  const view = marks();
  const state = resolve(view, parseAddress("#sierra-norte/try/en?try=2-0-1"));
  assert.equal(state.dials, "2-0-1");
  assert.equal(formatAddress(state), "#sierra-norte/try/en?try=2-0-1");
  assert.equal(resolve(view, { ...state, unit: "paper-lantern" }).dials, "2-0-1");
  assert.equal(resolve(view, { ...state, page: "glance" }).dials, "2-0-1");
  for (const wrong of ["", "0-0-0", "3-0-0", "-1-0-0", "1-0", "1-0-0-0", "1.5-0-0", "a-b-c", "length-0-1"]) {
    assert.equal(resolve(view, parseAddress(`#all/try/en?try=${wrong}`)).dials, "", wrong);
  }
  assert.equal(resolve(sample(), parseAddress("#all/glance/en?try=1")).dials, "");
});

test("a policy is looked up by its choices", () => {
  const scene = at("try", { dials: "2-1-0" });
  assert.deepEqual(choicesOf(scene), [2, 1, 0]);
  assert.deepEqual(triedOf(scene).then?.choices, [2, 1, 0]);
  assert.deepEqual(triedOf(scene).now?.choices, [0, 0, 0]);
  const still = triedOf(at("try"));
  assert.equal(still.then, still.now);
  const view = marks();
  for (const unit of view.units) if (unit.lab) unit.lab.tried = unit.lab.tried.slice(0, 2);
  assert.equal(triedOf(at("try", { dials: "2-1-0" }, view)).then, undefined);
});

test("the table of policies has no number where a few students make the difference", () => {
  const [table] = tablesOf(at("try"), "try");
  assert.ok(table);
  assert.equal(table.rows.length, 12);
  assert.deepEqual(table.rows[0], ["Counts as zero", "None", "10 points less a day", 58, 76, 49]);
  const late = table.rows.find((row) => row.slice(0, 3).join() === "Counts as zero,None,Costs nothing");
  assert.deepEqual(late?.slice(3), ["About the same", "About the same", "About the same"]);
  const [other] = tablesOf(sceneFor({ unit: "paper-lantern", language: "es" }, {}, marks()), "try");
  assert.ok(
    other?.rows.some((row) => row[4] === "95 o más"),
    "a coded share has words",
  );
});

test("weeks: the table has every week, the gap in words, a coded week by its side and where a phase begins", () => {
  const tables = tablesOf(at("weeks"), "weeks");
  assert.equal(tables.length, 2);
  assert.equal(new Set(tables.map(({ caption }) => caption)).size, 2);
  const [under] = tables;
  assert.equal(under?.rows.length, 18);
  assert.deepEqual(under?.rows[7], ["Oct 9", "too little work to show", 27, ""]);
  assert.deepEqual(
    under?.rows.filter((row) => row[3] !== "").map((row) => [row[0], row[3]]),
    [["Oct 23", "50 % minimum"]],
  );
  const [, missing] = tablesOf(sceneFor({ unit: "all", page: "weeks", language: "es" }, {}, marks()), "weeks");
  assert.ok(missing?.rows.some((row) => row[1] === "5 o menos"));
});

const runOf = (percents: (number | null)[], middle: number): Run => ({
  id: "missing",
  title: { en: "Missing" },
  sentence: { en: "Nothing." },
  middle,
  points: percents.map((percent, index) => ({
    week: `2026-09-${String(index + 1).padStart(2, "0")}`,
    label: { en: `Sep ${index + 1}` },
    ...(percent === null ? {} : { percent }),
  })),
});

test("a run chart stands on one scale from 0 with three or four lines", () => {
  const view = (percents: number[]): View => ({
    ...marks(),
    units: [{ ...unitOf(marks(), "all"), weeks: [runOf(percents, 5)] }],
  });
  const cases: [number, number[]][] = [
    [6, [0, 10, 20]],
    [20, [0, 10, 20]],
    [21, [0, 10, 20, 30]],
    [38, [0, 20, 40]],
    [60, [0, 20, 40, 60]],
    [61, [0, 50, 100]],
    [95, [0, 50, 100]],
  ];
  for (const [most, ticks] of cases) assert.deepEqual(ticksOf(view([1, most])), ticks, String(most));
});

test("weeks without percent leave a gap, and a phase begins at the edge before its first week", () => {
  const run = runOf([30, null, 20, 5], 20);
  assert.deepEqual(
    shownOf(run).map(({ index, coded }) => [index, coded]),
    [
      [0, false],
      [2, false],
      [3, true],
    ],
  );
  assert.deepEqual(
    [0, 3].map((index) => placeOf(index, run)),
    [12.5, 87.5],
  );
  const begun = (...weeks: string[]) =>
    begunOf({ ...run, phases: weeks.map((week) => ({ week, title: { en: week } })) }).map(({ edge, left }) => [
      edge,
      left,
    ]);
  // Those whose name has room to the right first, from the left; then the others, from the right.
  assert.deepEqual(begun("2026-09-04", "2026-09-03", "2026-09-02"), [
    [25, false],
    [50, false],
    [75, true],
  ]);
  assert.deepEqual(begun("2026-09-03", "2026-10-01"), [[50, false]]);
  assert.equal(everyOf(runOf(Array<number>(40).fill(9), 9), 9), 5);
});

test("the name of the median is in no dot's way, or in the key", () => {
  assert.deepEqual(quietOf(runOf([30, 31, 30, 31, 20, 19, 20, 19], 25), 40), { end: "right", side: "above" });
  assert.deepEqual(quietOf(runOf([20, 19, 20, 19, 30, 31, 30, 31], 25), 40), { end: "right", side: "below" });
  assert.equal(quietOf(runOf([10, 12, 11, 9, 10, 12, 11, 9], 10), 40), null);
});

test("practices: in use first, then moving up, then the rest; strengths first", () => {
  const scene = at("practices");
  assert.deepEqual(
    adoptedOf(scene).map(({ title, adopted }) => [title, adopted.map(({ practice }) => practice)]),
    [
      ["In use", ["minimum_score", "retakes", "missing_code"]],
      ["Moving up", ["makeup_days", "weekly_check"]],
      ["Other practices", ["late_work", "shared_weights", "behavior_apart"]],
    ],
  );
  assert.equal(practicesSay(scene), "3 of 8 practices are in use by every team. 4 moved up since last time.");
  const one = sceneFor({ unit: "paper-lantern", page: "practices", language: "es" }, {}, marks());
  assert.equal(practicesSay(one), "3 de 8 prácticas están en uso. 4 avanzaron desde la última vez.");
  const [table] = tablesOf(scene, "practices");
  assert.deepEqual(table?.rows[0]?.slice(1), ["In use in 3 of 3 teams", 0, 0, 0, 1, 2, "yes", "moved up"]);
  assert.equal(table?.rows.length, 8);
});

test("their tables and pictures can be taken along, in both languages", () => {
  for (const language of ["en", "es"]) {
    for (const page of OWN) {
      const scene = at(page, { language, dials: "1-1-0" });
      assert.ok(hasTables(scene, page) && hasPicture(scene));
      for (const table of tablesOf(scene, page)) {
        assert.ok(table.rows.every((row) => row.length === table.columns.length));
        assert.doesNotMatch(toCsv(table), /undefined|NaN|null/);
      }
      const { svg } = pictureOf(scene);
      assert.doesNotMatch(svg, /undefined|NaN|null|href|class=/);
      assert.ok(svg.includes(scene.words.simulated));
    }
  }
});

test("a unit or a view without what a page needs does not break it", () => {
  const view = marks();
  const bare = { ...view, practices: [], stages: [], dials: [], rules: [] };
  for (const page of OWN) {
    const scene = sceneOf(bare, { ...at(page).state }, at(page));
    assert.doesNotThrow(() => [tablesOf(scene, page), pictureOf(scene)]);
  }
});
