/** The loader of surveys as a notebook widget. */

import { h } from "preact";
import { App } from "./app";
import { rendering } from "./seat";
import type { State } from "./state";
import { stringsFor } from "./strings";

export default {
  render: rendering<State>("survey", (seat, language) => h(App, { ...seat, language, words: stringsFor(language) })),
};
