/** The notebook widget that publishes a study: draws what the kernel says, and sends it what the coach chooses. */

import { h } from "preact";
import { type Model, mount } from "../anywidget/mount";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

let number = 0;

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const prefix = `rs-publish-${++number}`;
  const id = (name: string): string => `${prefix}-${name}`;
  const kept = model.get("_code");
  const mounted = mount(model, el, "rs-publish", (language) =>
    h(App, { client, words: stringsFor(language), language, id, kept: typeof kept === "string" ? kept : "" }),
  );
  const client = new Client(model, () => mounted.show());
  mounted.show();
  return () => {
    client.close();
    mounted.remove();
  };
}

export default { render };
