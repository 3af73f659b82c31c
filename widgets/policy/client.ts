/** The line to the kernel: one question at a time, and of what is being moved only where it is now. */

import { Line } from "../anywidget/line";
import type { Model } from "../anywidget/mount";
import type { Parts, State } from "./state";

type Answer = { to?: string } & ({ type: "state"; state: State } | { type: "refused"; sentence: string });

export type Step =
  | { type: "undo" | "redo" | "reset" | "pin" }
  | { type: "unpin" | "take"; at: number }
  | { type: "by"; by: State["by"] };

type Message = Step | { type: "hello" | "rest" } | { type: "change"; field: string; parts: Partial<Parts> };

/** What is not moved for so long has come to rest: one step back, and worth an example. */
const REST = 400;

export class Client {
  state: State | null = null;
  /** Why the last thing could not be done, in the kernel's words. */
  refused = "";
  /** No kernel answers. */
  alone = false;
  /** The part that was moved last. */
  last = "";
  #moved: Partial<Parts> = {};
  #field = "";
  #queue: Message[] = [];
  #asked = "";
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #line: Line<Answer>;

  constructor(
    model: Model,
    private readonly changed: () => void,
  ) {
    this.#line = new Line(model, this.#hear, this.#silence);
    this.#push({ type: "hello" });
  }

  /** What the controls show: what was moved counts before what the kernel said last. */
  get parts(): Parts | null {
    return this.state && { ...this.state.parts, ...this.#moved };
  }

  /** Whether the figures are not yet those of what the controls show. */
  get busy(): boolean {
    return this.#asked !== "" || this.#queue.length > 0;
  }

  /** A control was moved; `field` tells one from another, so that what one passes over is one step back. */
  move(field: string, parts: Partial<Parts>): void {
    if (field !== this.#field) this.#rest();
    this.#field = field;
    this.last = Object.keys(parts)[0] ?? "";
    this.#moved = { ...this.#moved, ...parts };
    const last = this.#queue.at(-1);
    if (last?.type === "change" && last.field === field) this.#queue.pop();
    this.#push({ type: "change", field, parts });
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#rest(), REST);
    this.changed();
  }

  step(step: Step): void {
    this.#rest();
    this.#push(step);
    this.changed();
  }

  close(): void {
    clearTimeout(this.#later);
    this.#line.close();
  }

  #rest(): void {
    clearTimeout(this.#later);
    if (this.#field === "") return;
    this.#field = "";
    this.#push({ type: "rest" });
  }

  #push(message: Message): void {
    this.#queue.push(message);
    if (this.alone) this.#asked = "";
    this.#send();
  }

  #send(): void {
    const next = this.#asked === "" ? this.#queue.shift() : undefined;
    if (next === undefined) return;
    this.refused = "";
    this.#asked = this.#line.await(next);
  }

  readonly #silence = (): void => {
    // A slow one may still answer: what was moved stays.
    this.alone = true;
    this.changed();
  };

  readonly #hear = (answer: Answer): void => {
    const mine = answer.to === this.#asked;
    if (answer.type === "state") {
      this.state = answer.state;
      this.alone = false;
    } else if (mine) {
      this.refused = answer.sentence;
    } else {
      return;
    }
    if (mine) {
      this.#asked = "";
      this.#send();
      if (!this.busy) this.#moved = {};
    }
    this.changed();
  };
}
