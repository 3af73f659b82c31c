/** The notebook widget that loads a file: draws what the kernel says, and sends it what the reader does. */

import { h } from "preact";
import { type Model, mount } from "../anywidget/mount";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

let number = 0;

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const prefix = `rs-loader-${++number}`;

  const opened = new Set<string>();
  const unfold = (name: string, open: boolean): void => {
    if (open === opened.has(name)) return;
    if (!opened.delete(name)) opened.add(name);
    mounted.show();
  };
  const id = (name: string): string => `${prefix}-${name}`;

  const mounted = mount(model, el, "rs-loader", (language) =>
    h(App, { client, words: stringsFor(language), language, id, opened, unfold }),
  );
  const client = new Client(model, () => mounted.show());
  mounted.show();
  return () => {
    client.close();
    mounted.remove();
  };
}

export default { render };
