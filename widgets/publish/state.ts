/** What the kernel says of a study that is to be published, and what it can be asked. Of students only what a view says. */

import type { Text } from "../schema/view";

export type Door = "voila" | "html" | "excel" | "slides";
export type Each = "" | "school" | "team";
export const DOORS: readonly Door[] = ["html", "voila", "excel", "slides"];
export const EACH: readonly Each[] = ["", "school", "team"];

export interface Choice {
  by: string[];
  doors: Door[];
  each: Each;
  /** What holds: the threshold of the doors, or a larger one that was chosen. */
  min_n: number;
  out: string;
  /** The file of strategy cards, or "". */
  strategies: string;
  /** Tables that are left out: school and variable. */
  left: [string, string][];
}

/** On how many pages a variable has a table, has none that is shown, or one with something joined; and figures left out. */
export interface Cost {
  id: string;
  title: Text;
  pages: number;
  hidden: number;
  joined: number;
  figures: number;
}

export interface Page {
  title: Text;
  hidden: Text[];
  tables: { title: Text; note: Text }[];
}

export interface Preview {
  /** Tells one view from another. */
  key: string;
  /** Shown and hidden, from the view's certificate. */
  counts: { tables: [number, number]; groups: [number, number]; figures: number; narrowest: number | null } | null;
  /** The variable that hides most comes first. */
  costs: Cost[];
  pages: Page[];
  whole: number;
  folders: string[];
  /** What can be left out, by school; the view's own name for one is its title. */
  tables: { school: string; title: Text; variables: { id: string; title: Text }[] }[];
}

export interface Written {
  folder: string;
  files: string[];
  notes: string[];
  /** The command that serves it, or "". */
  serve: string;
}

export interface State {
  menu: { id: string; title: Text | null }[];
  choice: Choice;
  /** The threshold that the doors need. */
  least: number;
  undo: boolean;
  redo: boolean;
  wave: Text | null;
  simulated: boolean;
  comments: boolean;
  /** The folder holds a view already. */
  there: boolean;
  code: string;
  doing: "look" | "write" | "";
  error: string;
  preview: Preview | null;
  written: Written | null;
}

export type Step =
  | { do: "undo" | "redo" }
  | { do: "by"; id: string; on: boolean }
  | { do: "door"; id: Door; on: boolean }
  | { do: "each"; each: Each }
  | { do: "min_n"; n: number }
  | { do: "out" | "strategies"; text: string }
  | { do: "table"; school: string; id: string; on: boolean };

/** What a step changes, so that a control shows it before the kernel has answered. */
export function fieldOf(step: Step): string {
  if (step.do === "table") return `table ${step.id} ${step.school}`;
  return step.do === "by" || step.do === "door" ? `${step.do} ${step.id}` : step.do;
}

/** The variable that hides most, if any hides something. */
export function dearest({ costs }: Preview): Cost | null {
  const [first] = costs;
  return first !== undefined && first.hidden + first.joined + first.figures > 0 ? first : null;
}
