import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Model } from "../anywidget/mount";
import { Client } from "../policy/client";
import { byGroup } from "../policy/results";
import {
  evenWeights,
  inLanguage,
  type Parts,
  problemOf,
  RULES,
  type State,
  sumOf,
  valueOf,
  withValue,
} from "../policy/state";
import { type Strings, stringsFor } from "../policy/strings";

const parts: Parts = {
  floor: null,
  missing: null,
  retake: null,
  late: null,
  makeup: null,
  drop_lowest: [],
  weights: [],
  exclude: [],
  cuts: [
    ["A", 90],
    ["F", 0],
  ],
  round: null,
  pass: null,
};

const state = (more: Partial<Parts> = {}): State => ({ parts: { ...parts, ...more } }) as State;

interface Told {
  type: string;
  id: string;
  parts?: Partial<Parts>;
}

/** A kernel that keeps what it is told. */
class Kernel {
  told: Told[] = [];
  listeners: ((...given: never[]) => void)[] = [];
  readonly model: Model = {
    get: () => "",
    send: (content) => this.told.push(content as Told),
    on: (_name, listener) => this.listeners.push(listener),
    off: (_name, listener) => (this.listeners = this.listeners.filter((other) => other !== listener)),
  };

  answer(more: Partial<Parts> = {}, to = this.told.at(-1)?.id): void {
    for (const listener of this.listeners) listener({ type: "state", to, state: state(more) } as never);
  }

  refuse(sentence: string, to = this.told.at(-1)?.id): void {
    for (const listener of this.listeners) listener({ type: "refused", to, sentence } as never);
  }
}

const floor = (percent: number): Pick<Parts, "floor"> => ({ floor: { percent, on: "score" } });

function started(run: (kernel: Kernel, client: Client) => void): void {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const kernel = new Kernel();
    const client = new Client(kernel.model, () => undefined);
    kernel.answer();
    run(kernel, client);
    client.close();
    assert.equal(kernel.listeners.length, 0);
  } finally {
    mock.timers.reset();
  }
}

test("while the kernel computes, only where the slider is now waits; the controls are ahead of it", () => {
  started((kernel, client) => {
    for (const percent of [10, 20, 30, 40]) client.move("floor percent", floor(percent));
    assert.deepEqual(
      kernel.told.map((message) => message.parts?.floor?.percent),
      [undefined, 10],
    );
    assert.equal(client.parts?.floor?.percent, 40);
    kernel.answer(floor(10));
    assert.equal(client.parts?.floor?.percent, 40, "an older answer moves no slider back");
    assert.equal(kernel.told.at(-1)?.parts?.floor?.percent, 40);
    assert.ok(client.busy);
    kernel.answer(floor(40));
    assert.ok(!client.busy);
  });
});

test("what has come to rest is one step, and so is what another control interrupts", () => {
  started((kernel, client) => {
    const types = (): string[] => kernel.told.map(({ type }) => type);
    client.move("floor percent", floor(10));
    kernel.answer();
    client.move("floor percent", floor(20));
    kernel.answer();
    mock.timers.tick(399);
    assert.deepEqual(types(), ["hello", "change", "change"]);
    mock.timers.tick(1);
    assert.deepEqual(types().slice(3), ["rest"]);
    kernel.answer();
    client.move("floor percent", floor(30));
    client.move("round", { round: 1 });
    client.step({ type: "undo" });
    for (let turn = 0; turn < 5; turn++) kernel.answer();
    assert.deepEqual(types().slice(4), ["change", "rest", "change", "rest", "undo"]);
    mock.timers.tick(1_000);
    assert.equal(types().length, 9, "nothing rests twice");
  });
});

test("after a step the controls show what the kernel says", () => {
  started((kernel, client) => {
    client.move("floor percent", floor(30));
    client.step({ type: "undo" });
    kernel.answer(floor(30));
    kernel.answer(floor(30));
    kernel.answer();
    assert.equal(client.parts?.floor, null);
  });
});

test("a refusal is said until the next question; another view's is not ours", () => {
  started((kernel, client) => {
    client.move("round", { round: 1 });
    kernel.refuse("Not so.", "another view 2");
    assert.equal(client.refused, "");
    kernel.refuse("Not so.");
    assert.equal(client.refused, "Not so.");
    assert.equal(client.parts?.round, null);
    client.step({ type: "pin" });
    assert.equal(client.refused, "");
    kernel.answer({ round: 2 }, "another view 3");
    assert.equal(client.parts?.round, 2);
  });
});

