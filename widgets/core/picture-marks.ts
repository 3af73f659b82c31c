/** The pictures of weeks, practices and policies. */

import type { Adopted, Outcome, Run } from "../schema/view";
import { ARROWS, arrow, COLOURS, dot, line, openEnd, paragraph, path, rectangle, round } from "./drawing";
import type { Element } from "./markup";
import { adoptedOf, practiceTitle } from "./practices";
import { begunOf, everyOf, placeOf, shownOf, ticksOf } from "./run";
import { scaleTitle } from "./scene";
import { at, axis, key, MARGIN, row, type Sheet, WIDTH } from "./sheet";
import { outcomeWords, triedOf } from "./try";

const QUIET = { size: 13, colour: COLOURS.soft };

/** Where a chart's line begins, how wide and how high it is. */
const CHART = { left: MARGIN + 48, wide: WIDTH - 2 * MARGIN - 48, high: 170 };

const dashes = { "stroke-dasharray": "6 4", "stroke-width": 1.5 };

export function weeks(sheet: Sheet): void {
  const { unit, view, words } = sheet.scene;
  const runs = unit.weeks ?? [];
  const coded = runs.some((run) => shownOf(run).some((point) => point.coded));
  key(sheet, [
    { name: words.keyWeek, wide: 16, mark: (x, y) => dot(x + 8, y) },
    ...(coded ? [{ name: words.keyCoded, wide: 16, mark: (x: number, y: number) => dot(x + 8, y, true) }] : []),
    { name: words.median, wide: 36, mark: (x, y) => path(`M${x} ${y}H${x + 36}`, COLOURS.ink, dashes) },
  ]);
  for (const run of runs) {
    sheet.write(sheet.say(run.title), { size: 16, bold: true }, 2);
    sheet.write(sheet.say(run.sentence), {}, 8);
    chart(sheet, run, ticksOf(view));
    sheet.write(sheet.say(run.note), QUIET, 14);
  }
}

function chart(sheet: Sheet, run: Run, ticks: readonly number[]): void {
  const lines = begunOf(run).map(({ title, point, edge, left }) => {
    const top = sheet.y;
    const x = CHART.left + (edge / 100) * CHART.wide;
    const [anchor, aside, room] = left
      ? (["end", -6, x - CHART.left] as const)
      : (["start", 6, CHART.left + CHART.wide - x] as const);
    const said = `${sheet.say(point.label)}: ${sheet.say(title)}`;
    const { marks, bottom } = paragraph(said, x + aside, top, room - 6, { ...QUIET, anchor });
    sheet.add(...marks);
    sheet.y = bottom;
    return { x, top };
  });
  const top = sheet.y + 12;
  const bottom = top + CHART.high;
  const y = (percent: number): number => round(bottom - (percent / (ticks.at(-1) ?? 100)) * CHART.high);
  const place = (index: number): number => round(CHART.left + (placeOf(index, run) / 100) * CHART.wide);
  for (const tick of ticks) {
    sheet.add(
      path(`M${CHART.left} ${y(tick)}H${CHART.left + CHART.wide}`, COLOURS.line, { "stroke-width": 1 }),
      line(`${tick} %`, CHART.left - 8, y(tick) + 4, { size: 12, colour: COLOURS.soft, anchor: "end" }),
    );
  }
  sheet.add(...lines.map(({ x, top: from }) => path(`M${round(x)} ${round(from)}V${round(bottom)}`, COLOURS.ink)));
  sheet.add(path(`M${CHART.left} ${y(run.middle)}H${CHART.left + CHART.wide}`, COLOURS.ink, dashes));
  const shown = shownOf(run);
  shown.forEach((point, index) => {
    const before = shown[index - 1];
    if (before?.index === point.index - 1) {
      const d = `M${place(before.index)} ${y(before.percent)}L${place(point.index)} ${y(point.percent)}`;
      sheet.add(path(d, COLOURS.favorable));
    }
  });
  sheet.add(...shown.map((point) => dot(place(point.index), y(point.percent), point.coded)));
  const every = everyOf(run, 9);
  run.points.forEach((point, index) => {
    if (index % every === 0)
      sheet.add(line(sheet.say(point.label), place(index), bottom + 20, { ...QUIET, size: 12, anchor: "middle" }));
  });
  sheet.y = bottom + 34;
}

