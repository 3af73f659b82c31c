/** Checks that a document is a view, and says in one sentence where it is not. */

import shapes from "../schema/view.shape.json";
import type { View } from "../schema/view";
import { stringsFor, type Strings } from "./strings";

/** What a value has to be: a JSON type or a name of `SHAPES`, one of several shapes, or what the one key says. */
type Shape =
  | string
  | readonly Shape[]
  | { of: readonly unknown[] }
  | { from: number; to: number }
  | { each: Shape }
  | { any: Shape }
  | { parts: Readonly<Record<string, Shape>> };

export type Problem = keyof Strings["problem"];

/** A document that cannot be drawn. Its message is one English sentence; `sentence` says it in another language. */
export class ViewError extends Error {
  constructor(
    readonly problem: Problem,
    readonly detail = "",
    /** What the document is a view of, as far as it says so. */
    readonly subject: View["subject"] = "answers",
  ) {
    super(stringsFor("en", subject).problem[problem](detail));
  }

  sentence(language: string): string {
    return stringsFor(language, this.subject).problem[this.problem](this.detail);
  }
}

const SHAPES: Readonly<Record<string, Shape | undefined>> = shapes;

/** Returns the document as a view, or throws a `ViewError`. */
export function readView(document: unknown): View {
  const data: unknown = unpacked(typeof document === "string" ? parsed(document) : document);
  if (data === null || typeof data !== "object" || Array.isArray(data)) throw new ViewError("notView");
  const subject = "subject" in data && data.subject === "marks" ? "marks" : "answers";
  if (!("format" in data) || data.format !== 1) {
    const found = "format" in data && typeof data.format === "number" ? String(data.format) : "?";
    throw new ViewError("format", found, subject);
  }
  const place = firstProblem(data, "View", "");
  if (place !== null) throw new ViewError("damaged", place, subject);
  const view = data as View;
  if (view.languages.length === 0) throw new ViewError("damaged", "languages", subject);
  if (view.units.length === 0) throw new ViewError("damaged", "units", subject);
  return view;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ViewError("notJson", "", /"subject":\s*"marks"/.test(text) ? "marks" : "answers");
  }
}

/** A page carries each text that stands more than once in a list, and its number where it stood. */
function unpacked(data: unknown): unknown {
  if (!isRecord(data) || !Array.isArray(data["packed"])) return data;
  const texts: readonly unknown[] = data["packed"];
  const back = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(back);
    if (!isRecord(value)) return value;
    if (typeof value["$"] === "number") return texts[value["$"]];
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, back(part)]));
  };
  return back(data["view"]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The place of the first value that is not what it has to be, or null. */
function firstProblem(value: unknown, shape: Shape, at: string): string | null {
  const only = (right: boolean): string | null => (right ? null : at);
  if (typeof shape === "string") {
    const named = SHAPES[shape];
    if (named !== undefined) return firstProblem(value, named, at);
    if (shape === "integer") return only(Number.isInteger(value));
    return only(shape === (value === null ? "null" : typeof value));
  }
  if ("of" in shape) return only(shape.of.includes(value));
  if ("from" in shape) {
    return only(Number.isInteger(value) && (value as number) >= shape.from && (value as number) <= shape.to);
  }
  if ("each" in shape) {
    if (!Array.isArray(value)) return at;
    return first(value.entries(), ([index, entry]) => firstProblem(entry, shape.each, `${at}[${index}]`));
  }
  if ("parts" in shape || "any" in shape) return objectProblem(value, shape, at);
  const problems = shape.map((choice) => firstProblem(value, choice, at));
  // The deepest complaint is the one about the choice that was meant.
  return problems.includes(null) ? null : problems.reduce((a, b) => ((b ?? "").length > (a ?? "").length ? b : a), at);
}

type Parts = { parts: Readonly<Record<string, Shape>> } | { any: Shape };

function objectProblem(value: unknown, shape: Parts, at: string): string | null {
  if (!isRecord(value)) return at;
  const place = (key: string): string => (at === "" ? key : `${at}.${key}`);
  if ("parts" in shape) {
    const missing = Object.keys(shape.parts).find((key) => !key.endsWith("?") && !Object.hasOwn(value, key));
    if (missing !== undefined) return place(missing);
  }
  return first(Object.entries(value), ([key, entry]) => {
    if ("any" in shape) return firstProblem(entry, shape.any, place(key));
    // A part with named keys has no others.
    const known = [key, `${key}?`].find((name) => Object.hasOwn(shape.parts, name));
    const part = known === undefined ? undefined : shape.parts[known];
    return part === undefined ? place(key) : firstProblem(entry, part, place(key));
  });
}

function first<T>(entries: Iterable<T>, problem: (entry: T) => string | null): string | null {
  for (const entry of entries) {
    const found = problem(entry);
    if (found !== null) return found;
  }
  return null;
}
