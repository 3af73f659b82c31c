/** The notebook widgets that measure a study: draw what the kernel says, and send it what the reader chooses. */

import { h, render as draw } from "preact";
import { keepKeys } from "../anywidget/keys";
import { saveWorkbook } from "../core/save";
import { fileName } from "../core/spreadsheet";
import type { Model } from "../loader/client";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const root = document.createElement("section");
  root.className = "rs rs-explore";
  keepKeys(root);
  el.append(root);
  let savedOf: object | null = null;

  const show = (): void => {
    const given = model.get("language");
    const language = typeof given === "string" && given !== "" ? given : navigator.language;
    root.lang = language.startsWith("es") ? "es" : "en";
    const saved = savedOf !== null && savedOf === client.state && !client.busy;
    draw(h(App, { client, words: stringsFor(root.lang), language: root.lang, saved }), root);
  };
  const save = (bytes: Uint8Array): void => {
    const { state } = client;
    if (state === null) return;
    saveWorkbook(fileName("xlsx", state.kind, ...state.choice.what.slice(0, 1), state.choice.by), bytes);
    savedOf = state;
  };
  const client = new Client(model, () => show(), save);
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
