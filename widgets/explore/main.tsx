/** The notebook widgets that measure a study: draw what the kernel says, and send it what the reader chooses. */

import { mount, type Place } from "../anywidget/mount";
import { saveWorkbook } from "../core/save";
import { fileName } from "../core/spreadsheet";
import { App } from "./app";
import { Client } from "./client";
import { stringsFor } from "./strings";

function render(place: Place): () => void {
  let savedOf: object | null = null;

  const begin = (changed: () => void): Client => {
    const client: Client = new Client(place.model, changed, (bytes) => {
      const { state } = client;
      if (state === null) return;
      saveWorkbook(fileName("xlsx", state.kind, ...state.choice.what.slice(0, 1), state.choice.by), bytes);
      savedOf = state;
    });
    return client;
  };
  return mount(place, "rs-explore", begin, (client, { language }) => {
    const saved = savedOf !== null && savedOf === client.state && !client.busy;
    return <App client={client} words={stringsFor(language)} language={language} saved={saved} />;
  });
}

export default { render };
