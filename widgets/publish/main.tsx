/** The notebook widget that publishes a study: draws what the kernel says, and sends it what the coach chooses. */

import { mount, type Place } from "../anywidget/mount";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

function render(place: Place): () => void {
  const code = place.model.get("_code");
  const kept = typeof code === "string" ? code : "";
  return mount(
    place,
    "rs-publish",
    (changed) => new Client(place.model, changed),
    (client, { language, id }) => (
      <App client={client} words={stringsFor(language)} language={language} id={id} kept={kept} />
    ),
  );
}

export default { render };
