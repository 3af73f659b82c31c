/** Checks that a document is a view, and says in one sentence where it is not. */

import schema from "../schema/view.schema.json";
import type { View } from "../schema/view";
import { stringsFor, type Strings } from "./strings";

/** The part of JSON Schema that a view's schema uses. */
interface Node {
  $ref?: string;
  $defs?: Record<string, Node>;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Node[];
  items?: Node;
  properties?: Record<string, Node>;
  required?: readonly string[];
  additionalProperties?: Node | boolean;
  minimum?: number;
  maximum?: number;
}

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

const ROOT = schema as unknown as Node;

/** Returns the document as a view, or throws a `ViewError`. */
export function readView(document: unknown): View {
  const data: unknown = unpacked(typeof document === "string" ? parsed(document) : document);
  if (data === null || typeof data !== "object" || Array.isArray(data)) throw new ViewError("notView");
  const subject = "subject" in data && data.subject === "marks" ? "marks" : "answers";
  if (!("format" in data) || data.format !== 1) {
    const found = "format" in data && typeof data.format === "number" ? String(data.format) : "?";
    throw new ViewError("format", found, subject);
  }
  const place = firstProblem(data, ROOT, "");
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

/** The place of the first value that breaks the schema, or null. */
function firstProblem(value: unknown, node: Node, at: string): string | null {
  if (node.$ref !== undefined) {
    const named = ROOT.$defs?.[node.$ref.replace("#/$defs/", "")];
    return named === undefined ? at : firstProblem(value, named, at);
  }
  if (node.anyOf !== undefined) {
    const problems = node.anyOf.map((choice) => firstProblem(value, choice, at));
    // The deepest complaint is the one about the choice that was meant.
    return problems.includes(null)
      ? null
      : problems.reduce((a, b) => ((b ?? "").length > (a ?? "").length ? b : a), at);
  }
  if (node.const !== undefined) return value === node.const ? null : at;
  if (node.enum !== undefined) return node.enum.includes(value) ? null : at;
  switch (node.type) {
    case "null":
      return value === null ? null : at;
    case "string":
    case "boolean":
      return typeof value === node.type ? null : at;
    case "integer":
      return Number.isInteger(value) &&
        (value as number) >= (node.minimum ?? -Infinity) &&
        (value as number) <= (node.maximum ?? Infinity)
        ? null
        : at;
    case "array":
      if (!Array.isArray(value)) return at;
      return first(value.entries(), ([index, entry]) => firstProblem(entry, node.items ?? {}, `${at}[${index}]`));
    case "object":
      return objectProblem(value, node, at);
    default:
      return null;
  }
}

function objectProblem(value: unknown, node: Node, at: string): string | null {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return at;
  const place = (key: string): string => (at === "" ? key : `${at}.${key}`);
  const missing = (node.required ?? []).find((key) => !(key in value));
  if (missing !== undefined) return place(missing);
  return first(Object.entries(value), ([key, entry]) => {
    // A part with named keys has no others.
    const known = node.properties?.[key] ?? node.additionalProperties ?? node.properties === undefined;
    if (known === false) return place(key);
    return known === true ? null : firstProblem(entry, known, place(key));
  });
}

function first<T>(entries: Iterable<T>, problem: (entry: T) => string | null): string | null {
  for (const entry of entries) {
    const found = problem(entry);
    if (found !== null) return found;
  }
  return null;
}
