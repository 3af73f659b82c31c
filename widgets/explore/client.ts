/** The line to the kernel: what it said last, what was chosen and not yet answered, and whether that takes long. */

import { type Buffers, Line } from "../anywidget/line";
import type { Model } from "../anywidget/mount";
import type { Choice, State } from "./state";

type Answer = { to?: string } & (
  { type: "state"; state: State } | { type: "refused"; sentence: string } | { type: "workbook" }
);

/** Choices that come within this time are one question to the kernel. */
const TOGETHER = 250;
/** After so long it is said that something is under way. */
const LONG = 300;

export class Client {
  state: State | null = null;
  /** Why the last thing could not be done, in the kernel's words. */
  refused = "";
  /** No kernel answers. */
  alone = false;
  /** What was asked last takes long. */
  slow = false;
  #chosen: Choice | null = null;
  #unsent = false;
  #asked = new Set<string>();
  #later: ReturnType<typeof setTimeout> | undefined;
  #long: ReturnType<typeof setTimeout> | undefined;
  readonly #line: Line<Answer>;

  constructor(
    model: Model,
    private readonly changed: () => void,
    private readonly saved: (bytes: Uint8Array) => void,
  ) {
    this.#line = new Line(model, this.#hear, this.#silence);
    this.#asked.add(this.#line.await({ type: "hello" }));
    this.#watch();
  }

  /** What the menus show: what was chosen counts before what the kernel said last. */
  get choice(): Choice {
    return this.#chosen ?? this.state?.choice ?? { what: [], by: "" };
  }

  /** Whether a choice is not answered yet. */
  get busy(): boolean {
    return this.#asked.size > 0 || this.#unsent;
  }

  choose(part: Partial<Choice>): void {
    this.#chosen = { ...this.choice, ...part };
    this.#unsent = true;
    clearTimeout(this.#later);
    // Arrow keys at a menu pass over many of its entries: where the reader comes to rest is one question.
    this.#later = setTimeout(() => this.#flush(), TOGETHER);
    this.changed();
  }

  workbook(language: string): void {
    this.#flush();
    this.#ask({ type: "workbook", language });
    this.changed();
  }

  close(): void {
    for (const timer of [this.#later, this.#long]) clearTimeout(timer);
    this.#line.close();
  }

  #flush(): void {
    clearTimeout(this.#later);
    if (!this.#unsent) return;
    this.#unsent = false;
    this.#ask({ type: "choose", ...this.choice });
  }

  #ask(content: object): void {
    this.refused = "";
    this.#asked.add(this.#line.ask(content));
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#long);
    this.#long = setTimeout(() => {
      this.slow = this.#asked.size > 0;
      this.changed();
    }, LONG);
  }

  readonly #silence = (): void => {
    this.alone = this.state === null;
    this.changed();
  };

  readonly #hear = (answer: Answer, mine: boolean, buffers: Buffers): void => {
    if (answer.type === "state") {
      this.state = answer.state;
      this.alone = false;
    } else if (!mine) {
      return;
    }
    if (mine) this.#answered(answer.to ?? "");
    if (answer.type === "refused") this.refused = answer.sentence;
    const [first] = buffers;
    if (answer.type === "workbook" && first !== undefined) this.saved(bytesOf(first));
    this.changed();
  };

  #answered(id: string): void {
    this.#asked.delete(id);
    if (this.#asked.size > 0) return;
    clearTimeout(this.#long);
    this.slow = false;
    // A choice that was refused, or made here before another view made its own, is not what stands.
    if (!this.#unsent) this.#chosen = null;
  }
}

function bytesOf(buffer: DataView | ArrayBuffer): Uint8Array {
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
