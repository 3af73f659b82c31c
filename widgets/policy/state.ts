/** What the kernel says of a policy that is tried: its parts, and what marks come to, small groups and changes masked. */

import type { Text } from "../schema/view";

export type Pairs = [string, number][];

/** The parts of a policy that have controls, as its file has them; null and an empty list are no rule. */
export interface Parts {
  floor: { percent: number; on: "score" | "mark" } | null;
  missing: { codes: string[]; counts_as: "zero" | "floor" | "excused" } | null;
  retake: {
    below: number;
    cap: number;
    keep: "best" | "last" | "average";
    count: number | null;
    window: number | null;
  } | null;
  late: { per_day: number; lowest: number; window: number | null } | null;
  makeup: { days: string[]; window: number | null; credit: number } | null;
  drop_lowest: Pairs;
  weights: Pairs;
  exclude: string[];
  cuts: Pairs;
  round: 0 | 1 | 2 | null;
  pass: number | null;
}

export type Part = keyof Parts;

/** Rules with settings of their own. */
export type RuleName = "floor" | "missing" | "retake" | "late" | "makeup";
export type Settings = Record<string, unknown>;
type Control = ["range" | "number", string] | ["menu", string, ...string[]];

/** How each begins, and its controls in order; of a menu, its entries. */
export const RULES: { [Rule in RuleName]: { first: NonNullable<Parts[Rule]>; controls: Control[] } } = {
  floor: {
    first: { percent: 50, on: "score" },
    controls: [
      ["range", "percent"],
      ["menu", "on", "score", "mark"],
    ],
  },
  missing: { first: { codes: [], counts_as: "zero" }, controls: [["menu", "counts_as", "zero", "floor", "excused"]] },
  retake: {
    first: { below: 70, cap: 80, keep: "best", count: null, window: null },
    controls: [
      ["range", "below"],
      ["range", "cap"],
      ["menu", "keep", "best", "last", "average"],
      ["number", "count"],
      ["number", "window"],
    ],
  },
  late: {
    first: { per_day: 10, lowest: 50, window: null },
    controls: [
      ["range", "per_day"],
      ["range", "lowest"],
      ["number", "window"],
    ],
  },
  makeup: {
    first: { days: [], window: 5, credit: 100 },
    controls: [
      ["range", "credit"],
      ["number", "window"],
    ],
  },
};
/** Why a gradebook cannot support a part; "" where it can. */
export type Lack = "" | "scores" | "missing" | "attempts" | "dates" | "categories" | "differ" | "passes";

export interface Cell {
  text: Text;
  /** The percent that the text says, where it says one. */
  share: number | null;
}

export interface Said {
  /** The courses, where several have rules of their own. */
  of: string[];
  words: Text;
}

export interface Face {
  title: string;
  columns: { label: string; decimals: number | null }[];
  rows: (string | number | null)[][];
  headers: number;
}

export interface State {
  menu: {
    lacks: Record<Part, Lack>;
    codes: string[];
    categories: string[];
    /** Several courses have rules of their own. */
    many: boolean;
    scores: boolean;
    /** Whether the days of handing in are known: for days of making up, and for a retake's window. */
    days: boolean;
    window: boolean;
    by: ("school" | "course")[];
  };
  parts: Parts;
  /** Parts in which the courses' own rules differ and that nobody changed. */
  mixed: Part[];
  changed: boolean;
  undo: boolean;
  redo: boolean;
  masked: Text;
  /** How many students have marks; null where they are too few. */
  students: number | null;
  own: Cell[];
  /** Null where what is chosen cannot be tried. */
  tried: Cell[] | null;
  pins: { cells: Cell[]; said: Said[] }[];
  /** By language, as everything that Python puts into words. */
  sentences: Record<string, string[]>;
  by: "" | "school" | "course";
  groups: Record<string, Face> | null;
  said: Said[];
  /** Null while something is being moved. */
  example: Record<string, { sentence: string; tables: Face[] }> | null;
  notes: Record<string, string[]>;
  code: string;
  files: { name: string; text: string }[];
  error: string;
}

/** What a table's rows are, in the kernel's order. */
export const MEASURES = [
  "df_marks",
  "any_df",
  "one_two",
  "three_plus",
  "c_or_better",
  "gpa",
  "changed",
  "up",
  "down",
] as const;

export const PINS = 3;

export function sumOf(pairs: Pairs): number {
  return Math.round(100 * pairs.reduce((sum, [, value]) => sum + value, 0)) / 100;
}

export function valueOf(pairs: Pairs, name: string): number | undefined {
  return pairs.find(([key]) => key === name)?.[1];
}

/** The pairs with one changed, in the order of the names; undefined takes it out. */
export function withValue(pairs: Pairs, names: readonly string[], name: string, value: number | undefined): Pairs {
  const all = new Map(pairs);
  if (value === undefined) all.delete(name);
  else all.set(name, value);
  return names.flatMap((key): Pairs => {
    const found = all.get(key);
    return found === undefined ? [] : [[key, found]];
  });
}

/** Weights to begin with: all alike, together 100. */
export function evenWeights(names: readonly string[]): Pairs {
  const each = Math.floor(100 / names.length);
  return names.map((name, at) => [name, at < 100 - each * names.length ? each + 1 : each]);
}

/** What is wrong with the parts in themselves, as far as there are words for it here. */
export type Problem =
  | { kind: "weights"; sum: number }
  | { kind: "order"; upper: string; lower: string }
  | { kind: "hole"; from: number }
  | { kind: "floor" };

export function problemOf({ weights, cuts, missing, floor }: Parts): Problem | null {
  if (weights.length > 0 && Math.abs(sumOf(weights) - 100) >= 0.015) return { kind: "weights", sum: sumOf(weights) };
  for (const [at, [lower, value]] of cuts.entries()) {
    const above = cuts[at - 1];
    if (above !== undefined && above[1] <= value) return { kind: "order", upper: above[0], lower };
  }
  const last = cuts.at(-1);
  if (last !== undefined && last[1] > 0) return { kind: "hole", from: last[1] };
  return missing?.counts_as === "floor" && floor === null ? { kind: "floor" } : null;
}

/** A text by language, else in English. */
export function inLanguage<Entry>(by: Record<string, Entry>, language: string): Entry | undefined {
  return Object.hasOwn(by, language) ? by[language] : by["en"];
}
