/** The line to the kernel: the comment that is to be read now, and what was decided and not yet answered. */

import type { Model } from "../anywidget/mount";
import type { State, Step } from "./state";

type Answer = { to?: string } & ({ type: "state"; state: State } | { type: "refused"; sentence: string });

/** After so long without a word there is no kernel. */
const PATIENCE = 8_000;

export class Client {
  state: State | null = null;
  /** Why the last thing could not be done, in the kernel's words. */
  refused = "";
  /** No kernel answers. */
  alone = false;
  #asked = "";
  #number = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  // Several views of one widget hear all that is said.
  readonly #me = Math.random().toString(36).slice(2);

  constructor(
    private readonly model: Model,
    private readonly changed: () => void,
  ) {
    model.on("msg:custom", this.#hear);
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

  close(): void {
    clearTimeout(this.#patience);
    this.model.off("msg:custom", this.#hear);
  }

  #ask(content: object): void {
    this.#number += 1;
    this.#asked = `${this.#me} ${this.#number}`;
    this.refused = "";
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.alone = this.busy;
      this.#asked = "";
      this.changed();
    }, PATIENCE);
    this.model.send({ ...content, id: this.#asked });
  }

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
      clearTimeout(this.#patience);
    }
    this.changed();
  };
}
