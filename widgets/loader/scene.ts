/** What every part of the loader needs: the state, the words, and the line to the kernel. */

import { inLanguage } from "../core/text";
import type { Text } from "../schema/view";
import type { Client } from "./client";
import type { Common } from "./common";
import { fieldOf, type Shared, type State, type Step } from "./state";
import type { Strings } from "./strings";

export interface Scene<S extends Shared = State, W extends Common = Strings> {
  client: Client<S>;
  state: S;
  words: W;
  language: string;
  /** Makes an id that no other loader on the page has. */
  id: (name: string) => string;
  /** What the reader has opened; what is closed is not drawn, since a menu of all questions stands in each line. */
  opened: ReadonlySet<string>;
  unfold: (name: string, open: boolean) => void;
}

export type AnyScene = Scene<Shared, Common>;

export function say(scene: { language: string }, text: Text | null): string {
  return inLanguage(text, scene.language);
}

/** A masked count in the reader's language. */
export function masked(words: Common, text: string): string {
  return text.startsWith("under ") ? words.under(text.slice(6)) : text;
}

/** The change of a control that the kernel has not answered yet, which counts before what the kernel said last. */
export function waiting<Do extends Step["do"]>(
  scene: { client: Client<Shared> },
  step: Step & { do: Do },
): (Step & { do: Do }) | undefined {
  const found = scene.client.waiting(fieldOf(step));
  return found?.do === step.do ? (found as Step & { do: Do }) : undefined;
}