test("a kernel that does not answer is said to be none, and is heard when it does; what was moved stays", () => {
  started((kernel, client) => {
    client.move("round", { round: 1 });
    client.move("round", { round: 2 });
    mock.timers.tick(8_000);
    assert.ok(client.alone && client.busy);
    assert.equal(client.parts?.round, 2);
    kernel.answer({ round: 1 });
    assert.ok(!client.alone);
    assert.equal(client.parts?.round, 2);
    assert.deepEqual(kernel.told.at(-1)?.parts, { round: 2 });
    kernel.answer({ round: 2 });
    kernel.answer({ round: 2 });
    assert.ok(!client.busy);
  });
});

test("who moves something after that asks anew", () => {
  started((kernel, client) => {
    client.move("round", { round: 1 });
    mock.timers.tick(8_000);
    const asked = kernel.told.length;
    client.move("pass", { pass: 60 });
    assert.equal(kernel.told.length, asked + 1);
    assert.equal(client.parts?.round, 1);
  });
});

test("sums, weights and values keep the order of the categories", () => {
  assert.equal(
    sumOf([
      ["a", 33.4],
      ["b", 66.6],
    ]),
    100,
  );
  for (const n of [1, 3, 6, 7]) {
    const even = evenWeights([..."abcdefg"].slice(0, n));
    assert.equal(sumOf(even), 100);
    assert.ok(Math.max(...even.map(([, one]) => one)) - Math.min(...even.map(([, one]) => one)) <= 1);
  }
  const pairs = withValue([["2", 40]], ["__proto__", "2", "1"], "__proto__", 60);
  assert.deepEqual(pairs, [
    ["__proto__", 60],
    ["2", 40],
  ]);
  assert.equal(valueOf(pairs, "__proto__"), 60);
  assert.deepEqual(withValue(pairs, ["__proto__", "2"], "2", undefined), [["__proto__", 60]]);
});

test("a sum other than 100, letters out of order and a hole are told apart", () => {
  const problem = (more: Partial<Parts>): string | undefined => problemOf({ ...parts, ...more })?.kind;
  assert.equal(problem({}), undefined);
  assert.equal(problem({ weights: [["a", 90]] }), "weights");
  assert.equal(problem({ weights: [["a", 100]] }), undefined);
  assert.equal(
    problem({
      cuts: [
        ["A", 80],
        ["B", 80],
        ["F", 0],
      ],
    }),
    "order",
  );
  assert.equal(problem({ cuts: [["A", 90]] }), "hole");
  assert.equal(problem({ missing: { codes: [], counts_as: "floor" } }), "floor");
  assert.equal(problem({ missing: { codes: [], counts_as: "floor" }, ...floor(50) }), undefined);
});

test("in the table by group the group names a row first", () => {
  const face = {
    title: "t",
    columns: ["Policy", "school", "Students"].map((label) => ({ label, decimals: null })),
    rows: [["own", "Sierra", 12]],
    headers: 2,
  };
  const turned = byGroup(face, "School");
  assert.deepEqual(
    turned.columns.map(({ label }) => label),
    ["School", "Policy", "Students"],
  );
  assert.deepEqual(turned.rows, [["Sierra", "own", 12]]);
});

test("both languages have every word, and every setting has one", () => {
  const leaves = (value: unknown, at = ""): string[] =>
    value !== null && typeof value === "object"
      ? Object.entries(value).flatMap(([key, part]) => leaves(part, `${at}.${key}`))
      : [at];
  const [en, es] = [stringsFor("en"), stringsFor("es")];
  assert.deepEqual(leaves(es).sort(), leaves(en).sort());
  for (const words of [en, es] satisfies Strings[]) {
    for (const [rule, { controls }] of Object.entries(RULES))
      for (const [, key, ...options] of controls)
        for (const name of [words.setting[key] === undefined ? `${rule} ${key}` : key, ...options])
          assert.ok(words.setting[name], name);
    for (const kind of [
      { kind: "weights", sum: 90 },
      { kind: "order", upper: "A", lower: "B" },
      { kind: "hole", from: 10 },
      { kind: "floor" },
    ] as const)
      assert.match(words.problem(kind), /\.$/);
  }
  assert.equal(inLanguage({ en: 1, es: 2 }, "es"), 2);
  assert.equal(inLanguage({ en: 1 }, "toString"), 1);
});
