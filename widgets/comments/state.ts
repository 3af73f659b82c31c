/** What the kernel says of comments, and what it can be asked: one comment at a time, and never in a trait. */

import type { Text } from "../schema/view";

export const DANGER = ["self_harm", "abuse", "weapons", "threat"] as const;
export type Kind =
  (typeof DANGER)[number] | "adult" | "email" | "url" | "phone" | "address" | "handle" | "id" | "name" | "role";

export interface Piece {
  text: string;
  kind: Kind | "";
}

export interface Comment {
  pieces: Piece[];
  danger: boolean;
  adult: boolean;
  question: Text;
  wave: string;
  school: string;
}

export interface State {
  turn: number;
  unread: number;
  since: string;
  by: string;
  late: boolean;
  dangers: number;
  released: number;
  held: number;
  passedOn: number;
  contact: Text;
  undo: boolean;
  comment: Comment | null;
}

export type Step =
  | { do: "release"; sure?: boolean }
  | { do: "hold" }
  | { do: "pass on"; to: string }
  | { do: "skip" }
  | { do: "undo" }
  /** The place of one among the released that are shown. */
  | { do: "take back"; at: number };

/** What was marked, by kind and in the order of the text, each text once. */
export function marked(comment: Comment): [Kind, string[]][] {
  const found = new Map<Kind, Set<string>>();
  for (const { kind, text } of comment.pieces) {
    if (kind === "") continue;
    found.set(kind, (found.get(kind) ?? new Set()).add(text));
  }
  return [...found].map(([kind, texts]) => [kind, [...texts]]);
}

const STEPS = new Map<string, Step["do"]>([
  ["r", "release"],
  ["h", "hold"],
  ["p", "pass on"],
  ["s", "skip"],
  ["u", "undo"],
]);

/** The step that a key means, outside of fields. */
export function stepOf(key: string): Step["do"] | null {
  return STEPS.get(key.toLowerCase()) ?? null;
}
