/** Letters typed in a widget stay in the widget: JupyterLab has commands on them, and two d's would delete the cell. */
export function keepKeys(root: HTMLElement): void {
  // Its rules speak of the very element that has the focus, so a mark on an element around it would come too late.
  root.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement) target.dataset["lmSuppressShortcuts"] = "true";
  });
}
