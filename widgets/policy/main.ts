/** The notebook widget that tries a grading policy: draws what the kernel says, and sends it what is moved. */

import { h } from "preact";
import { type Model, mount } from "../anywidget/mount";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

let number = 0;

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const prefix = `rs-policy-${++number}`;
  const id = (name: string): string => `${prefix}-${name}`;
  const mounted = mount(model, el, "rs-policy", (language) =>
    h(App, { client, words: stringsFor(language), language, id }),
  );
  const client = new Client(model, () => mounted.show());
  mounted.show();
  return () => {
    client.close();
    mounted.remove();
  };
}

export default { render };
