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

/** Saves text as a file. */
export function saveText(name: string, text: string): void {
  save(name, `text/csv;charset=utf-8,${encodeURIComponent(text)}`);
}

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Saves the bytes of an Excel workbook as a file. */
export function saveWorkbook(name: string, bytes: Uint8Array): void {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  save(name, `${WORKBOOK};base64,${btoa(binary)}`);
}

/** A `data:` address needs nothing from a content security policy. */
function save(name: string, data: string): void {
  const link = document.createElement("a");
  link.href = `data:${data}`;
  link.download = name;
  link.click();
}
