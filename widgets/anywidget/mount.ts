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

export interface Mounted {
  /** Draws what there is now, in the widget's language or else the reader's. */
  show(): void;
  remove(): void;
}

export function mount(
  model: Model,
  el: HTMLElement,
  name: string,
  drawn: (language: string) => ComponentChild,
): Mounted {
  const root = document.createElement("section");
  root.className = `rs ${name}`;
  keepKeys(root);
  el.append(root);
  const show = (): void => {
    const given = model.get("language");
    const language = typeof given === "string" && given !== "" ? given : navigator.language;
    root.lang = language.startsWith("es") ? "es" : "en";
    draw(drawn(root.lang), root);
  };
  model.on("change:language", show);
  const remove = (): void => {
    model.off("change:language", show);
    draw(null, root);
    root.remove();
  };
  return { show, remove };
}
