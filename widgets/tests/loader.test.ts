import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mock, test } from "node:test";
import type { Model } from "../anywidget/mount";
import { Client } from "../loader/client";
import { fieldOf, type Label, open, type State } from "../loader/state";
import { stringsFor as gradeStringsFor } from "../loader/grades-strings";
import { stringsFor } from "../loader/strings";
import { type Bytes, PIECE, Upload } from "../loader/upload";
import { WIDGETS } from "./fixture";

const state = (more: Partial<State> = {}): State => ({
  mode: "survey",
  moved: false,
  offered: [],
  menu: [],
  wanted: null,
  instrument: { en: "Belonging" },
  waves: [],
  wave: "",
  school: "",
  lenient: false,
  undo: false,
  redo: false,
  begun: 1,
  file: { names: ["a.csv"], form: "plain table", rows: "40", columns: 2, questions: 1, notes: [], new: "" },
  error: "",
  fits: false,
  apart: false,
  columns: [],
  targets: [],
  missing: { items: [], groups: [], identity: [] },
  labels: [],
  keptBack: "",
  openWaves: false,
  sections: [],
  roster: null,
  used: null,
  ...more,
});

const bytes = (size: number): Bytes => new File([new Uint8Array(size).map((_, i) => i % 251)], "answers.csv");

/** Lets everything that waits for nothing but its turn go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A kernel that keeps what it is told. */
class Kernel {
  told: { type: string; id: string; steps?: unknown[]; index?: number }[] = [];
  pieces: ArrayBuffer[] = [];
  listeners: ((answer: never) => void)[] = [];
  readonly model: Model = {
    get: () => "",
    send: (content, _callbacks, buffers = []) => {
      this.told.push(content as (typeof this.told)[number]);
      this.pieces.push(...buffers);
    },
    on: (_name, listener) => this.listeners.push(listener),
    off: (_name, listener) => (this.listeners = this.listeners.filter((other) => other !== listener)),
  };

  answer(answer: object, to = this.told.at(-1)?.id): void {
    for (const listener of this.listeners) listener({ to, ...answer } as never);
  }
}

test("a file goes in small pieces, in order, a few at a time", async () => {
  const file = bytes(6 * PIECE + 7);
  const sent: [number, ArrayBuffer][] = [];
  const upload = new Upload(file, (index, piece) => sent.push([index, piece]), assert.fail);
  await upload.go(0);
  assert.equal(sent.length, 4, "the rest waits");
  await upload.go(PIECE);
  assert.equal(sent.length, 5);
  await upload.go(5 * PIECE);
  await upload.go(file.size);
  assert.ok(upload.whole);
  assert.deepEqual(
    sent.map(([index]) => index),
    [0, 1, 2, 3, 4, 5, 6],
  );
  assert.ok(sent.every(([, piece]) => piece.byteLength < 1_000_000));
  const whole = Buffer.concat(sent.map(([, piece]) => Buffer.from(piece)));
  assert.deepEqual(whole, Buffer.from(await (file as File).arrayBuffer()));
});

test("a file that is stopped or gone sends no more", async () => {
  let sent = 0;
  const stopped = new Upload(bytes(9 * PIECE), () => (sent += 1), assert.fail);
  const going = stopped.go(0);
  stopped.stop();
  await going;
  assert.equal(sent, 0);
  let lost = 0;
  const gone = {
    ...bytes(1),
    name: "a.csv",
    size: 9,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error()) }),
  };
  await new Upload(
    gone,
    () => (sent += 1),
    () => (lost += 1),
  ).go(0);
  assert.deepEqual([sent, lost], [0, 1]);
});

test("changes that come together are one question, and are shown until it is answered", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const kernel = new Kernel();
    const client = new Client(kernel.model, () => undefined);
    kernel.answer({ type: "state", state: state() });
    assert.ok(!client.busy);
    const step = { do: "column", position: 3, target: "b1" } as const;
    client.change({ ...step, target: "b2" });
    client.change(step);
    client.change({ do: "wave", text: "fall" });
    assert.equal(kernel.told.length, 1);
    mock.timers.tick(300);
    assert.equal(kernel.told.length, 2);
    assert.deepEqual(kernel.told[1]?.steps, [step, { do: "wave", text: "fall" }], "of one menu, the last counts");
    assert.deepEqual(client.waiting(fieldOf(step)), step);
    assert.ok(client.busy);
    kernel.answer({ type: "state", state: state({ undo: true }) }, "another view 2");
    assert.ok(client.busy, "that answered someone else");
    kernel.answer({ type: "state", state: state({ undo: true }) });
    assert.equal(client.waiting(fieldOf(step)), undefined);
    assert.ok(!client.busy && client.state?.undo);
    // What was changed last goes before the button.
    client.change({ do: "school", text: "North" });
    client.use();
    assert.deepEqual(
      kernel.told.slice(2).map(({ type }) => type),
      ["change", "use"],
    );
    client.close();
    assert.equal(kernel.listeners.length, 0);
  } finally {
    mock.timers.reset();
  }
});

test("a refusal is said, what stood there still stands, and the next try takes it away", () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined);
  kernel.answer({ type: "state", state: state() });
  client.use();
  kernel.answer({ type: "refused", sentence: "No." });
  assert.deepEqual([client.refused, client.state?.begun, client.busy], ["No.", 1, false]);
  kernel.answer({ type: "refused", sentence: "Not for you." }, "another view 1");
  assert.equal(client.refused, "No.");
  client.use();
  assert.equal(client.refused, "");
  client.close();
});

