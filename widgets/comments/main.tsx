/** The notebook widget in which comments are read: draws what the kernel says, and sends it what is decided. */

import { mount, type Place } from "../anywidget/mount";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

function render(place: Place): () => void {
  return mount(
    place,
    "rs-comments",
    (changed) => new Client(place.model, changed),
    (client, { language, id }) => <App client={client} words={stringsFor(language)} language={language} id={id} />,
  );
}

export default { render };
