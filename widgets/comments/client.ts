/** The line to the kernel: the comment that is to be read now, and what was decided and not yet answered. */

import { Line } from "../anywidget/line";
import type { Model } from "../anywidget/mount";
import type { Comment, State, Step } from "./state";

type Answer = { to?: string } & (
  { type: "state"; state: State; released?: Comment[] } | { type: "refused"; sentence: string }
);

export class Client {
  state: State | null = null;
  /** Those that were released, where they were asked for. */
  released: Comment[] | null = null;
  /** Why the last thing could not be done, in the kernel's words. */
  refused = "";
  /** No kernel answers. */
  alone = false;
  #asked = "";
  readonly #line: Line<Answer>;

  constructor(
    model: Model,
    private readonly changed: () => void,
  ) {
    this.#line = new Line(model, this.#hear, this.#silence);
    this.#ask({ type: "hello" });
  }

  /** Whether the kernel has not answered yet. */
  get busy(): boolean {
    return this.#asked !== "";
  }

  step(step: Step): void {
    if (this.busy || this.state === null) return;
    this.#ask({ type: "step", turn: this.state.turn, ...step });
    this.changed();
  }

  seeReleased(): void {
    if (this.busy || this.state === null) return;
    this.#ask({ type: "released" });
    this.changed();
  }

  hideReleased(): void {
    this.released = null;
    this.changed();
  }

  close(): void {
    this.#line.close();
  }

  #ask(content: object): void {
    this.refused = "";
    this.#asked = this.#line.await(content);
  }

  readonly #silence = (): void => {
    this.alone = true;
    this.#asked = "";
    this.changed();
  };

  readonly #hear = (answer: Answer): void => {
    const mine = answer.to === this.#asked;
    if (answer.type === "state") {
      // What another view of this widget asks to see stays there; what it decides is decided here too.
      if (mine || answer.state.turn !== this.state?.turn) this.released = (mine && answer.released) || null;
      this.state = answer.state;
      this.alone = false;
    } else if (mine) {
      this.refused = answer.sentence;
    } else {
      return;
    }
    if (mine) this.#asked = "";
    this.changed();
  };
}
