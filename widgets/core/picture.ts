/** A page's picture as one SVG that can stand alone: whose answers, the promise and what is hidden are in it. */

import type { ChangeCell, GroupCell, Reference, Share } from "../schema/view";
import { blocksOf } from "./asked";
import { arrow, COLOURS, diamond, dot, line, openEnd, rectangle, round, whisker, widthOf } from "./drawing";
import { blocksOf as groupBlocks, openTable, unshown, variableTitle } from "./groups";
import { type Element, element, written } from "./markup";
import { practices, tried, weeks } from "./picture-marks";
import { questions } from "./picture-questions";
import { pageTitle, type Scene, scaleTitle, titleOf } from "./scene";
import { at, axis, INTERVAL, key, MARGIN, OPEN, type Row, row, Sheet, WIDTH } from "./sheet";
import type { PageId } from "./strings";
import { dayInWords } from "./text";

export interface Picture {
  width: number;
  height: number;
  svg: string;
}

/** Whether a page has a picture that can be saved. */
export function hasPicture(scene: Scene): boolean {
  const { unit, state } = scene;
  switch (state.page) {
    case "glance":
      return unit.scales.some((cell) => cell.share);
    case "questions":
      return blocksOf(scene).some((block) => block.questions.some(({ cell }) => (cell.parts ?? []).length > 0));
    case "groups":
      return (openTable(scene)?.rows ?? []).some((row) => row.cells.some((cell) => cell.share));
    case "change":
    case "weeks":
    case "practices":
    case "try":
      return true;
    default:
      return false;
  }
}

/** The pages on which no share of students stands. */
const OTHERWISE: readonly PageId[] = ["weeks", "practices"];

export function pictureOf(scene: Scene): Picture {
  const sheet = new Sheet(scene);
  const { view, unit, words } = scene;
  if (view.simulated) {
    const size = 13;
    const wide = widthOf(words.simulated, size, true) + 20;
    sheet.add(
      element("rect", {
        x: MARGIN,
        y: sheet.y,
        width: round(wide),
        height: 24,
        rx: 12,
        fill: "none",
        stroke: COLOURS.edge,
      }),
      line(words.simulated, MARGIN + wide / 2, sheet.y + 17, { size, bold: true, anchor: "middle" }),
    );
    sheet.y += 34;
  }
  sheet.write(sheet.say(view.title), { colour: COLOURS.soft }, 2);
  sheet.write(titleOf(scene), { size: 26, bold: true }, 2);
  sheet.write(`${sheet.say(view.promise)} ${sheet.capital(unit.students)}`, { colour: COLOURS.soft }, 12);
  sheet.write(pageTitle(scene, scene.state.page), { size: 18, bold: true }, 10);
  DRAWN[scene.state.page]?.(sheet);
  sheet.y += 14;
  const quiet = { size: 13, colour: COLOURS.soft };
  if (!OTHERWISE.includes(scene.state.page))
    sheet.write(`${words.favorableMeans}. ${sheet.say(view.favorable)}`, quiet, 4);
  for (const text of unit.hidden ?? []) sheet.write(sheet.say(text), quiet, 4);
  const colophon = [sheet.say(view.audience), sheet.say(view.publisher), dayInWords(view.made, scene.state.language)];
  sheet.write(colophon.map((part) => part.replace(/\.$/, "")).join(" · "), quiet);
  const height = Math.ceil(sheet.y + MARGIN - 10);
  const caption = [pageTitle(scene, scene.state.page), titleOf(scene), ...(view.simulated ? [words.simulated] : [])];
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: WIDTH,
      height,
      viewBox: `0 0 ${WIDTH} ${height}`,
      "font-family": "sans-serif",
      "xml:lang": scene.state.language,
      role: "img",
    },
    element("title", {}, caption.join(" · ")),
    rectangle(0, 0, WIDTH, height, COLOURS.paper),
    ...sheet.marks,
  );
  return { width: WIDTH, height, svg: written(svg) };
}

/** The pages that have a picture of their own. */
const DRAWN: Partial<Record<PageId, (sheet: Sheet) => void>> = {
  glance,
  questions,
  groups,
  change,
  weeks,
  practices,
  try: tried,
};

function coded(share: Share, y: number, height: number): Element {
  return share.coded === "top" ? openEnd(at(95), at(100), y, height) : openEnd(at(0), at(5), y, height);
}

function dotted(share: Share, y: number, hollow = false): Element[] {
  if (share.coded) return [coded(share, y - 7, 14)];
  return [whisker(at(share.low), at(share.high), y), dot(at(share.percent), y, hollow)];
}

