/** The loader of surveys as a notebook widget. */

import { App } from "./app";
import { rendering } from "./seat";
import type { State } from "./state";
import { stringsFor } from "./strings";

export default {
  render: rendering<State>("survey", (seat, language) => (
    <App {...seat} language={language} words={stringsFor(language)} />
  )),
};