export function practices(sheet: Sheet): void {
  const { scene } = sheet;
  const { words } = scene;
  sheet.write(words.practicesHow, QUIET, 12);
  const stages = scene.view.stages ?? [];
  const step = (at(100) - at(0)) / Math.max(1, stages.length);
  const heads = stages.map((stage, index) =>
    paragraph(sheet.say(stage), at(0) + step * index + 2, sheet.y, step - 4, { size: 12, colour: COLOURS.soft }),
  );
  sheet.add(...heads.flatMap(({ marks }) => marks));
  sheet.y = Math.max(sheet.y, ...heads.map(({ bottom }) => bottom)) + 6;
  for (const { title, adopted } of adoptedOf(scene)) {
    sheet.write(title, { size: 16, bold: true });
    for (const one of adopted) {
      row(sheet, {
        name: practiceTitle(scene, one.practice),
        bold: false,
        picture: { height: 52, marks: (top) => stair(one, top, step), plain: true },
        words: [
          { text: sheet.capital(one.words), style: { bold: true } },
          one.moved
            ? {
                text: words.moved[one.moved],
                style: QUIET,
                ...(one.moved === "same" ? {} : { mark: arrowOf(one.moved) }),
              }
            : { text: "" },
        ],
      });
    }
  }
}

function arrowOf(moved: keyof typeof ARROWS): (x: number, y: number) => Element {
  return (x, y) => arrow(moved, x, y, false);
}

function stair({ teams }: Adopted, top: number, step: number): Element[] {
  return teams.flatMap((count, index) => {
    const height = 8 + (24 * index) / Math.max(1, teams.length - 1);
    const x = at(0) + step * index;
    const fill = count > 0 ? COLOURS.favorable : COLOURS.neutral;
    return [
      rectangle(x + 2, top + 50 - height, step - 4, height, fill),
      ...(count > 0 ? [line(String(count), x + step / 2, top + 46 - height, { bold: true, anchor: "middle" })] : []),
    ];
  });
}

export function tried(sheet: Sheet): void {
  const { scene } = sheet;
  const { words } = scene;
  const { now, then } = triedOf(scene);
  sheet.write(words.ifNothing, { size: 16, bold: true }, 2);
  sheet.write(then ? sheet.say(then.says) : words.notTried, {}, 10);
  axis(sheet);
  for (const outcome of then?.outcomes ?? []) {
    const before = now?.outcomes.find(({ scale }) => scale === outcome.scale) ?? outcome;
    const moved = then !== now && outcome.beside !== "same";
    row(sheet, {
      name: scaleTitle(scene, outcome.scale),
      bold: true,
      picture: {
        height: moved ? 58 : 40,
        marks: (top) => [...bar(before, top + 10, false), ...(moved ? bar(outcome, top + 32, true) : [])],
      },
      words: [
        { text: `${words.tryNow}: ${sheet.say(before.words)}` },
        { text: moved ? `${words.tryThen}: ${sheet.say(outcome.words)}` : "", style: { bold: true } },
        { text: then === now ? "" : outcomeWords(scene, outcome), style: QUIET },
      ],
    });
    sheet.y += 4;
  }
  sheet.write(sheet.say(scene.unit.lab?.note), QUIET);
}

function bar({ percent, coded }: Outcome, y: number, then: boolean): Element[] {
  const [from, to] = coded === "bottom" ? [0, 5] : [95, 100];
  const wide = at(coded === "top" ? 95 : percent) - at(0);
  const solid = then
    ? path(`M${at(0)} ${y}h${round(wide)}v14h-${round(wide)}Z`, COLOURS.favorable, {
        fill: COLOURS["favorable-tint"],
        "stroke-dasharray": "5 3",
      })
    : rectangle(at(0), y, wide, 14, COLOURS.favorable);
  return [...(coded === "bottom" ? [] : [solid]), ...(coded ? [openEnd(at(from), at(to), y, 14)] : [])];
}
