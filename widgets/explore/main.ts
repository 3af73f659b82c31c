/** The notebook widgets that measure a study: draw what the kernel says, and send it what the reader chooses. */

import { h } from "preact";
import { type Model, mount } from "../anywidget/mount";
import { saveWorkbook } from "../core/save";
import { fileName } from "../core/spreadsheet";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  let savedOf: object | null = null;

  const mounted = mount(model, el, "rs-explore", (language) => {
    const saved = savedOf !== null && savedOf === client.state && !client.busy;
    return h(App, { client, words: stringsFor(language), language, saved });
  });
  const save = (bytes: Uint8Array): void => {
    const { state } = client;
    if (state === null) return;
    saveWorkbook(fileName("xlsx", state.kind, ...state.choice.what.slice(0, 1), state.choice.by), bytes);
    savedOf = state;
  };
  const client = new Client(model, () => mounted.show(), save);
  mounted.show();
  return () => {
    client.close();
    mounted.remove();
  };
}

export default { render };
