/** Where marks go. One percent has one length on a page, whatever the mark. */

import type { ItemCell, Part, View } from "../schema/view";

type Tone = Part["tone"];

/** How many percents each column of the distributions must hold, over the whole view, so that units can be compared. */
export interface Extent {
  unfavorable: number;
  favorable: number;
  neutral: number;
  notCounted: number;
}

export interface Segment {
  part: Part;
  /** In percents from the zero line; negative is to the left. */
  from: number;
  to: number;
  level: Level;
}

/** How strong the answer is: `strong` is the farthest from the middle. */
export type Level = "tint" | "mid" | "strong";

export function total(cell: ItemCell, tone: Tone): number {
  return (cell.parts ?? []).filter((part) => part.tone === tone).reduce((sum, part) => sum + part.percent, 0);
}

/** Which of the columns that stand apart questions have something in: between the sides, and not counted. */
export function apartOf(questions: readonly { cell: ItemCell }[]): [boolean, boolean] {
  return [questions.some(({ cell }) => hasMiddle(cell)), questions.some(({ cell }) => cell.not_counted != null)];
}

export function hasMiddle({ parts }: ItemCell): boolean {
  return (parts ?? []).some(({ tone }) => tone === "neutral");
}

const upToTen = (value: number, least: number): number => Math.max(least, Math.ceil(value / 10) * 10);

export function extentOf(view: View): Extent {
  const cells = view.units.flatMap((unit) => unit.items);
  const most = (value: (cell: ItemCell) => number): number =>
    cells.reduce((max, cell) => Math.max(max, value(cell)), 0);
  const neutral = most((cell) => total(cell, "neutral"));
  const notCounted = most((cell) => cell.not_counted ?? 0);
  return {
    unfavorable: upToTen(
      most((cell) => total(cell, "unfavorable")),
      20,
    ),
    // The interval is drawn along the favorable side, so its upper end needs room too.
    favorable: upToTen(
      most((cell) => Math.max(total(cell, "favorable"), cell.share?.high ?? 0)),
      20,
    ),
    neutral: neutral === 0 ? 0 : upToTen(neutral, 20),
    notCounted: notCounted === 0 ? 0 : upToTen(notCounted, 10),
  };
}

/** The level of the answer at an index, counted from the middle outward. */
export function levelOf(index: number, answers: number): Level {
  if (index === answers - 1) return "strong";
  return index === 0 ? "tint" : "mid";
}

/** The diverging part of a distribution: unfavorable to the left of zero, favorable to the right, neutral set apart. */
export function segments(parts: readonly Part[]): Segment[] {
  const out: Segment[] = [];
  // From the middle outward on each side, so that the first answer beside the zero line is the mildest.
  const unfavorable = parts.filter((part) => part.tone === "unfavorable").reverse();
  const favorable = parts.filter((part) => part.tone === "favorable");
  for (const [side, sign] of [
    [unfavorable, -1],
    [favorable, 1],
  ] as const) {
    let at = 0;
    side.forEach((part, index) => {
      const end = at + sign * part.percent;
      out.push({ part, from: Math.min(at, end), to: Math.max(at, end), level: levelOf(index, side.length) });
      at = end;
    });
  }
  return out.filter((segment) => segment.to > segment.from).sort((a, b) => a.from - b.from);
}
