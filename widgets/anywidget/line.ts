/** A widget's line to its kernel: numbers what is asked, knows its own answers, and says when nobody is there. */

import type { Model } from "./mount";

/** After so long without a word there is no kernel. */
const PATIENCE = 8_000;

export type Buffers = readonly (DataView | ArrayBuffer)[];

export class Line<Answer extends { to?: string }> {
  #number = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  // Several views of one widget hear all that is said.
  readonly #me = Math.random().toString(36).slice(2);

  constructor(
    private readonly model: Model,
    /** Told of every answer, and whether it is one to this view. */
    private readonly heard: (answer: Answer, mine: boolean, buffers: Buffers) => void,
    private readonly silence: () => void,
  ) {
    model.on("msg:custom", this.#hear);
  }

  /** Asks, and returns what the answer will be addressed to. */
  ask(content: object): string {
    this.#number += 1;
    const id = `${this.#me} ${this.#number}`;
    this.model.send({ ...content, id });
    return id;
  }

  /** Asks what is answered soon: silence is told of when no answer comes. */
  await(content: object): string {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(this.silence, PATIENCE);
    return this.ask(content);
  }

  close(): void {
    clearTimeout(this.#patience);
    this.model.off("msg:custom", this.#hear);
  }

  readonly #hear = (answer: Answer, buffers: Buffers = []): void => {
    const mine = answer.to?.startsWith(`${this.#me} `) ?? false;
    if (mine) clearTimeout(this.#patience);
    this.heard(answer, mine, buffers);
  };
}
