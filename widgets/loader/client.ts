/** The line to the kernel: what it said last, what is under way, what was asked and not yet answered. */

import { Line } from "../anywidget/line";
import type { Model } from "../anywidget/mount";
import { fieldOf, type Mode, type Role, type Shared, type State, type Step } from "./state";
import { type Bytes, Upload } from "./upload";

type Answer = { to?: string } & (
  | { type: "state"; state: Shared }
  | { type: "refused"; sentence: string }
  | { type: "ready" | "taken" }
  | { type: "got"; bytes: number }
);

/** Changes that come within this time are one question to the kernel. */
const TOGETHER = 250;
/** Steps that count each time. */
const HISTORY = new Set(["undo", "redo"]);

export class Client<S extends Shared = State> {
  state: S | null = null;
  /** Why what was asked last could not be done, in the kernel's words. */
  refused = "";
  upload: Upload | null = null;
  role: Role = "answers";
  /** No kernel answers. */
  alone = false;
  /** The file on this side could not be read to its end. */
  lost = false;
  #pending: Step[] = [];
  #shown = new Map<string, Step>();
  #asked = new Set<string>();
  /** Files that follow the one under way. */
  #queue: Bytes[] = [];
  #sending = "";
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #line: Line<Answer>;

  constructor(
    private readonly model: Model,
    private readonly changed: () => void,
    private readonly mode: Mode = "survey",
  ) {
    this.#line = new Line(model, this.#hear, this.#silence);
    this.#asked.add(this.#line.await({ type: "hello" }));
  }

  /** Whether the kernel has not answered yet. */
  get busy(): boolean {
    return this.#asked.size > 0 || this.#pending.length > 0;
  }

  /** A change that the kernel has not answered yet, by what it changes. */
  waiting(field: string): Step | undefined {
    return this.#shown.get(field);
  }

  change(step: Step): void {
    // Letters typed at a menu pass over many of its entries: where the reader comes to rest is one step.
    const last = this.#pending.at(-1);
    if (last && !HISTORY.has(step.do) && fieldOf(last) === fieldOf(step)) this.#pending.pop();
    this.#pending.push(step);
    this.#shown.set(fieldOf(step), step);
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#flush(), TOGETHER);
    this.changed();
  }

  use(): void {
    this.#press({ type: "use" });
  }

  /** Says what the files are. */
  turn(mode: Mode): void {
    this.#press({ type: "mode", mode });
  }

  #press(content: object): void {
    this.#flush();
    this.refused = "";
    this.#ask(content);
    this.changed();
  }

  choose(files: readonly Bytes[], role: Role): void {
    this.#flush();
    this.cancel();
    this.role = role;
    this.lost = false;
    this.refused = "";
    this.#queue = [...files];
    this.#next();
  }

  #next(): void {
    const file = this.#queue.shift();
    if (file === undefined) return;
    const { name, size } = file;
    const more = this.#queue.length > 0;
    const id = this.#ask({ type: "begin", role: this.role, name, size, more });
    this.#sending = id;
    this.upload = new Upload(
      file,
      (index, piece) => this.model.send({ type: "piece", id, index, more }, undefined, [piece]),
      () => {
        this.lost = true;
        this.cancel();
      },
    );
    this.changed();
  }

  /** Throws away the file under way and those behind it; the kernel takes those that are there. */
  cancel(): void {
    if (this.upload === null) return;
    this.upload.stop();
    this.upload = null;
    this.#queue = [];
    this.#asked.delete(this.#sending);
    this.model.send({ type: "cancel", id: this.#sending });
    this.changed();
  }

  close(): void {
    this.cancel();
    clearTimeout(this.#later);
    this.#line.close();
  }

  #ask(content: object): string {
    const id = this.#line.ask(content);
    this.#asked.add(id);
    return id;
  }

  #flush(): void {
    clearTimeout(this.#later);
    if (this.#pending.length === 0) return;
    const steps = this.#pending;
    this.#pending = [];
    this.refused = "";
    this.#ask({ type: "change", steps });
  }

  readonly #silence = (): void => {
    this.alone = this.state === null;
    this.changed();
  };

  readonly #hear = (answer: Answer, mine: boolean): void => {
    switch (answer.type) {
      case "ready":
      case "got":
        if (answer.to === this.#sending) void this.upload?.go(answer.type === "got" ? answer.bytes : 0);
        break;
      case "taken":
        if (answer.to !== this.#sending) return;
        this.#answered(answer.to);
        this.#next();
        break;
      case "refused": {
        if (!mine) return;
        const uploading = answer.to === this.#sending && this.upload !== null;
        this.#answered(answer.to);
        this.refused = `${this.refused} ${answer.sentence}`.trim();
        if (uploading) this.#next();
        break;
      }
      case "state":
        // The other loader is about to take this one's place.
        if (answer.state.mode !== this.mode) return;
        this.state = answer.state as S;
        this.alone = false;
        if (mine) this.#answered(answer.to);
    }
    this.changed();
  };

  #answered(to: string | undefined): void {
    if (to === undefined) return;
    this.#asked.delete(to);
    if (to === this.#sending && this.upload !== null) {
      this.upload.stop();
      this.upload = null;
    }
    if (!this.busy) this.#shown.clear();
  }
}
