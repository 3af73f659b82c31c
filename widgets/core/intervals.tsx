/** Figures with their intervals on one axis: a row each, and thin lines where a limit lies. */

import type { JSX } from "preact";
import { Diamond, Named, Picture, Whisker, WhiskerKey } from "./marks";

export interface Mark {
  shape: "dot" | "diamond";
  /** The mark in words, for those who do not see it. */
  label: string;
  value: number;
  /** Where the figure could be; null where that is not known. */
  low: number | null;
  high: number | null;
}

export interface IntervalRow {
  /** Rows that follow each other under one heading stand together; empty for none. */
  heading: string;
  name: string;
  /** Null where nothing may be drawn. */
  marks: readonly Mark[] | null;
  words: string;
}

export interface Scale {
  from: number;
  to: number;
  ticks: readonly number[];
  limits: readonly number[];
  say: (value: number) => string;
}

/** In a row, from the top in pixels: the first mark, and how far below it the next one is. */
const FIRST = 17;
const NEXT = 17;

/** A place on the axis, in percents of its width; what lies beyond an end is at that end. */
export function place(scale: Scale, value: number): number {
  const part = (value - scale.from) / (scale.to - scale.from);
  return Math.round(10_000 * Math.min(1, Math.max(0, part))) / 100;
}

/** Rows in blocks of one heading. */
export function blocks(rows: readonly IntervalRow[]): IntervalRow[][] {
  const found: IntervalRow[][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last?.[0]?.heading === row.heading) last.push(row);
    else found.push([row]);
  }
  return found;
}

export function Intervals({ rows, scale }: { rows: readonly IntervalRow[]; scale: Scale }): JSX.Element {
  return (
    <>
      <div class="rs-row rs-row-axis">
        <div class="rs-ticks" aria-hidden="true">
          {[...new Set(scale.ticks)].map((tick) => (
            <span key={tick} style={{ left: `${place(scale, tick)}%` }}>
              {scale.say(tick)}
            </span>
          ))}
        </div>
      </div>
      {blocks(rows).map((block, index) => (
        <section key={index} class={block[0]?.heading ? "rs-scale-block" : ""}>
          {block[0]?.heading && <h3>{block[0].heading}</h3>}
          <ul class="rs-rows">
            {block.map((row, number) => (
              <Row key={number} row={row} scale={scale} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Row({ row, scale }: { row: IntervalRow; scale: Scale }): JSX.Element {
  return (
    <li class="rs-row rs-row-interval">
      <p class="rs-row-name">{row.name}</p>
      {row.marks === null ? (
        <p class="rs-row-instead">{row.words}</p>
      ) : (
        <>
          <div class="rs-row-picture">
            <Picture class="rs-picture" label={row.marks.map((mark) => mark.label).join("; ")}>
              <Lines scale={scale} />
              {row.marks.map((mark, index) => (
                <Interval key={index} mark={mark} scale={scale} y={FIRST + index * NEXT} />
              ))}
            </Picture>
          </div>
          <p class="rs-row-words">{row.words}</p>
        </>
      )}
    </li>
  );
}

function Lines({ scale }: { scale: Scale }): JSX.Element {
  const line = (value: number, name: string): JSX.Element => (
    <line
      key={`${name} ${value}`}
      class={name}
      x1={`${place(scale, value)}%`}
      x2={`${place(scale, value)}%`}
      y1="0"
      y2="100%"
    />
  );
  return (
    <g class="rs-grid">
      {scale.ticks.map((tick) => line(tick, "rs-tick"))}
      {scale.limits.map((limit) => line(limit, "rs-limit"))}
    </g>
  );
}

function Interval({ mark, scale, y }: { mark: Mark; scale: Scale; y: number }): JSX.Element | null {
  const at = place(scale, mark.value);
  // What lies before the axis begins has its figures in the table.
  if (mark.value < scale.from) return null;
  return (
    <g data-value={mark.value}>
      {mark.low !== null && mark.high !== null && (
        <Whisker low={place(scale, mark.low)} high={place(scale, mark.high)} y={y} />
      )}
      {mark.shape === "dot" ? <circle class="rs-dot" cx={`${at}%`} cy={y} r="6.5" /> : <Diamond at={at} y={y} />}
    </g>
  );
}

interface KeyProps {
  label: string;
  dot: string;
  diamond: string;
  interval: string;
  /** What the thin lines are; empty where there are none. */
  limits: string;
}

/** Names each mark once. */
export function IntervalKey({ label, dot, diamond, interval, limits }: KeyProps): JSX.Element {
  return (
    <ul class="rs-key" aria-label={label}>
      <Named name={dot} width={16}>
        <circle class="rs-dot" cx="8" cy="9" r="7" />
      </Named>
      <Named name={diamond} width={16}>
        <g class="rs-diamond">
          <path d="M8 1 14.5 9 8 17 1.5 9Z" />
        </g>
      </Named>
      <WhiskerKey name={interval} />
      {limits && (
        <Named name={limits} width={16}>
          <g class="rs-grid">
            <line class="rs-limit" x1="8" x2="8" y1="0" y2="18" />
          </g>
        </Named>
      )}
    </ul>
  );
}
