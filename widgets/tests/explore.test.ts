import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { blocks, place } from "../core/intervals";
import { toTsv } from "../core/spreadsheet";
import { Client } from "../explore/client";
import { rowsOf, scaleOf, tableOf } from "../explore/picture";
import { type Face, inLanguage, type State } from "../explore/state";
import { stringsFor } from "../explore/strings";
import type { Model } from "../anywidget/mount";

const face = (more: Partial<Face> = {}): Face => ({
  title: "Groups",
  columns: [
    { label: "Scale", decimals: null },
    { label: "Group", decimals: null },
    { label: "Mean", decimals: 2 },
    { label: "How", decimals: null },
  ],
  rows: [
    ["Care", "Girl", 3.5, "report as a scale"],
    ["Care", "Boy", null, "too few students"],
  ],
  headers: 2,
  words: 3,
  ...more,
});

const state = (more: Partial<State> = {}): State => ({
  kind: "reliability",
  menu: { scales: [], by: [] },
  choice: { what: ["care"], by: "gender" },
  wave: null,
  simulated: false,
  masked: { en: "Groups of fewer than 10 students are not shown." },
  sentences: {},
  tables: {},
  picture: { limits: [0.6, 0.7], rows: [[{ kind: "alpha", value: 0.85, low: 0.83, high: 0.87 }], null] },
  code: "study.reliability()",
  error: "",
  ...more,
});

/** A kernel that keeps what it is told. */
class Kernel {
  told: { type: string; id: string; what?: string[]; by?: string; language?: string }[] = [];
  listeners: ((...given: never[]) => void)[] = [];
  readonly model: Model = {
    get: () => "",
    send: (content) => this.told.push(content as (typeof this.told)[number]),
    on: (_name, listener) => this.listeners.push(listener),
    off: (_name, listener) => (this.listeners = this.listeners.filter((other) => other !== listener)),
  };

  answer(answer: object, to = this.told.at(-1)?.id, buffers: unknown[] = []): void {
    for (const listener of this.listeners) listener({ to, ...answer } as never, buffers as never);
  }
}

const never = (): void => assert.fail("no workbook was asked for");

const start = (saved: (bytes: Uint8Array) => void = never): [Kernel, Client] => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined, saved);
  kernel.answer({ type: "state", state: state() });
  return [kernel, client];
};

test("choices that come together are one question, and the menus show the last one at once", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const [kernel, client] = start();
    client.choose({ by: "school" });
    client.choose({ by: "team" });
    client.choose({ what: ["power"] });
    assert.equal(kernel.told.length, 1);
    assert.deepEqual(client.choice, { what: ["power"], by: "team" });
    assert.ok(client.busy);
    mock.timers.tick(260);
    assert.equal(kernel.told.length, 2);
    assert.deepEqual([kernel.told[1]?.what, kernel.told[1]?.by], [["power"], "team"]);
    kernel.answer({ type: "state", state: state({ choice: { what: ["power"], by: "team" } }) });
    assert.ok(!client.busy);
    client.close();
    assert.equal(kernel.listeners.length, 0);
  } finally {
    mock.timers.reset();
  }
});

test("only what takes long is said to be under way", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const [kernel, client] = start();
    client.choose({ by: "school" });
    mock.timers.tick(260);
    mock.timers.tick(200);
    assert.ok(!client.slow);
    mock.timers.tick(150);
    assert.ok(client.slow);
    kernel.answer({ type: "state", state: state() });
    assert.ok(!client.slow);
    client.choose({ by: "team" });
    mock.timers.tick(260);
    kernel.answer({ type: "state", state: state() });
    mock.timers.tick(1_000);
    assert.ok(!client.slow);
    client.close();
  } finally {
    mock.timers.reset();
  }
});

test("a refusal is said, what stood there still stands, and the next choice takes it away", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const [kernel, client] = start();
    client.choose({ what: [] });
    mock.timers.tick(260);
    kernel.answer({ type: "refused", sentence: "Not for you." }, "another view 2");
    assert.equal(client.refused, "");
    kernel.answer({ type: "refused", sentence: "Choose at least one scale." });
    assert.equal(client.refused, "Choose at least one scale.");
    assert.deepEqual(client.choice, { what: ["care"], by: "gender" });
    client.choose({ by: "school" });
    mock.timers.tick(260);
    assert.equal(client.refused, "");
    client.close();
  } finally {
    mock.timers.reset();
  }
});

