/** The tables of weeks, practices and policies. */

import type { Outcome, Run } from "../schema/view";
import { adoptedOf, practiceTitle } from "./practices";
import { shownOf } from "./run";
import { type Scene, scaleTitle } from "./scene";
import type { Cell, Table } from "./spreadsheet";
import { capital } from "./text";

type Column = Table["columns"][number];

const text = (label: string): Column => ({ label, numeric: false });
const number = (label: string): Column => ({ label, numeric: true });

export function weeksTable({ words, say }: Scene, run: Run, caption: string): Table {
  const phases = run.phases ?? [];
  const coded = new Set(shownOf(run).flatMap((point) => (point.coded ? [point.week] : [])));
  const percent = (week: string, value: number | null | undefined): Cell => {
    if (value == null) return words.weekFew;
    return coded.has(week) ? (value <= 5 ? words.orLess : words.orMore) : value;
  };
  return {
    caption,
    headers: 1,
    columns: [
      text(words.week),
      number(words.percent),
      number(words.percentOf(words.median)),
      ...(phases.length > 0 ? [text(words.phase)] : []),
    ],
    rows: run.points.map((point, index) => {
      const before = run.points[index - 1]?.week ?? "";
      const begun = phases.filter(({ week }) => week > before && week <= point.week);
      return [
        say(point.label),
        percent(point.week, point.percent),
        run.middle,
        ...(phases.length > 0 ? [begun.map(({ title }) => say(title)).join("; ")] : []),
      ];
    }),
  };
}

export function practicesTable(scene: Scene, caption: string): Table {
  const { words, view, unit, state, say } = scene;
  const stages = view.stages ?? [];
  const moved = (unit.practices ?? []).some((one) => one.moved);
  return {
    caption,
    headers: 1,
    columns: [
      text(words.practice),
      text(words.column.words),
      ...stages.map((stage) => number(words.teamsAt(say(stage)))),
      text(words.inUse),
      ...(moved ? [text(words.movedSince)] : []),
    ],
    rows: adoptedOf(scene).flatMap(({ adopted }) =>
      adopted.map((one) => [
        practiceTitle(scene, one.practice),
        capital(say(one.words), state.language),
        ...stages.map((_, index) => one.teams[index] ?? null),
        one.in_use ? words.yes : "",
        ...(moved ? [one.moved ? words.moved[one.moved] : ""] : []),
      ]),
    ),
  };
}

/** Every policy of the grid. What is about the same has no number: it would tell of a few students. */
export function triedTable(scene: Scene, caption: string): Table {
  const { words, view, unit, say } = scene;
  const dials = view.dials ?? [];
  const tried = unit.lab?.tried ?? [];
  const scales = tried[0]?.outcomes.map(({ scale }) => scale) ?? [];
  const percent = (outcome: Outcome | undefined, now: boolean): Cell => {
    if (outcome === undefined) return null;
    if (outcome.beside === "same" && !now) return words.besides.same;
    if (outcome.coded) return outcome.coded === "top" ? words.orMore : words.orLess;
    return outcome.percent;
  };
  return {
    caption,
    headers: dials.length,
    columns: [
      ...dials.map((dial) => text(say(dial.title))),
      ...scales.map((scale) => number(words.percentOf(scaleTitle(scene, scale)))),
    ],
    rows: tried.map(({ choices, outcomes }, index) => [
      ...dials.map((dial, at) => say(dial.choices[choices[at] ?? 0]?.title)),
      ...scales.map((scale) =>
        percent(
          outcomes.find((outcome) => outcome.scale === scale),
          index === 0,
        ),
      ),
    ]),
  };
}
