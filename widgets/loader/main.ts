/** The notebook widget that loads a file: draws what the kernel says, and sends it what the reader does. */

import { h, render as draw } from "preact";
import { keepKeys } from "../anywidget/keys";
import { App } from "./app";
import { Client, type Model } from "./client";
import { stringsFor } from "./strings";

let number = 0;

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const root = document.createElement("section");
  root.className = "rs rs-loader";
  keepKeys(root);
  el.append(root);
  const prefix = `rs-loader-${++number}`;

  const opened = new Set<string>();
  const unfold = (name: string, open: boolean): void => {
    if (open === opened.has(name)) return;
    if (!opened.delete(name)) opened.add(name);
    show();
  };
  const id = (name: string): string => `${prefix}-${name}`;

  const show = (): void => {
    const given = model.get("language");
    const language = typeof given === "string" && given !== "" ? given : navigator.language;
    root.lang = language.startsWith("es") ? "es" : "en";
    draw(h(App, { client, words: stringsFor(root.lang), language: root.lang, id, opened, unfold }), root);
  };
  const client = new Client(model, () => show());
  model.on("change:language", show);
  show();
  return () => {
    model.off("change:language", show);
    client.close();
    draw(null, root);
    root.remove();
  };
}

export default { render };
