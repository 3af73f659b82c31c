/** Letters typed in a widget stay in the widget: JupyterLab has commands on them, and two d's would delete the cell. */
export function keepKeys(root: HTMLElement): void {
  // Its rules speak of the very element that has the focus, so a mark on an element around it would come too late.
  root.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement) target.dataset["lmSuppressShortcuts"] = "true";
  });
}

/** Inputs in which nothing is typed. */
const MOVED = new Set(["checkbox", "range"]);

/** Undo and redo by key, outside of fields that have an undo of their own. */
export function historyKey(event: KeyboardEvent): "undo" | "redo" | null {
  if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const { target } = event;
  if (target instanceof HTMLTextAreaElement) return null;
  if (target instanceof HTMLInputElement && !MOVED.has(target.type)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}