test("a file is announced, sent when the kernel is ready, and forgotten when it was read or cancelled", async () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined);
  kernel.answer({ type: "state", state: state() });
  client.choose([bytes(2 * PIECE)], "answers");
  assert.equal(kernel.pieces.length, 0);
  const { id } = kernel.told[1]!;
  kernel.answer({ type: "ready" }, id);
  await settled();
  assert.equal(kernel.pieces.length, 2);
  kernel.answer({ type: "got", bytes: 2 * PIECE }, id);
  assert.ok(client.upload?.whole && client.busy);
  kernel.answer({ type: "state", state: state({ begun: 2 }) }, id);
  assert.deepEqual([client.upload, client.busy, client.state?.begun], [null, false, 2]);
  client.choose([bytes(9 * PIECE)], "roster");
  const second = kernel.told.at(-1)!.id;
  kernel.answer({ type: "ready" }, second);
  client.cancel();
  await settled();
  assert.equal(kernel.pieces.length, 2);
  assert.deepEqual(kernel.told.at(-1), { type: "cancel", id: second });
  assert.ok(!client.busy);
  client.close();
});

test("files of one choice go one after the other, and one that is refused holds none of them up", async () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined);
  kernel.answer({ type: "state", state: state() });
  client.choose([bytes(10), bytes(20), bytes(30)], "answers");
  const begun = (): object[] => kernel.told.filter(({ type }) => type === "begin");
  assert.equal(begun().length, 1);
  kernel.answer({ type: "ready" });
  await settled();
  assert.equal((kernel.told.at(-1) as { more?: boolean }).more, true, "others follow");
  kernel.answer({ type: "got", bytes: 10 });
  kernel.answer({ type: "taken" });
  assert.equal(begun().length, 2);
  kernel.answer({ type: "refused", sentence: "The file is empty." });
  assert.equal(begun().length, 3);
  kernel.answer({ type: "ready" });
  await settled();
  assert.equal((kernel.told.at(-1) as { more?: boolean }).more, false, "it is the last");
  kernel.answer({ type: "state", state: state({ begun: 2 }) });
  assert.deepEqual([client.refused, client.upload, client.busy], ["The file is empty.", null, false]);
  client.choose([bytes(10), bytes(20)], "answers");
  assert.equal(client.refused, "", "another choice begins anew");
  kernel.answer({ type: "ready" });
  await settled();
  client.cancel();
  assert.equal(begun().length, 4, "what was to follow does not");
  client.close();
});

test("the state of the other loader is not taken for its own", () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined, "gradebook");
  kernel.answer({ type: "state", state: state() });
  assert.equal(client.state as State | null, null);
  kernel.answer({ type: "state", state: { ...state(), mode: "gradebook" } });
  assert.equal(client.state?.mode, "gradebook");
  client.turn("survey");
  assert.deepEqual(kernel.told.at(-1), { type: "mode", mode: "survey", id: kernel.told.at(-1)!.id });
  client.close();
});

test("what a step changes tells it from others", () => {
  const fields = [
    { do: "said", file: 1, field: "term", text: "" },
    { do: "said", file: 1, field: "course", text: "" },
    { do: "code", index: 1, means: "missing" },
    { do: "category", title: "Quiz", value: "Tests" },
    { do: "role", position: 1, value: "item" },
    { do: "points", position: 1, number: null },
    { do: "points", position: -1, number: 10 },
  ] as const;
  assert.equal(new Set(fields.map(fieldOf)).size, fields.length);
});

test("without a kernel it says so after a while", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const kernel = new Kernel();
    const client = new Client(kernel.model, () => undefined);
    mock.timers.tick(9_000);
    assert.ok(client.alone);
    kernel.answer({ type: "state", state: state() });
    assert.ok(!client.alone);
    client.close();
  } finally {
    mock.timers.reset();
  }
});

test("what is left to settle is counted", () => {
  const label: Omit<Label, "value"> = { key: "agree", text: "x", rows: "20", meanings: [], like: "", needed: true };
  const item = { id: "b1", text: { en: "b1" } };
  const left = open(
    state({
      missing: {
        items: [
          { ...item, declared: false },
          { ...item, declared: true },
        ],
        groups: [],
        identity: [],
      },
      labels: [
        { ...label, value: "" },
        { ...label, value: "-" },
        { ...label, value: "", needed: false },
        { ...label, key: "wave", value: "" },
      ],
      keptBack: "under 10",
    }),
  );
  assert.deepEqual(left, { questions: 1, labels: 1, texts: true, waves: true, twice: false });
  const lenient = open(state({ labels: [{ ...label, value: "" }], keptBack: "12", lenient: true }));
  assert.deepEqual(lenient, { questions: 0, labels: 0, texts: false, waves: false, twice: false });
});

const names = (words: object): string[] =>
  Object.entries(words).flatMap(([name, value]) =>
    typeof value === "object" ? Object.keys(value as object).map((key) => `${name}.${key}`) : [name],
  );

test("both languages say everything", () => {
  for (const of of [stringsFor, gradeStringsFor]) {
    const [en, es] = [of("en-US"), of("es-MX")];
    assert.notEqual(en.title, es.title);
    assert.deepEqual(names(en), names(es));
  }
});

test("each loader says the numbers and choices that it is given", () => {
  const words = gradeStringsFor("en");
  assert.equal(words.read(1, 2, "30", "under 10", "under 10 students").slice(0, 25), "1 course, 2 pieces of wor");
  assert.equal(words.codesTitle(1), "1 text stands where scores are");
  assert.equal(gradeStringsFor("es").leftFiles(2), "2 archivos no se pueden leer.");
});

test("names and labels never become markup, and modules stay short", () => {
  const folder = join(WIDGETS, "loader");
  const names = readdirSync(folder).filter((name) => /\.tsx?$/.test(name));
  assert.ok(names.length > 7);
  for (const name of names) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function/i,
    );
    assert.ok(text.split("\n").length <= 400, name);
  }
});
