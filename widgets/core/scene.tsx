/** What every part of a page needs to know, and the link that leads from one state to another. */

import type { ComponentChildren, JSX } from "preact";
import type { Text, Unit, View } from "../schema/view";
import { formatAddress, resolve, type State, unitOf, type Wish } from "./address";
import { type PageId, type Strings, stringsFor } from "./strings";
import type { Meeting } from "./team";
import { inLanguage } from "./text";

export type Host = "page" | "lab" | "notebook" | "voila";

/** Whether a host lends the view its address: then back, forward and a copied link work. */
export function ownsAddress(host: Host): boolean {
  return host === "page" || host === "voila";
}

export interface Scene {
  view: View;
  unit: Unit;
  state: State;
  host: Host;
  /** Whether this is the copy for print. */
  paper: boolean;
  words: Strings;
  /** A text of the view in the reader's language. */
  say: (text: Text | null | undefined) => string;
  /** Goes to another state; quietly is without a step back to the present one. */
  go: (wish: Wish, quietly?: boolean) => void;
  /** What the team wrote on this page. It stays in the page's memory: it goes to no address, storage or kernel. */
  meeting: Meeting;
  change: (part: Partial<Meeting>) => void;
  /** Prints all pages, or one alone. */
  print: (only?: PageId) => void;
}

type Frame = Pick<Scene, "host" | "paper" | "go" | "meeting" | "change" | "print">;

export function sceneOf(view: View, state: State, frame: Frame): Scene {
  return {
    view,
    state,
    ...frame,
    unit: unitOf(view, state.unit),
    words: stringsFor(state.language, view.subject),
    say: (text) => inLanguage(text, state.language),
  };
}

export function titleOf(scene: Scene): string {
  return [scene.say(scene.unit.title), scene.say(scene.view.wave)].filter((text) => text !== "").join(" · ");
}

/** The name of a page: that of the change says since when. */
export function pageTitle(scene: Scene, page: PageId): string {
  return (page === "change" && scene.say(scene.unit.change?.title)) || scene.words.pages[page];
}

/** The name of a scale, or its id where the view has none. */
export function scaleTitle(scene: Scene, id: string): string {
  return scene.say(scene.view.scales.find((scale) => scale.id === id)?.title) || id;
}

interface LinkProps {
  scene: Scene;
  to: Wish;
  children: ComponentChildren;
  class?: string;
  /** Set on the one of several links that leads to where the reader is. */
  current?: "page" | "true" | false;
  lang?: string;
}

/** A true link where the address is ours, else a button. */
export function Link({ scene, to, children, current, ...rest }: LinkProps): JSX.Element {
  const mark = current ? { "aria-current": current } : {};
  if (ownsAddress(scene.host)) {
    const next = resolve(scene.view, { ...scene.state, part: null, ...to });
    const follow = (event: MouseEvent): void => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      scene.go(to);
    };
    return (
      <a href={formatAddress(next)} onClick={follow} {...rest} {...mark}>
        {children}
      </a>
    );
  }
  return (
    <button type="button" onClick={() => scene.go(to)} {...rest} {...mark}>
      {children}
    </button>
  );
}
