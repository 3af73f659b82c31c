import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Model } from "../anywidget/mount";
import { Client } from "../comments/client";
import { type Comment, marked, type State, stepOf } from "../comments/state";
import { stringsFor } from "../comments/strings";

const comment: Comment = {
  pieces: [
    { text: "ana", kind: "name" },
    { text: " and ", kind: "" },
    { text: "a gun", kind: "weapons" },
    { text: "ana", kind: "name" },
  ],
  danger: true,
  adult: false,
  question: { en: "What else?" },
  wave: "fall",
  school: "North",
};

const state = (more: Partial<State> = {}): State => ({
  turn: 0,
  unread: 2,
  since: "2026-11-02",
  by: "2026-11-04",
  late: false,
  dangers: 1,
  released: 0,
  held: 0,
  passedOn: 0,
  contact: { en: "Office" },
  undo: false,
  comment,
  ...more,
});

/** A kernel that keeps what it is told. */
class Kernel {
  told: { type: string; id: string; turn?: number; do?: string }[] = [];
  listeners: ((answer: never) => void)[] = [];
  readonly model: Model = {
    get: () => "",
    send: (content) => this.told.push(content as (typeof this.told)[number]),
    on: (_name, listener) => this.listeners.push(listener),
    off: (_name, listener) => (this.listeners = this.listeners.filter((other) => other !== listener)),
  };

  answer(answer: object, to = this.told.at(-1)?.id): void {
    for (const listener of this.listeners) listener({ to, ...answer } as never);
  }
}

test("a step names the comment it was meant for, and waits for the answer to the one before", () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => {});
  client.step({ do: "hold" });
  assert.equal(kernel.told.length, 1, "nothing is decided before a comment is there");
  kernel.answer({ type: "state", state: state({ turn: 4 }) });
  client.step({ do: "hold" });
  client.step({ do: "hold" });
  assert.equal(kernel.told.length, 2);
  assert.equal(kernel.told[1]?.turn, 4);
  kernel.answer({ type: "refused", sentence: "It names an adult." });
  assert.equal(client.refused, "It names an adult.");
  client.step({ do: "pass on", to: "Kim" });
  assert.equal(client.refused, "");
  client.close();
  assert.equal(kernel.listeners.length, 0);
});

test("another view of the same widget follows, and does not hear its refusals", () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => {});
  kernel.answer({ type: "state", state: state() });
  kernel.answer({ type: "state", state: state({ turn: 1, held: 1 }) }, "other 7");
  assert.equal(client.state?.turn, 1);
  kernel.answer({ type: "refused", sentence: "no" }, "other 8");
  assert.equal(client.refused, "");
  client.close();
});

test("what was released is shown where it was asked for, until something is decided", () => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => {});
  kernel.answer({ type: "state", state: state() });
  client.seeReleased();
  client.seeReleased();
  assert.equal(kernel.told.length, 2);
  kernel.answer({ type: "state", state: state(), released: [comment] });
  assert.deepEqual(client.released, [comment]);
  kernel.answer({ type: "state", state: state() }, "other 7");
  assert.deepEqual(client.released, [comment]);
  kernel.answer({ type: "state", state: state({ turn: 1 }), released: [comment] }, "other 8");
  assert.equal(client.released, null);
  client.close();
});

test("without a kernel it says so", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const client = new Client(new Kernel().model, () => {});
  mock.timers.tick(9_000);
  assert.ok(client.alone && !client.busy);
  client.close();
  mock.timers.reset();
});

test("what was marked is told once a text", () => {
  assert.deepEqual(marked(comment), [
    ["name", ["ana"]],
    ["weapons", ["a gun"]],
  ]);
});

test("keys are steps, and no other key is", () => {
  assert.deepEqual(["r", "H", "p", "s", "u"].map(stepOf), ["release", "hold", "pass on", "skip", "undo"]);
  assert.deepEqual(["d", "Enter", "constructor", "__proto__"].map(stepOf), [null, null, null, null]);
});

test("both languages have every word", () => {
  const [en, es] = [stringsFor("en"), stringsFor("es")];
  assert.deepEqual(Object.keys(es), Object.keys(en));
  assert.deepEqual(Object.keys(es.kind), Object.keys(en.kind));
  for (const key of Object.keys(en) as (keyof typeof en)[])
    if (key !== "kind") assert.notEqual(String(es[key]), String(en[key]), key);
});
