/** A distribution: unfavorable to the left of one line, favorable to the right, in between and "not sure" apart. */

import type { JSX } from "preact";
import type { ItemCell, Part } from "../schema/view";
import type { Asked } from "./asked";
import { type Extent, hasMiddle, type Level, levelOf, segments, total } from "./geometry";
import { Whisker } from "./marks";
import type { Scene } from "./scene";

/** The height of a bar and of the strip beneath it that holds the whisker, in pixels. */
const SIZES = { screen: { bar: 24, strip: 16 }, paper: { bar: 14, strip: 11 } };

/** The widths of the columns in percents, for the style sheet to turn into lengths: once for all rows beneath. */
export function columns(extent: Extent): Record<string, string> {
  return {
    "--rs-sides": String(extent.unfavorable + extent.favorable),
    "--rs-zero": String(extent.unfavorable),
    "--rs-between": String(extent.neutral),
    "--rs-apart": String(extent.notCounted),
    "--rs-columns": String((extent.neutral > 0 ? 1 : 0) + (extent.notCounted > 0 ? 1 : 0)),
  };
}

interface HeadProps {
  scene: Scene;
  extent: Extent;
  /** Which of the columns that stand apart have a name. */
  apart: readonly [boolean, boolean];
}

/** Names the columns that the questions beneath have something in. */
export function DistributionHead({ scene, extent, apart: [middle, notCounted] }: HeadProps): JSX.Element {
  return (
    <div class="rs-question rs-distribution-head" aria-hidden="true">
      <div class="rs-distribution">
        <div class="rs-sides">
          <span class="rs-head-unfavorable">{scene.words.unfavorable}</span>
          <span class="rs-head-favorable">{scene.words.favorable}</span>
        </div>
        {extent.neutral > 0 && <span class="rs-between">{middle && scene.words.middle}</span>}
        {extent.notCounted > 0 && <span class="rs-apart">{notCounted && scene.say(scene.view.not_counted)}</span>}
      </div>
    </div>
  );
}

interface DistributionProps {
  scene: Scene;
  asked: Asked;
  extent: Extent;
}

export function Distribution({ scene, asked, extent }: DistributionProps): JSX.Element {
  const { item, cell } = asked;
  const { bar, strip } = SIZES[scene.paper ? "paper" : "screen"];
  const width = extent.unfavorable + extent.favorable;
  const place = (percent: number): number => ((extent.unfavorable + percent) / width) * 100;
  const sides = segments(cell.parts ?? []);
  const label = (cell.parts ?? []).map((part) => `${scene.say(part.label)} ${part.percent} %`);
  const notCounted = scene.say(item.not_counted ?? scene.view.not_counted);
  if (cell.not_counted != null) label.push(`${notCounted} ${cell.not_counted} %`);
  return (
    <div class="rs-distribution" role="img" aria-label={label.join("; ")}>
      <div class="rs-sides">
        <svg width="100%" height={bar + strip} aria-hidden="true" focusable="false">
          {sides.map((segment, index) => (
            <rect
              key={index}
              class={`rs-part rs-${segment.part.tone}-${segment.level}`}
              x={`${place(segment.from)}%`}
              y="0"
              width={`${((segment.to - segment.from) / width) * 100}%`}
              height={bar}
              data-percent={segment.part.percent}
            />
          ))}
          <line class="rs-zero" x1={`${place(0)}%`} x2={`${place(0)}%`} y1="-3" y2={bar + 3} />
          {cell.share && !cell.share.coded && (
            <Whisker low={place(cell.share.low)} high={place(cell.share.high)} y={bar + strip / 2} crosses={false} />
          )}
        </svg>
        {sides.map((segment, index) => (
          <span
            key={index}
            class={`rs-part-label rs-on-${segment.part.tone}-${segment.level}`}
            style={{ left: `${place(segment.from)}%`, width: `${((segment.to - segment.from) / width) * 100}%` }}
          >
            {segment.part.percent}
          </span>
        ))}
      </div>
      {extent.neutral > 0 && (
        <Apart
          class="rs-between"
          height={bar}
          name={scene.words.middle}
          percent={hasMiddle(cell) ? total(cell, "neutral") : null}
        />
      )}
      {extent.notCounted > 0 && (
        <Apart class="rs-apart" height={bar} name={notCounted} percent={cell.not_counted ?? null} />
      )}
    </div>
  );
}

interface ApartProps {
  class: string;
  name: string;
  percent: number | null;
  height: number;
}

/** An answer in a column of its own. */
function Apart({ name, percent, height, ...rest }: ApartProps): JSX.Element {
  return (
    <div {...rest}>
      {percent !== null && (
        <>
          <span class="rs-apart-name">{name}</span>
          <svg height={height} style={{ "--rs-percent": String(percent) }} aria-hidden="true" focusable="false">
            <rect class="rs-part rs-neutral" width="100%" height={height} data-percent={percent} />
          </svg>
          <span class="rs-apart-number">{percent}</span>
        </>
      )}
    </div>
  );
}

/** Two sets of answers with one key share a legend. */
export function legendKey(parts: readonly Part[]): string {
  return JSON.stringify(parts.map((part) => [part.tone, part.label]));
}

/** The answers that most questions of a list share: they are named above it, and those of the others beside each. */
export function commonParts(questions: readonly { cell: ItemCell }[]): readonly Part[] {
  const counts = new Map<string, { parts: readonly Part[]; count: number }>();
  for (const { cell } of questions) {
    const parts = cell.parts ?? [];
    if (parts.length === 0) continue;
    const key = legendKey(parts);
    counts.set(key, { parts, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return most?.parts ?? [];
}

/** Names the answers once, in the order in which they stand in the pictures. */
export function Legend({ scene, parts }: { scene: Scene; parts: readonly Part[] }): JSX.Element {
  return (
    <ul class="rs-legend" aria-label={scene.words.answers}>
      {parts.map((part, index) => (
        <li key={index}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <rect
              class={`rs-part ${part.tone === "neutral" ? "rs-neutral" : `rs-${part.tone}-${levelIn(parts, index)}`}`}
              x="1"
              y="1"
              width="14"
              height="14"
            />
          </svg>
          {scene.say(part.label)}
        </li>
      ))}
    </ul>
  );
}

/** The level of a part among those of its tone. */
function levelIn(parts: readonly Part[], index: number): Level {
  const part = parts[index];
  if (part === undefined) return "strong";
  const side = parts.filter((other) => other.tone === part.tone);
  const outward = part.tone === "unfavorable" ? side.reverse() : side;
  return levelOf(outward.indexOf(part), outward.length);
}
