/** Elements as data, written out as text that holds every word as text: for files and the clipboard, never for a page. */

export interface Element {
  tag: string;
  attributes: Record<string, string | number | undefined>;
  inside: readonly (Element | string)[];
}

export function element(
  tag: string,
  attributes: Element["attributes"] = {},
  ...inside: readonly (Element | string)[]
): Element {
  return { tag, attributes, inside };
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** What XML cannot hold, halves of characters too, becomes a space. */
const UNFIT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu;

function escaped(text: string): string {
  return text.replace(UNFIT, " ").replace(/[&<>"']/g, (found) => ESCAPES[found] ?? "");
}

/** Well-formed XML, which the HTML of a table is too. */
export function written({ tag, attributes, inside }: Element): string {
  const named = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  const content = inside.map((part) => (typeof part === "string" ? escaped(part) : written(part)));
  return `<${tag}${named.join("")}>${content.join("")}</${tag}>`;
}
