/** The picture of the questions: their texts, and their distributions on one scale. */

import type { ItemCell, Part } from "../schema/view";
import { blocksOf } from "./asked";
import { commonParts, legendKey } from "./distribution";
import { COLOURS, LEADING, line, paragraph, path, rectangle, round, type Style, whisker, widthOf } from "./drawing";
import { apartOf, type Extent, extentOf, hasMiddle, levelOf, segments, total } from "./geometry";
import type { Element } from "./markup";
import { INNER, key, MARGIN, type Sheet } from "./sheet";

/** The questions' texts stand left, their distributions right. */
const ASKED = { text: 330, left: MARGIN + 356, wide: INNER - 356, room: 40 };

export function questions(sheet: Sheet): void {
  const { scene } = sheet;
  const blocks = blocksOf(scene);
  const extent = extentOf(scene.view);
  let named = "";
  const { find } = scene.state;
  if (find !== "") {
    const count = blocks.reduce((sum, block) => sum + block.questions.length, 0);
    sheet.write(`“${find}”: ${scene.words.found(count, scene.unit.items.length)}`, { colour: COLOURS.soft });
  }
  for (const block of blocks) {
    sheet.y += 8;
    sheet.write(block.title, { size: 16, bold: true }, 2);
    const common = commonParts(block.questions);
    const known = legendKey(common);
    if (common.length > 0 && known !== named) {
      named = known;
      sheet.y += 4;
      legend(sheet, common);
    }
    heads(sheet, extent, apartOf(block.questions));
    for (const { item, cell } of block.questions) {
      const top = sheet.y;
      const asked = paragraph(sheet.say(item.text), MARGIN, top + 2, ASKED.text);
      const said = sheet.both(cell.words, cell.range);
      const answer = paragraph(said, MARGIN, asked.bottom, ASKED.text, { size: 13, colour: COLOURS.soft });
      sheet.add(...asked.marks, ...answer.marks, ...distribution(cell, extent, top + 4));
      sheet.y = Math.max(answer.bottom, top + 42) + 8;
      const parts = cell.parts ?? [];
      if (parts.length > 0 && legendKey(parts) !== known) {
        legend(sheet, parts);
        sheet.y += 8;
      }
    }
  }
}

/** The length of one percent, and where each column begins. */
function unitsOf(extent: Extent): { one: number; zero: number; between: number; apart: number } {
  const sides = extent.unfavorable + extent.favorable;
  const rooms = (extent.neutral > 0 ? 1 : 0) + (extent.notCounted > 0 ? 1 : 0);
  const one = (ASKED.wide - rooms * (ASKED.room + 14)) / (sides + extent.neutral + extent.notCounted);
  const between = ASKED.left + one * sides + 14;
  const apart = between + (extent.neutral > 0 ? one * extent.neutral + ASKED.room + 14 : 0);
  return { one, zero: ASKED.left + one * extent.unfavorable, between, apart };
}

function heads(sheet: Sheet, extent: Extent, [middle, notCounted]: readonly [boolean, boolean]): void {
  const { words, view } = sheet.scene;
  const { one, zero, between, apart } = unitsOf(extent);
  const style: Style = { size: 12, colour: COLOURS.soft };
  const column = (text: string, x: number, percents: number): number => {
    // No word is cut: there is room beside a column.
    const wide = Math.max(one * percents + ASKED.room, ...text.split(" ").map((word) => widthOf(word, 12)));
    const { marks, bottom } = paragraph(text, x, sheet.y, wide, style);
    sheet.add(...marks);
    return bottom;
  };
  sheet.add(
    line(words.unfavorable, zero - 6, sheet.y + 12, { ...style, anchor: "end" }),
    line(words.favorable, zero + 6, sheet.y + 12, style),
  );
  let bottom = sheet.y + 12 * LEADING;
  if (middle && extent.neutral > 0) bottom = Math.max(bottom, column(words.middle, between, extent.neutral));
  if (notCounted && extent.notCounted > 0)
    bottom = Math.max(bottom, column(sheet.say(view.not_counted), apart, extent.notCounted));
  sheet.y = bottom + 4;
}

function fillOf(tone: Part["tone"], level: "tint" | "mid" | "strong"): { fill: string; stroke: string; on: string } {
  if (tone === "neutral") return { fill: COLOURS.neutral, stroke: COLOURS["neutral-edge"], on: COLOURS.ink };
  if (level === "strong") return { fill: COLOURS[tone], stroke: COLOURS[tone], on: COLOURS.paper };
  return { fill: COLOURS[`${tone}-${level}`], stroke: COLOURS[tone], on: COLOURS.ink };
}

function distribution(cell: ItemCell, extent: Extent, top: number): Element[] {
  const { one, zero, between, apart } = unitsOf(extent);
  const parts = cell.parts ?? [];
  if (parts.length === 0) return [];
  const marks = segments(parts).flatMap(({ part, from, to, level }) => {
    const { fill, stroke, on } = fillOf(part.tone, level);
    const wide = one * (to - from);
    const middle = zero + one * ((from + to) / 2);
    return [
      rectangle(zero + one * from, top, wide, 22, fill, stroke),
      ...(wide > 22 ? [line(String(part.percent), middle, top + 16, { size: 12, colour: on, anchor: "middle" })] : []),
    ];
  });
  marks.push(path(`M${round(zero)} ${top - 3}V${top + 25}`, COLOURS.ink));
  const { share } = cell;
  if (share && !share.coded) marks.push(whisker(zero + one * share.low, zero + one * share.high, top + 31));
  const aside = (x: number, percent: number): void => {
    marks.push(
      rectangle(x, top, one * percent, 22, COLOURS.neutral, COLOURS["neutral-edge"]),
      line(String(percent), x + one * percent + 6, top + 16, { size: 12 }),
    );
  };
  if (hasMiddle(cell)) aside(between, total(cell, "neutral"));
  if (extent.notCounted > 0 && cell.not_counted != null) aside(apart, cell.not_counted);
  return marks;
}

function legend(sheet: Sheet, parts: readonly Part[]): void {
  const entries = parts.map((part, index) => {
    const side = parts.filter((other) => other.tone === part.tone);
    const place = side.indexOf(part);
    const outward = part.tone === "unfavorable" ? side.length - 1 - place : place;
    const { fill, stroke } = fillOf(part.tone, levelOf(outward, side.length));
    return {
      index,
      name: sheet.say(part.label),
      wide: 16,
      mark: (x: number, y: number): Element => rectangle(x + 1, y - 7, 14, 14, fill, stroke),
    };
  });
  key(sheet, entries);
}
