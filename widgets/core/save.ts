/** Taking a table along: to the clipboard, or as a file. */

/** Copies text; false where the browser does not allow it. */
export async function copyText(text: string, beside: HTMLElement): Promise<boolean> {
  // `navigator.clipboard` is missing on plain http, as when a laptop serves a room.
  if (navigator.clipboard === undefined) return copyBySelection(text, beside);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, beside);
  }
}

function copyBySelection(text: string, beside: HTMLElement): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "rs-away";
  field.setAttribute("aria-hidden", "true");
  beside.append(field);
  const focused = document.activeElement;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

/** Saves text as a file. A `data:` address needs nothing from a content security policy. */
export function saveText(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
  link.download = name;
  link.click();
}