test("what another view chose, or Python, is shown here too", () => {
  const [kernel, client] = start();
  kernel.answer({ type: "state", state: state({ choice: { what: ["power"], by: "" } }) }, "another view 9");
  assert.deepEqual(client.choice, { what: ["power"], by: "" });
  client.close();
});

test("a workbook comes as bytes, after the choice that was made just before", () => {
  const saved: Uint8Array[] = [];
  const [kernel, client] = start((bytes) => saved.push(bytes));
  client.choose({ by: "school" });
  client.workbook("es");
  assert.deepEqual(
    kernel.told.map(({ type }) => type),
    ["hello", "choose", "workbook"],
  );
  const whole = new Uint8Array([9, 80, 75, 3, 4, 9]).buffer;
  kernel.answer({ type: "workbook" }, "another view 1", [whole]);
  assert.equal(saved.length, 0);
  kernel.answer({ type: "workbook" }, undefined, [new DataView(whole, 1, 4)]);
  assert.deepEqual(
    saved.map((bytes) => [...bytes]),
    [[80, 75, 3, 4]],
  );
  client.close();
});

test("a kernel that never answers is no kernel", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const client = new Client(new Kernel().model, () => undefined, never);
    mock.timers.tick(7_000);
    assert.ok(!client.alone);
    mock.timers.tick(2_000);
    assert.ok(client.alone);
    client.close();
  } finally {
    mock.timers.reset();
  }
});

test("the axis of reliabilities begins where it is of use, and never below 0", () => {
  const from = (low: number | null): number =>
    scaleOf("reliability", { limits: [0.6, 0.7], rows: [[{ kind: "alpha", value: 0.8, low, high: 0.9 }], null] }).from;
  assert.equal(from(0.75), 0.5);
  assert.equal(from(0.44), 0.4);
  assert.equal(from(0.3), 0.3);
  assert.equal(from(-2), 0);
  assert.equal(from(null), 0.5);
  const shares = scaleOf("compare", { limits: [], rows: [] });
  assert.deepEqual([shares.from, shares.to, shares.say(7)], [0, 100, "7 %"]);
  assert.equal(place(shares, 43), 43);
  assert.equal(place({ ...shares, from: 0.5, to: 1 }, 0.6), 20);
  assert.equal(place(shares, 130), 100);
});

test("a row of the picture has the name and the words of its row of the table, and no mark where it is masked", () => {
  const words = stringsFor("en");
  const rows = rowsOf(state(), face(), words);
  assert.deepEqual(
    rows.map(({ heading, name, marks, words }) => [heading, name, marks?.length ?? null, words]),
    [
      ["Care", "Girl", 1, "report as a scale"],
      ["Care", "Boy", null, "too few students"],
    ],
  );
  assert.equal(rows[0]?.marks?.[0]?.label, "Alpha: 0.85, 0.83 to 0.87");
  assert.equal(blocks(rows).length, 1);
  assert.deepEqual(
    blocks(rows.map((row, index) => ({ ...row, heading: String(index % 2) }))).map(({ length }) => length),
    [1, 1],
  );
  const whole = state({ choice: { what: ["care"], by: "" } });
  assert.deepEqual([rowsOf(whole, face(), words)[0]?.heading, rowsOf(whole, face(), words)[0]?.name], ["", "Care"]);
  assert.equal(rowsOf(state(), face({ words: null }), words)[0]?.words, "");
});

test("a table is copied with numbers as numbers, and a label that is a formula is a label", () => {
  const table = tableOf(face({ rows: [["=Care", "Girl", -0.5, "x"]] }));
  assert.equal(toTsv(table), "Scale\tGroup\tMean\tHow\n'=Care\tGirl\t-0.5\tx");
});

test("a language that Python has no words in gets English", () => {
  assert.deepEqual(inLanguage({ en: ["a"], es: ["b"] }, "es"), ["b"]);
  assert.deepEqual(inLanguage({ en: ["a"] }, "es"), ["a"]);
  assert.deepEqual(inLanguage({ en: ["a"] }, "toString"), ["a"]);
  assert.deepEqual(Object.keys(stringsFor("es")).sort(), Object.keys(stringsFor("en")).sort());
});
