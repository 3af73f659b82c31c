/** Tables as text that a spreadsheet reads and never runs. */

import { type Element, element, written } from "./markup";

export type Cell = string | number | null;

export interface Table {
  caption: string;
  /** Numbers are shown with so many decimals; without that, as they are. */
  columns: { label: string; numeric: boolean; decimals?: number }[];
  rows: Cell[][];
  /** How many columns, from the left, name the row. */
  headers: number;
}

/** What a spreadsheet takes for a formula (OWASP, CWE-1236), also full width and after spaces. */
const FORMULA = /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/u;

export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  return `"${guarded(cell).replaceAll('"', '""')}"`;
}

function tsvCell(cell: Cell): string {
  if (cell === null) return "";
  return typeof cell === "number" ? String(cell) : guarded(cell).replace(/[\t\r\n]+/g, " ");
}

function lines(table: Table): Cell[][] {
  return [table.columns.map((column) => column.label), ...table.rows];
}

/** RFC 4180, with a byte order mark so that Excel reads accents. */
export function toCsv(table: Table): string {
  return `\uFEFF${lines(table)
    .map((row) => row.map(csvCell).join(","))
    .join("\r\n")}\r\n`;
}

/** For the clipboard. */
export function toTsv(table: Table): string {
  return lines(table)
    .map((row) => row.map(tsvCell).join("\t"))
    .join("\n");
}

/** For the clipboard too: what a document or a spreadsheet takes as a table. */
export function toHtml(table: Table): string {
  const row = (cells: readonly Cell[], tag: "th" | "td"): Element =>
    element(
      "tr",
      {},
      ...cells.map((cell, index) => {
        const words = typeof cell === "string" ? guarded(cell) : String(cell ?? "");
        return element(index < table.headers ? "th" : tag, {}, words);
      }),
    );
  const head = table.columns.map((column) => column.label);
  const body = table.rows.map((cells) => row(cells, "td"));
  return written(element("table", {}, element("caption", {}, guarded(table.caption)), row(head, "th"), ...body));
}

/** A name with more signs than this is shortened. */
const LONGEST = 80;

/** A file name of lower case letters, digits and hyphens; too long a one gives up signs of its longest part. */
export function fileName(kind: "csv" | "json" | "yaml" | "xlsx" | "svg" | "png", ...parts: string[]): string {
  const slugs = parts
    .map((part) =>
      part
        .normalize("NFKD")
        .toLowerCase()
        .replace(/[\u0300-\u036f]/g, "")
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, ""),
    )
    .filter((part) => part !== "");
  while (slugs.join("-").length > LONGEST) {
    const longest = slugs.reduce((at, part, index) => (part.length > (slugs[at] ?? "").length ? index : at), 0);
    slugs[longest] = (slugs[longest] ?? "").slice(0, -1).replace(/-$/, "");
  }
  return `${slugs.join("-") || "table"}.${kind}`;
}
