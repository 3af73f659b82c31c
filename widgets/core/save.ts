/** Taking a table along: to the clipboard, or as a file. */

/** Copies a table, as text and as the HTML that a document takes; false where the browser does not allow it. */
export async function copyTable(text: string, html: string, beside: HTMLElement): Promise<boolean> {
  if (navigator.clipboard?.write !== undefined && typeof ClipboardItem !== "undefined") {
    const kinds = { "text/plain": text, "text/html": html };
    const blobs = Object.entries(kinds).map(([type, content]) => [type, new Blob([content], { type })] as const);
    try {
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      return true;
    } catch {
      // The older way may still be allowed.
    }
  }
  const give = (event: ClipboardEvent): void => {
    event.clipboardData?.setData("text/plain", text);
    event.clipboardData?.setData("text/html", html);
    event.preventDefault();
  };
  document.addEventListener("copy", give);
  const copied = copyBySelection(text, beside);
  document.removeEventListener("copy", give);
  return copied;
}

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

/** Saves a document as a file of JSON. */
export function saveJson(name: string, text: string): void {
  save(name, `application/json;charset=utf-8,${encodeURIComponent(text)}`);
}

/** Saves text as a file. */
export function saveText(name: string, text: string): void {
  save(name, `text/csv;charset=utf-8,${encodeURIComponent(text)}`);
}

/** Saves a text of YAML as a file. */
export function saveYaml(name: string, text: string): void {
  save(name, `application/yaml;charset=utf-8,${encodeURIComponent(text)}`);
}

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Saves the bytes of an Excel workbook as a file. */
export function saveWorkbook(name: string, bytes: Uint8Array): void {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  save(name, `${WORKBOOK};base64,${btoa(binary)}`);
}

/** Saves a drawing as it is. */
export function saveDrawing(name: string, svg: string): void {
  save(name, drawingAddress(svg).replace(/^data:/, ""));
}

/** Paints a drawing twice as fine as the screen and saves it; false where the browser cannot. */
export async function savePainting(name: string, { svg, width, height }: Drawing): Promise<boolean> {
  const image = new Image(width, height);
  image.src = drawingAddress(svg);
  const canvas = document.createElement("canvas");
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  const paint = canvas.getContext("2d");
  if (paint === null) return false;
  try {
    await image.decode();
    paint.drawImage(image, 0, 0, canvas.width, canvas.height);
    const painted = canvas.toDataURL("image/png");
    // A canvas that is too large for the browser gives nothing.
    if (!painted.startsWith("data:image/png;base64,")) return false;
    save(name, painted.replace(/^data:/, ""));
    return true;
  } catch {
    return false;
  }
}

interface Drawing {
  svg: string;
  width: number;
  height: number;
}

function drawingAddress(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** A `data:` address needs nothing from a content security policy. */
function save(name: string, data: string): void {
  const link = document.createElement("a");
  link.href = `data:${data}`;
  link.download = name;
  link.click();
}