function glance(sheet: Sheet): void {
  const { words, unit } = sheet.scene;
  const shown = unit.scales.filter((cell) => cell.share);
  const kinds = [...new Set(shown.flatMap((cell) => (cell.reference ? [cell.reference.kind] : [])))];
  key(sheet, [
    { name: words.keyShare, wide: 36, mark: (x, y) => rectangle(x, y - 6, 36, 12, COLOURS.favorable) },
    ...(shown.some((cell) => !cell.share?.coded) ? [{ name: words.keyInterval, ...INTERVAL }] : []),
    ...kinds.map((kind: Reference["kind"]) => ({
      name: words.reference[kind],
      wide: 16,
      mark: (x: number, y: number) => diamond(x + 8, y),
    })),
    ...(shown.some((cell) => cell.share?.coded) ? [{ name: words.keyOpen, ...OPEN }] : []),
  ]);
  axis(sheet);
  for (const { scale, share, reference, words: said, range } of unit.scales) {
    const marks = (top: number): Element[] => {
      if (!share) return [];
      const y = top + 10;
      return [
        ...(share.coded === "bottom"
          ? []
          : [rectangle(at(0), y, at(share.coded ? 95 : share.percent) - at(0), 18, COLOURS.favorable)]),
        share.coded ? coded(share, y, 18) : whisker(at(share.low), at(share.high), y + 9),
        ...(reference ? [diamond(at(reference.percent), y + 29)] : []),
      ];
    };
    row(sheet, {
      name: scaleTitle(sheet.scene, scale),
      bold: true,
      picture: share ? { height: kinds.length > 0 ? 54 : 40, marks } : null,
      words: [
        { text: sheet.capital(said), style: share ? { bold: true } : { colour: COLOURS.soft } },
        { text: sheet.say(range), style: { colour: COLOURS.soft } },
      ],
    });
  }
}

function groups(sheet: Sheet): void {
  const { scene } = sheet;
  const { words } = scene;
  const table = openTable(scene);
  const rows = table?.rows ?? [];
  const shares = rows.flatMap((group) => group.cells.flatMap((cell) => (cell.share ? [cell.share] : [])));
  if (table === null) return;
  sheet.write(variableTitle(scene, table.variable), { size: 16, bold: true }, 4);
  for (const text of [table.note, table.comparable])
    sheet.write(sheet.say(text), { size: 13, colour: COLOURS.soft }, 4);
  sheet.y += 6;
  key(sheet, [
    { name: words.keyGroup, wide: 16, mark: (x, y) => dot(x + 8, y) },
    ...(shares.some((share) => !share.coded) ? [{ name: words.keyInterval, ...INTERVAL }] : []),
    ...(shares.some((share) => share.coded) ? [{ name: words.keyOpen, ...OPEN }] : []),
  ]);
  axis(sheet);
  for (const block of groupBlocks(scene, rows)) {
    sheet.y += 8;
    sheet.write(scaleTitle(scene, block.scale), { size: 16, bold: true });
    const why = unshown(block);
    if (why !== null) {
      sheet.write(sheet.capital(why.words), { colour: COLOURS.soft }, 6);
      continue;
    }
    for (const { row: group, cell } of block.lines) {
      const { share } = cell;
      row(sheet, {
        name: sheet.say(group.label),
        bold: false,
        picture: share ? { height: 34, marks: (top) => dotted(share, top + 18) } : null,
        words: [
          {
            text: sheet.both(cell.words, cell.range),
            style: share ? {} : { colour: COLOURS.soft },
          },
          { text: verdictOf(sheet, cell), style: { size: 13, colour: COLOURS.soft } },
        ],
      });
    }
  }
}

function verdictOf(sheet: Sheet, { verdict, sentence }: GroupCell): string {
  if (!verdict || verdict === "too_few") return "";
  const word = sheet.scene.words.verdict[verdict];
  return verdict === "clear" || verdict === "maybe" ? `${word}: ${sheet.say(sentence)}` : word;
}

function change(sheet: Sheet): void {
  const { words, unit } = sheet.scene;
  const cells = unit.change?.cells ?? [];
  const shares = cells.flatMap((cell) => (cell.before && cell.now ? [cell.before, cell.now] : []));
  if (!unit.change) return;
  sheet.write(sheet.say(unit.change.who), { colour: COLOURS.soft }, 10);
  key(sheet, [
    { name: words.keyThen, wide: 16, mark: (x, y) => dot(x + 8, y, true) },
    { name: words.keyNow, wide: 16, mark: (x, y) => dot(x + 8, y) },
    ...(shares.some((share) => !share.coded) ? [{ name: words.keyInterval, ...INTERVAL }] : []),
    ...(shares.some((share) => share.coded) ? [{ name: words.keyOpen, ...OPEN }] : []),
  ]);
  axis(sheet);
  for (const cell of cells) {
    const { before, now } = cell;
    row(sheet, {
      name: scaleTitle(sheet.scene, cell.scale),
      bold: true,
      picture:
        before && now
          ? { height: 58, marks: (top) => [...dotted(before, top + 18, true), ...dotted(now, top + 40)] }
          : null,
      words: [{ text: sheet.capital(cell.words), style: before ? {} : { colour: COLOURS.soft } }, changed(sheet, cell)],
    });
    sheet.y += 6;
  }
  sheet.write(sheet.say(unit.change.note), { size: 13, colour: COLOURS.soft });
}

function changed(sheet: Sheet, { verdict, direction, sentence }: ChangeCell): Row["words"][number] {
  const style = { size: 13, colour: COLOURS.soft };
  if (!verdict || verdict === "too_few") return { text: "" };
  const word = sheet.scene.words.changeVerdict[verdict];
  const text = direction ? `${word}: ${sheet.say(sentence)}` : sheet.say(sentence) || word;
  return direction ? { text, style, mark: (x, y) => arrow(direction, x, y, verdict === "clear") } : { text, style };
}
