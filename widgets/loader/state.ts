/** What the kernel says of a file, and what it can be asked. There is never a row in it. */

import type { Text } from "../schema/view";
import type { GradeStep } from "./grades-state";

export type Mode = "survey" | "gradebook";
export type Role = "answers" | "roster" | "instrument";
export type Part = "check" | "matched" | "left" | "found";
export type Kind = "question" | "group" | "choices" | "identity" | "meta" | "number" | "date" | "text" | "empty";
/** How it is known what a column holds; of a guess, how alike the two are. */
export type How = "name" | "wording" | "older" | "alias" | "very" | "somewhat" | "chosen" | "remembered" | "meta" | "";

export interface Column {
  position: number;
  name: string;
  place: string;
  kind: Kind;
  filled: string;
  answers: string[];
  more: boolean;
  target: string;
  how: How;
  part: Part;
  twice: boolean;
}

export interface Label {
  key: string;
  text: string;
  rows: string;
  meanings: Text[];
  /** The position of a meaning, "-" for no answer, "" where nothing is said. */
  value: string;
  like: "very" | "somewhat" | "";
  needed: boolean;
}

export interface Named {
  id: string;
  text: Text;
}

export type Target = "items" | "groups" | "identity" | "comments";

export interface Section {
  title: string;
  columns: string[];
  lines: string[][];
}

/** What both loaders show. */
export interface Shared {
  mode: Mode;
  /** Whether this loader has just taken the other's place, so that the focus has to be found again. */
  moved: boolean;
  /** Files that look like the other kind, and were not read. */
  offered: string[];
  undo: boolean;
  redo: boolean;
  begun: number;
  error: string;
  fits: boolean;
  sections: Section[];
  /** How many students there are, just after they were taken into use. */
  used: Text | null;
}

export interface State extends Shared {
  menu: { key: string; title: Text }[];
  wanted: string | null;
  instrument: Text | null;
  waves: { key: string; title: Text | null }[];
  wave: string;
  school: string;
  lenient: boolean;
  file: {
    names: string[];
    form: string;
    rows: string;
    columns: number;
    questions: number;
    notes: string[];
    new: string;
  } | null;
  /** Several files whose headers differ: each is settled by itself. */
  apart: boolean;
  columns: Column[];
  targets: { kind: Target; options: Named[] }[];
  missing: { items: (Named & { declared: boolean })[]; groups: Named[]; identity: string[] };
  labels: Label[];
  /** How many answers hold texts that are not shown, or "". */
  keptBack: string;
  openWaves: boolean;
  roster: { name: string; lines: string[][]; error: string } | null;
}

export type Step =
  | { do: "undo" | "redo" | "no roster" }
  | { do: "instrument"; key: string | null }
  | { do: "wave" | "school"; text: string }
  | { do: "lenient"; on: boolean }
  | { do: "missing"; items: string[]; on: boolean }
  | { do: "column"; position: number; target: string }
  | { do: "label"; key: string; text: string; value: string }
  | GradeStep;

/** What a step changes, so that a control shows it before the kernel has answered. */
export function fieldOf(step: Step): string {
  switch (step.do) {
    case "column":
      return `column ${step.position}`;
    case "label":
      return `label ${step.key} ${step.text}`;
    case "said":
      return `said ${step.file} ${step.field}`;
    case "code":
      return `code ${step.index}`;
    case "category":
      return `category ${step.title}`;
    case "role":
    case "points":
      return `${step.do} ${step.position}`;
    case "missing":
      return `missing ${step.items.join(" ")}`;
    default:
      return step.do;
  }
}

/** How many things are left to settle before the file can be used. */
export function open(state: State): {
  questions: number;
  labels: number;
  texts: boolean;
  waves: boolean;
  twice: boolean;
} {
  const labels = state.labels.filter((label) => label.needed && label.value === "");
  return {
    questions: state.missing.items.filter((item) => !item.declared).length,
    labels: state.lenient ? 0 : labels.filter((label) => label.key !== "wave").length,
    texts: state.keptBack !== "" && !state.lenient,
    waves: state.openWaves || (!state.lenient && labels.some((label) => label.key === "wave")),
    twice: state.columns.some((column) => column.twice),
  };
}
