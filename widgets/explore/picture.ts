/** What the kernel says, as rows of a picture and as a table. */

import type { IntervalRow, Mark, Scale } from "../core/intervals";
import type { Table } from "../core/spreadsheet";
import type { Face, Figure, State } from "./state";
import type { Strings } from "./strings";

const percent = (value: number): string => `${value} %`;
const decimals = (value: number): string => value.toFixed(2);

/** The axis: shares have all of it; reliabilities begin where it is of use, and never below 0. */
export function scaleOf(kind: State["kind"], picture: NonNullable<State["picture"]>): Scale {
  if (kind === "compare") return { from: 0, to: 100, ticks: [0, 50, 100], limits: [], say: percent };
  const { limits } = picture;
  const lows = picture.rows.flatMap((row) => (row ?? []).map(({ value, low }) => low ?? value));
  // The small step keeps 0.6 * 10, which is a little more than 6 or less, at 6.
  const from = Math.max(0, Math.floor(10 * Math.min(0.5, ...lows, ...limits) + 1e-9) / 10);
  return { from, to: 1, ticks: [from, ...limits, 1], limits, say: decimals };
}

/** The rows of the picture: names and words are those of the table beside it. */
export function rowsOf(state: State, face: Face, words: Strings): IntervalRow[] {
  const say = state.kind === "compare" ? percent : decimals;
  const text = (cell: string | number | null | undefined): string => (typeof cell === "string" ? cell : "");
  return face.rows.map((cells, index) => {
    // Scale and group name a row of reliabilities; of all students together the scale does.
    const grouped = state.kind === "reliability" && state.choice.by !== "" && face.headers > 1;
    return {
      heading: grouped ? text(cells[0]) : "",
      name: text(cells[grouped ? 1 : 0]),
      marks: state.picture?.rows[index]?.map((figure) => markOf(figure, words, say)) ?? null,
      words: face.words === null ? "" : text(cells[face.words]),
    };
  });
}

function markOf({ kind, value, low, high }: Figure, words: Strings, say: (value: number) => string): Mark {
  const figure = low === null || high === null ? say(value) : words.from(say(value), say(low), say(high));
  return {
    shape: kind === "alpha" || kind === "share" ? "dot" : "diamond",
    label: `${words.mark[kind]}: ${figure}`,
    value,
    low,
    high,
  };
}

export function tableOf(face: Face): Table {
  return {
    caption: face.title,
    columns: face.columns.map(({ label, decimals }) =>
      decimals === null ? { label, numeric: false } : { label, numeric: true, decimals },
    ),
    rows: face.rows,
    headers: face.headers,
  };
}
