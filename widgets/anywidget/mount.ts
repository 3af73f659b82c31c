/** What the widgets that talk with the kernel share: a place in the notebook, its language, and an end. */

import { type ComponentChild, render as draw } from "preact";
import { keepKeys } from "./keys";

/** The part of a widget's model that they use. */
export interface Model {
  get(name: string): unknown;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(name: string, listener: (...given: never[]) => void): void;
  off(name: string, listener: (...given: never[]) => void): void;
}

/** What a notebook gives a widget to draw itself. */
export interface Place {
  model: Model;
  el: HTMLElement;
}

/** What a drawing has of its place. */
export interface Seat {
  /** The widget's language, or else the reader's. */
  language: string;
  /** An id that no other widget of the page has. */
  id: (name: string) => string;
  /** Draws what there is now. */
  show: () => void;
}

let number = 0;

/** Draws what a client knows, again whenever it says that this changed, and returns how to end both. */
export function mount<C extends { close: () => void }>(
  { model, el }: Place,
  name: string,
  begin: (changed: () => void) => C,
  drawn: (client: C, seat: Seat) => ComponentChild,
): () => void {
  const prefix = `${name}-${++number}`;
  const id = (part: string): string => `${prefix}-${part}`;
  const root = document.createElement("section");
  root.className = `rs ${name}`;
  keepKeys(root);
  el.append(root);
  const show = (): void => {
    const given = model.get("language");
    const language = typeof given === "string" && given !== "" ? given : navigator.language;
    root.lang = language.startsWith("es") ? "es" : "en";
    draw(drawn(client, { language: root.lang, id, show }), root);
  };
  const client = begin(show);
  show();
  model.on("change:language", show);
  return () => {
    client.close();
    model.off("change:language", show);
    draw(null, root);
    root.remove();
  };
}
