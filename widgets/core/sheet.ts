/** The sheet a picture is drawn on, from the top down, and the rows that share one scale. */

import type { Text } from "../schema/view";
import { COLOURS, line, openEnd, paragraph, path, round, type Style, whisker, widthOf } from "./drawing";
import type { Element } from "./markup";
import type { Scene } from "./scene";
import { capital } from "./text";

export const WIDTH = 960;
export const MARGIN = 36;
export const INNER = WIDTH - 2 * MARGIN;

/** Where the columns of a row begin, and how wide they are. */
const COLUMNS = { name: 170, picture: MARGIN + 190, wide: 400, words: MARGIN + 616 };
const WORDS = WIDTH - MARGIN - COLUMNS.words;

/** What is drawn so far, from the top down. */
export class Sheet {
  readonly marks: Element[] = [];
  y = MARGIN;

  constructor(readonly scene: Scene) {}

  add(...marks: Element[]): void {
    this.marks.push(...marks);
  }

  write(text: string, style: Style = {}, after = 0): void {
    if (text === "") return;
    const { marks, bottom } = paragraph(text, MARGIN, this.y, INNER, style);
    this.add(...marks);
    this.y = bottom + after;
  }

  say(text: Text | null | undefined): string {
    return this.scene.say(text);
  }

  /** A share in words, with its range in brackets. */
  both(words: Text, range: Text | null | undefined): string {
    const said = this.say(range);
    return said === "" ? this.capital(words) : `${this.capital(words)} (${said})`;
  }

  capital(text: Text | null | undefined): string {
    return capital(this.say(text), this.scene.state.language);
  }
}

export const at = (percent: number): number => COLUMNS.picture + (percent / 100) * COLUMNS.wide;

/** The names of the marks, on as many lines as they take. */
export function key(
  sheet: Sheet,
  entries: readonly { name: string; wide: number; mark: (x: number, y: number) => Element }[],
): void {
  const size = 13;
  let x = MARGIN;
  for (const { name, wide, mark } of entries) {
    const room = wide + 8 + widthOf(name, size) + 24;
    if (x > MARGIN && x + room > WIDTH - MARGIN) {
      x = MARGIN;
      sheet.y += 24;
    }
    sheet.add(mark(x, sheet.y + 9), line(name, x + wide + 8, sheet.y + 14, { size, colour: COLOURS.soft }));
    x += room;
  }
  sheet.y += 34;
}

export const INTERVAL = { wide: 36, mark: (x: number, y: number): Element => whisker(x + 1, x + 35, y) };
export const OPEN = { wide: 36, mark: (x: number, y: number): Element => openEnd(x + 18, x + 36, y - 6, 12) };

export function axis(sheet: Sheet): void {
  const style: Style = { size: 12, colour: COLOURS.soft };
  const { tenths } = sheet.scene.words;
  sheet.add(
    line(tenths(0), at(0), sheet.y + 12, style),
    line(tenths(5), at(50), sheet.y + 12, { ...style, anchor: "middle" }),
    line(tenths(10), at(100), sheet.y + 12, { ...style, anchor: "end" }),
  );
  sheet.y += 20;
}

export interface Row {
  name: string;
  bold: boolean;
  /** How high the picture is, and whether it has no scale; null where there is none, and the words take its place. */
  picture: { height: number; marks: (top: number) => Element[]; plain?: boolean } | null;
  words: readonly { text: string; style?: Style; mark?: (x: number, y: number) => Element }[];
}

export function row(sheet: Sheet, { name, bold, picture, words }: Row): void {
  const top = sheet.y;
  const named = paragraph(name, MARGIN, top + 10, COLUMNS.name, { bold });
  sheet.add(...named.marks);
  let y = top + 10;
  const [x, width] = picture === null ? [COLUMNS.picture, WIDTH - MARGIN - COLUMNS.picture] : [COLUMNS.words, WORDS];
  for (const { text, style, mark } of words) {
    if (text === "") continue;
    const indent = mark === undefined ? 0 : 24;
    if (mark !== undefined) sheet.add(mark(x, y));
    const said = paragraph(text, x + indent, y, width - indent, style);
    sheet.add(...said.marks);
    y = said.bottom + 2;
  }
  const bottom = Math.max(named.bottom, y, top + (picture?.height ?? 0)) + 4;
  if (picture !== null) {
    for (const percent of picture.plain ? [] : [0, 50, 100])
      sheet.add(path(`M${at(percent)} ${top}V${round(bottom)}`, COLOURS.line, { "stroke-width": 1 }));
    sheet.add(...picture.marks(top));
  }
  sheet.y = bottom;
}
