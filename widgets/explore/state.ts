/** What the kernel says of a study that is explored: menus, what is chosen, and the masked faces of the result. */

import type { Text } from "../schema/view";

export interface Named {
  id: string;
  /** Null for what the instrument does not name: a school, a team, a wave, all students together. */
  title: Text | null;
}

export interface Choice {
  /** Scales, or one scale or question. */
  what: string[];
  by: string;
}

export interface Face {
  title: string;
  /** Null for a column of texts. */
  columns: { label: string; decimals: number | null }[];
  rows: (string | number | null)[][];
  headers: number;
  /** The column that says in words how to read a row; null where nothing is said. */
  words: number | null;
}

export type MarkKind = "alpha" | "omega" | "share" | "others";

export interface Figure {
  kind: MarkKind;
  value: number;
  low: number | null;
  high: number | null;
}

export interface State {
  kind: "reliability" | "compare";
  menu: {
    scales: (Named & { items?: Named[] })[];
    by: Named[];
  };
  choice: Choice;
  wave: Text | null;
  simulated: boolean;
  masked: Text;
  /** By language, as everything that Python puts into words. */
  sentences: Record<string, string[]>;
  tables: Record<string, Face[]>;
  /** One entry a row of the first table; null where that row is masked. */
  picture: { limits: number[]; rows: (Figure[] | null)[] } | null;
  code: string;
  error: string;
}

/** An entry of a record that a text may be missing from. */
export function inLanguage<Entry>(by: Record<string, Entry[]>, language: string): Entry[] {
  return (Object.hasOwn(by, language) ? by[language] : by["en"]) ?? [];
}
