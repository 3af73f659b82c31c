/** What the kernel says of gradebook files, and what it can be asked. There is never a row in it. */

import type { Text } from "../schema/view";
import type { Shared } from "./state";

export type FieldName = "course" | "teacher" | "section" | "term" | "school";
/** Which rows of a file do not say it themselves; of a course, that its file's name alone tells. */
export type Lacks = "all" | "some" | "name";
export type Blank = "ungraded" | "zero" | "excused";

export interface GradeFile {
  index: number;
  name: string;
  form: string;
  rows: string;
  error: string;
  fields: { field: FieldName; lacks: Lacks; value: string }[];
}

export interface Code {
  index: number;
  /** "" where it may be someone's own words. */
  text: string;
  where: string[];
  cells: string;
  value: string;
  number: string;
}

export interface BlankChoice {
  value: Blank;
  /** How many marks it changes. */
  changed: string;
  /** How many marks are D or F, or "" where the change is small: then `more` says how small. */
  low: string;
  more: string;
}

export interface TableColumn {
  position: number;
  name: string;
  place: string;
  role: string;
  points: string;
}

export interface CategoryItem {
  title: string;
  value: string;
  proposed: string;
  /** It is in another category in another file, so that a mapping cannot name it. */
  fixed: boolean;
}

export interface Grades extends Shared {
  files: GradeFile[];
  /** How plain tables are read. */
  table: {
    layout: string;
    roles: string[];
    columns: TableColumn[];
    points: string;
    decimal: string;
    dates: string;
    settled: boolean;
  } | null;
  /** Several plain tables whose headers differ. */
  apart: boolean;
  codes: Code[];
  blank: { value: Blank | ""; cells: string; marks: string; choices: BlankChoice[] } | null;
  categories: { confirmed: boolean; files: { name: string; groups: string[]; items: CategoryItem[] }[] } | null;
  summary: { courses: number; items: number; scores: string; marks: string; students: Text } | null;
}

export type GradeStep =
  | { do: "remove"; file: number }
  /** The file -1 is all of them. */
  | { do: "said"; file: number; field: FieldName; text: string }
  | { do: "code"; index: number; means: string; number?: number }
  | { do: "blank"; value: Blank | "" }
  | { do: "confirm"; on: boolean }
  | { do: "category"; title: string; value: string }
  | { do: "layout" | "decimal" | "dates"; value: string }
  | { do: "role"; position: number; value: string }
  /** The position -1 is all columns of scores for which nothing else says it. */
  | { do: "points"; position: number; number: number | null };
