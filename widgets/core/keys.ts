/** Which key does what. */

export type Action = "previous" | "next" | "table" | "language" | "print" | "help" | "start" | "stepBack" | "stepOn";

const ACTIONS: Record<string, Action> = {
  ArrowLeft: "previous",
  ArrowRight: "next",
  t: "table",
  l: "language",
  p: "print",
  s: "start",
  b: "stepBack",
  n: "stepOn",
  "?": "help",
};

/** What `actionFor` needs of a keyboard event. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  defaultPrevented: boolean;
  /** The elements the event passed, innermost first. */
  path: readonly Passed[];
}

interface Passed {
  tagName?: string;
  type?: string;
  isContentEditable?: boolean;
  scrollWidth?: number;
  clientWidth?: number;
  tabIndex?: number;
}

const TYPING = new Set(["INPUT", "SELECT", "TEXTAREA", "DIALOG"]);

/**
 * The action of a key press, or null where the key belongs to someone else: to a field, a menu, an open dialog, the
 * browser (a modifier is held), or a table that the arrows scroll.
 */
export function actionFor(press: Press): Action | null {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.shiftKey && press.key !== "?") return null;
  const first = press.path[0];
  // Nothing is typed into a radio button, which needs the arrows alone.
  const radio = first?.tagName === "INPUT" && first.type === "radio";
  const passed = radio ? press.path.slice(1) : press.path;
  if (passed.some((element) => TYPING.has(element.tagName ?? "") || element.isContentEditable === true)) return null;
  const action = ACTIONS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null;
  if (radio && press.key.startsWith("Arrow")) return null;
  const scrolls = first?.tabIndex === 0 && (first.scrollWidth ?? 0) > (first.clientWidth ?? 0);
  if (scrolls && (action === "previous" || action === "next")) return null;
  return action;
}
