/** The loader of gradebooks as a notebook widget. */

import { h } from "preact";
import { GradesApp } from "./grades";
import type { Grades } from "./grades-state";
import { stringsFor } from "./grades-strings";
import { rendering } from "./seat";

export default {
  render: rendering<Grades>("gradebook", (seat, language) =>
    h(GradesApp, { ...seat, language, words: stringsFor(language) }),
  ),
};
