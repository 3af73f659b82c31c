/** Texts of a view, in the reader's language. */

import type { Text } from "../schema/view";

/** A text in one language, else in the first language it has. */
export function inLanguage(text: Text | null | undefined, language: string): string {
  if (!text) return "";
  return (Object.hasOwn(text, language) ? text[language] : Object.values(text)[0]) ?? "";
}

/** Making a formatter takes longer than drawing a row, and the same few are asked for on every page. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${language} ${JSON.stringify(options)}`;
  const made = formatters.get(name) ?? new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  formatters.set(name, made);
  return made;
}

/** An ISO day in words: "November 22, 2026", "22 de noviembre de 2026". */
export function dayInWords(iso: string, language: string): string {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  return formatter(language, { dateStyle: "long" }).format(day);
}

/** A month in words: "October", with its year where that is not the same or the last one before a day. */
export function monthInWords(iso: string, today: string, language: string): string {
  const [day, now] = [iso, today].map((text) => new Date(`${text.slice(0, 10)}T00:00:00Z`)) as [Date, Date];
  if (Number.isNaN(day.getTime())) return iso;
  const months = 12 * (now.getUTCFullYear() - day.getUTCFullYear()) + now.getUTCMonth() - day.getUTCMonth();
  const year = months >= 0 && months < 12 ? {} : ({ year: "numeric" } as const);
  return formatter(language, { month: "long", ...year }).format(day);
}

/** A text that stands by itself, with a capital. */
export function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** A text as it is searched: without case and accents, with one kind of apostrophe. */
export function searchable(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[’‘ʼ′´`＇]/g, "'")
    .toLowerCase()
    .trim();
}

/** A browser takes longer to find one than to draw all that stands above a page. */
const languageNames = new Map<string, string>();

/** The name of a language in that language: "Español". */
export function languageName(code: string): string {
  const name =
    languageNames.get(code) ?? capital(new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code, code);
  languageNames.set(code, name);
  return name;
}

export interface Run {
  text: string;
  strong: boolean;
}

/** Cuts a sentence into runs so that the names in it can be set in bold. */
export function runs(sentence: string, names: readonly string[]): Run[] {
  const wanted = names.filter((name) => name !== "").sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return [{ text: sentence, strong: false }];
  const pattern = new RegExp(`(${wanted.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "u");
  return sentence
    .split(pattern)
    .map((text, index) => ({ text, strong: index % 2 === 1 }))
    .filter((run) => run.text !== "");
}
