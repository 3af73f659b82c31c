/** The loader of gradebooks as a notebook widget. */

import { GradesApp } from "./grades";
import type { Grades } from "./grades-state";
import { stringsFor } from "./grades-strings";
import { rendering } from "./seat";

export default {
  render: rendering<Grades>("gradebook", (seat, language) => (
    <GradesApp {...seat} language={language} words={stringsFor(language)} />
  )),
};
