/** The line to the kernel: what it said last, what was asked and not yet answered, and the view that is looked at. */

import { Line } from "../anywidget/line";
import type { Model } from "../anywidget/mount";
import { fieldOf, type Preview, type State, type Step } from "./state";

type Answer = { to?: string } & (
  { type: "state"; state: State } | { type: "refused"; sentence: string } | { type: "view"; key: string; view: string }
);

/** Changes that come within this time are one question to the kernel. */
const TOGETHER = 250;
/** Steps that count each time. */
const HISTORY = new Set(["undo", "redo"]);

export class Client {
  state: State | null = null;
  /** What was hidden by the choices before these, while these are checked. */
  before: Preview | null = null;
  /** Why the last thing could not be done, in the kernel's words. */
  refused = "";
  /** No kernel answers. */
  alone = false;
  /** The view that is looked at; null where none is. */
  view: { key: string; json: string } | null = null;
  /** Whether the reader looks at the view. */
  looking = false;
  #pending: Step[] = [];
  #shown = new Map<string, Step>();
  #asked = new Set<string>();
  #viewOf = "";
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #line: Line<Answer>;

  constructor(
    model: Model,
    private readonly changed: () => void,
  ) {
    this.#line = new Line(model, this.#hear, this.#silence);
    this.#asked.add(this.#line.await({ type: "hello" }));
  }

  /** Whether the kernel has not answered yet. */
  get busy(): boolean {
    return this.#asked.size > 0 || this.#pending.length > 0;
  }

  /** A change that the kernel has not answered yet, by what it changes. */
  waiting<Do extends Step["do"]>(step: Step & { do: Do }): (Step & { do: Do }) | undefined {
    return this.#shown.get(fieldOf(step)) as (Step & { do: Do }) | undefined;
  }

  change(step: Step): void {
    const last = this.#pending.at(-1);
    if (last && !HISTORY.has(step.do) && fieldOf(last) === fieldOf(step)) this.#pending.pop();
    this.#pending.push(step);
    this.#shown.set(fieldOf(step), step);
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#flush(), TOGETHER);
    this.changed();
  }

  /** Writes what was seen: the kernel refuses where another view of this widget has changed it since. */
  write(): void {
    if (this.state === null) return;
    this.#ask({ type: "write", code: this.state.code });
    this.changed();
  }

  look(on: boolean): void {
    this.looking = on;
    this.#see();
    this.changed();
  }

  close(): void {
    clearTimeout(this.#later);
    this.#line.close();
  }

  /** Asks for the view that stands now, where the reader looks at another one or none. */
  #see(): void {
    const key = this.state?.preview?.key;
    if (!this.looking) {
      this.view = null;
      this.#viewOf = "";
    } else if (key !== undefined && key !== this.#viewOf) {
      this.#viewOf = key;
      this.#ask({ type: "look", key });
    }
  }

  #ask(content: object): void {
    this.refused = "";
    this.#asked.add(this.#line.ask(content));
  }

  #flush(): void {
    clearTimeout(this.#later);
    if (this.#pending.length === 0) return;
    const steps = this.#pending;
    this.#pending = [];
    this.#ask({ type: "change", steps });
  }

  readonly #silence = (): void => {
    this.alone = this.state === null;
    this.changed();
  };

  readonly #hear = (answer: Answer, mine: boolean): void => {
    if (answer.type !== "state" && !mine) return;
    if (mine) this.#answered(answer.to ?? "");
    switch (answer.type) {
      case "refused":
        this.refused = answer.sentence;
        break;
      case "view":
        if (this.looking && answer.key === this.#viewOf) this.view = { key: answer.key, json: answer.view };
        break;
      case "state":
        this.before = answer.state.preview ?? this.state?.preview ?? this.before;
        this.state = answer.state;
        this.alone = false;
        this.#see();
    }
    this.changed();
  };

  #answered(id: string): void {
    this.#asked.delete(id);
    if (!this.busy) this.#shown.clear();
  }
}
