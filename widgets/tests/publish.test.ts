import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Model } from "../anywidget/mount";
import { Client } from "../publish/client";
import { dearest, DOORS, EACH, fieldOf, type Preview, type State, type Step } from "../publish/state";
import { stringsFor } from "../publish/strings";

const preview = (more: Partial<Preview> = {}): Preview => ({
  key: "one",
  counts: { tables: [6, 2], groups: [16, 6], figures: 0, narrowest: null },
  costs: [],
  pages: [],
  whole: 0,
  folders: [],
  tables: [],
  ...more,
});

const state = (more: Partial<State> = {}): State => ({
  menu: [{ id: "gender", title: { en: "Gender" } }],
  choice: { by: ["gender"], doors: ["html"], each: "", min_n: 11, out: "spring", strategies: "", left: [] },
  least: 11,
  undo: false,
  redo: false,
  wave: null,
  simulated: false,
  comments: false,
  there: false,
  code: 'study.publish("spring")',
  doing: "",
  error: "",
  preview: preview(),
  written: null,
  ...more,
});

/** A kernel that keeps what it is told. */
class Kernel {
  told: { type: string; id: string; steps?: Step[]; key?: string; code?: string }[] = [];
  listeners: ((answer: never) => void)[] = [];
  readonly model: Model = {
    get: () => "",
    send: (content) => this.told.push(content as (typeof this.told)[number]),
    on: (_name, listener) => this.listeners.push(listener),
    off: (_name, listener) => (this.listeners = this.listeners.filter((other) => other !== listener)),
  };

  answer(answer: object, to: string | undefined = this.told.at(-1)?.id): void {
    for (const listener of this.listeners) listener({ to, ...answer } as never);
  }

  /** Says something of its own accord. */
  say(more: Partial<State>): void {
    for (const listener of this.listeners) listener({ type: "state", state: state(more) } as never);
  }
}

const start = (): [Kernel, Client] => {
  const kernel = new Kernel();
  const client = new Client(kernel.model, () => undefined);
  kernel.answer({ type: "state", state: state() });
  return [kernel, client];
};

test("changes that come together are one question; of one control only where it came to rest", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const [kernel, client] = start();
    client.change({ do: "by", id: "gender", on: false });
    client.change({ do: "min_n", n: 12 });
    client.change({ do: "min_n", n: 15 });
    assert.equal(kernel.told.length, 1);
    assert.ok(client.busy);
    assert.equal(client.waiting({ do: "by", id: "gender", on: true })?.on, false);
    assert.equal(client.waiting({ do: "min_n", n: 0 })?.n, 15);
    assert.equal(client.waiting({ do: "by", id: "race", on: true }), undefined);
    mock.timers.tick(260);
    assert.deepEqual(kernel.told[1]?.steps, [
      { do: "by", id: "gender", on: false },
      { do: "min_n", n: 15 },
    ]);
    kernel.answer({ type: "state", state: state() });
    assert.ok(!client.busy);
    assert.equal(client.waiting({ do: "min_n", n: 0 }), undefined);
    client.change({ do: "undo" });
    client.change({ do: "undo" });
    mock.timers.tick(260);
    assert.equal(kernel.told[2]?.steps?.length, 2);
    client.close();
    assert.equal(kernel.listeners.length, 0);
  } finally {
    mock.timers.reset();
  }
});

test("while a choice is checked, what the one before hides is still known", () => {
  const [kernel, client] = start();
  kernel.say({ doing: "look", preview: null });
  kernel.say({ doing: "look", preview: null });
  assert.equal(client.before?.key, "one");
  kernel.say({ preview: preview({ key: "two" }) });
  assert.equal(client.before?.key, "two");
  client.close();
});

test("what is written is what was seen, and a refusal to another view is not said here", () => {
  const [kernel, client] = start();
  client.write();
  assert.deepEqual([kernel.told.at(-1)?.type, kernel.told.at(-1)?.code], ["write", 'study.publish("spring")']);
  assert.ok(client.busy);
  kernel.say({ doing: "write" });
  assert.ok(client.busy, "it is not answered yet");
  kernel.answer({ type: "refused", sentence: "Not for you." }, "another view 2");
  assert.equal(client.refused, "");
  kernel.answer({ type: "refused", sentence: "Wait for more answers." });
  assert.equal(client.refused, "Wait for more answers.");
  assert.ok(!client.busy);
  client.close();
});

test("who looks at the view sees the one that stands now, and asks for each once", () => {
  const [kernel, client] = start();
  const shown = (): string[] => (client.view === null ? [] : [client.view.json]);
  client.look(true);
  assert.deepEqual([kernel.told.at(-1)?.type, kernel.told.at(-1)?.key], ["look", "one"]);
  kernel.say({ preview: preview({ key: "two" }) });
  assert.equal(kernel.told.at(-1)?.key, "two");
  kernel.answer({ type: "view", key: "one", view: "old" }, kernel.told.at(-2)?.id);
  assert.deepEqual(shown(), [], "another one is on its way");
  kernel.answer({ type: "view", key: "two", view: "new" });
  assert.deepEqual(shown(), ["new"]);
  const asked = kernel.told.length;
  kernel.say({ preview: preview({ key: "two" }) });
  kernel.say({ doing: "look", preview: null });
  assert.equal(kernel.told.length, asked);
  assert.deepEqual(shown(), ["new"], "it stands until the next one is there");
  client.look(false);
  assert.deepEqual(shown(), []);
  client.look(true);
  assert.equal(kernel.told.length, asked, "there is none while it is checked");
  client.close();
});

test("a kernel that never answers is no kernel", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const client = new Client(new Kernel().model, () => undefined);
    mock.timers.tick(7_000);
    assert.ok(!client.alone);
    mock.timers.tick(2_000);
    assert.ok(client.alone);
    client.close();
  } finally {
    mock.timers.reset();
  }
});

test("the dearest variable is the first, if it hides something", () => {
  const cost = { id: "a", title: { en: "A" }, pages: 4, hidden: 0, joined: 0, figures: 0 };
  assert.equal(dearest(preview()), null);
  assert.equal(dearest(preview({ costs: [cost] })), null);
  assert.equal(dearest(preview({ costs: [{ ...cost, figures: 1 }, cost] }))?.figures, 1);
  assert.notEqual(fieldOf({ do: "by", id: "a", on: true }), fieldOf({ do: "by", id: "b", on: true }));
});

test("both languages say everything, one and many apart, and speak of no “you”", () => {
  const [en, es] = [stringsFor("en"), stringsFor("es-MX")];
  assert.deepEqual(Object.keys(es).sort(), Object.keys(en).sort());
  for (const words of [en, es]) {
    for (const door of DOORS) assert.ok(words.door[door] && words.doorHint[door]);
    for (const each of EACH) assert.ok(words.eachOf[each]);
    for (const say of [words.figures, words.pages, words.whole, words.folders, words.files])
      assert.notEqual(say(1).replace("1", ""), say(2).replace("2", ""));
    assert.notEqual(words.cost(0, 4, 0, 0), words.cost(1, 4, 0, 0));
    assert.match(words.cost(1, 4, 2, 1), /1 .* 4 .*; .*2 .* 4; /);
    assert.equal(words.costHeads.length, 5);
  }
  assert.doesNotMatch(JSON.stringify(en), /\byou\b|\byour\b|\bbest\b/i);
  assert.match(en.tables(1, 1), /^1 table of groups is shown, 1 is not/);
});
