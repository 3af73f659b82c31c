/** Puts a view into an element. This is all a host needs to know. */

import { render } from "preact";
import type { View } from "../schema/view";
import { formatAddress, parseAddress, resolve, sameState, type State, type Wish } from "./address";
import { App, drawnAs } from "./app";
import { layOutSheets } from "./print";
import { NEW_MEETING, type Meeting } from "./team";
import { type Host, ownsAddress, pageTitle, type Scene, sceneOf, titleOf } from "./scene";
import type { PageId } from "./strings";
import { afterwards } from "./whole";

/** A finger stays on a link for about 80 ms; a press that lasts longer than this, in milliseconds, is no click. */
const PRESSED = 1000;

export interface MountOptions {
  host: Host;
  unit?: string | undefined;
  page?: string | undefined;
  language?: string | undefined;
  /** Told of every new state, however it came about. */
  onChange?: (state: State) => void;
}

export interface Mounted {
  /** Goes to another unit, page or language, as far as the view has it. */
  show: (wish: Wish) => void;
  /** Prints the sheets of the present unit, as the reader's own button does. */
  print: () => void;
  destroy: () => void;
}

export function mount(element: HTMLElement, view: View, options: MountOptions): Mounted {
  const { host } = options;
  const addressed = ownsAddress(host);
  const leaving = new AbortController();
  // Inside a section the header and footer are no landmarks: the host's page has its own.
  const root: HTMLElement = document.createElement(addressed ? "div" : "section");
  root.className = "rs";
  root.dataset["host"] = host;
  element.append(root);

  const asked = {
    unit: options.unit,
    // Where the address is ours, a view opens with its cover; a host that shows it among others opens the first page.
    page: options.page ?? (addressed ? "cover" : undefined),
    language: options.language ?? navigator.language.slice(0, 2),
  };
  let state = resolve(view, addressed ? merged(asked, parseAddress(location.hash)) : asked);
  let tables: ReadonlySet<PageId> = new Set();
  let cleared: (() => void) | null = null;

  const meetings = new Map<string, Meeting>();

  const meeting = (): Meeting => meetings.get(state.unit) ?? NEW_MEETING;
  const sceneAt = (at: State): Scene =>
    sceneOf(view, at, { host, paper: false, go, meeting: meeting(), change, print });
  /**
   * The page that a press may lead to: all but showing it is done before the finger leaves. Then it is the page that
   * a click has left, until the new one is on the screen.
   */
  let other: Scene | null = null;
  let left = false;
  let shown = sceneAt(state);
  /** Whether the view's first line is above the window. */
  let scrolled = false;

  function change(part: Partial<Meeting>): void {
    meetings.set(state.unit, { ...meeting(), ...part });
    // What was made ahead knows nothing of it.
    other = null;
    draw();
  }

  function go(wish: Wish, quietly = false): void {
    const next = resolve(view, { ...state, part: null, ...wish });
    if (sameState(next, state)) return;
    if (quietly) {
      if (addressed) replaceAddress(formatAddress(next));
      arrive(next);
      return;
    }
    if (addressed) afterwards(() => pushAddress(formatAddress(next)));
    arrive(next);
  }

  function arrive(next: State): void {
    if (sameState(next, state)) return;
    state = next;
    const was = shown;
    const made = other !== null && sameState(other.state, next) ? other : sceneAt(next);
    left = made === other;
    // A press has looked already, and to look again would have the browser lay the page out once more.
    if (!left) look();
    other = left ? was : null;
    draw(made);
    if (left) afterwards(() => takeAway(was));
    if (addressed) afterwards(entitle);
    options.onChange?.(state);
  }

  function press(event: PointerEvent): void {
    const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>("a[href^='#']");
    if (!link || event.button !== 0) return;
    const next = resolve(view, merged(asked, parseAddress(link.hash)));
    if (next.unit !== state.unit || next.language !== state.language) return;
    const made = sceneAt(next);
    if (drawnAs(made) === drawnAs(shown)) return;
    look();
    other = made;
    left = false;
    draw(shown);
    setTimeout(() => takeAway(made), PRESSED);
  }

  function look(): void {
    scrolled = root.getBoundingClientRect().top < 0;
  }

  function takeAway(scene: Scene): void {
    if (scene !== other) return;
    other = null;
    draw(shown);
  }

  function toggleTable(): void {
    const next = new Set(tables);
    if (!next.delete(state.page)) next.add(state.page);
    tables = next;
    draw();
  }

  function layOut(only?: PageId): void {
    cleared ??= layOutSheets(sceneAt(state), tables, only);
  }

  function clear(): void {
    cleared?.();
    cleared = null;
  }

  function print(only?: PageId): void {
    clear();
    layOut(only);
    window.print();
  }

  function draw(now = sceneAt(state)): void {
    shown = now;
    speak(root);
    if (addressed) speak(document.documentElement);
    const keyTarget = addressed ? document : root;
    const props = { scene: now, other, left, scrolled, tables, toggleTable, keyTarget };
    render(<App {...props} />, root);
  }

  function entitle(): void {
    const now = sceneAt(state);
    document.title = `${titleOf(now)}: ${pageTitle(now, state.page)}`;
  }

  function speak(spoken: HTMLElement): void {
    // The same language again would have the browser style everything within anew.
    if (spoken.lang !== state.language) spoken.lang = state.language;
  }

  if (addressed) {
    entitle();
    addEventListener("hashchange", () => arrive(resolve(view, merged(asked, parseAddress(location.hash)))), {
      signal: leaving.signal,
    });
    root.addEventListener("pointerdown", press);
    // Words that were written and never saved are not lost without a question.
    const ask = (event: BeforeUnloadEvent): void => {
      if ([...meetings.values()].some(({ unsaved }) => unsaved)) event.preventDefault();
    };
    addEventListener("beforeunload", ask, { signal: leaving.signal });
    // The browser's own print command comes this way too.
    addEventListener("beforeprint", () => layOut(), { signal: leaving.signal });
  }
  addEventListener("afterprint", clear, { signal: leaving.signal });

  draw();
  return {
    show(wish) {
      const page = wish.page || state.page;
      const part = page === state.page ? state.part : null;
      go({ unit: wish.unit || state.unit, page, language: wish.language || state.language, part: wish.part ?? part });
    },
    print: () => print(),
    destroy() {
      leaving.abort();
      other = null;
      clear();
      render(null, root);
      root.remove();
    },
  };
}

/** A step of its own. Setting the hash would have the browser look for a place of that name on the page, too. */
function pushAddress(address: string): void {
  try {
    history.pushState(null, "", address);
  } catch {
    // Safari refuses more than a hundred in half a minute, and every browser a frame without an address of its own.
    location.hash = address;
  }
}

/** Every letter typed into a search would be a step back otherwise. */
function replaceAddress(address: string): void {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // Safari refuses more than a hundred in half a minute: then the address lags behind.
  }
}

/** What an address says, and for what it leaves open what was asked for. */
function merged(asked: Wish, address: Wish): Wish {
  return {
    unit: address.unit || asked.unit,
    page: address.page || asked.page,
    language: address.language || asked.language,
    part: address.part ?? null,
    sort: address.sort,
    find: address.find,
    path: address.path,
    dials: address.dials,
  };
}
