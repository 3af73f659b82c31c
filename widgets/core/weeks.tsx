/** Week by week: what the run rules found, above the line of weeks about its median. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Run } from "../schema/view";
import { Named, Picture } from "./marks";
import { begunOf, everyOf, placeOf, quietOf, shownOf, ticksOf } from "./run";
import type { Scene } from "./scene";

/** The height of a chart, in pixels, and what its highest dot needs above it. */
const HEIGHT = { screen: 190, paper: 120 };
const ABOVE = 8;

/** At most so many weeks are named side by side where there is room; a third of them where there is not. */
const NAMED = 9;

export function Weeks({ scene }: { scene: Scene }): JSX.Element {
  const runs = scene.unit.weeks ?? [];
  const ticks = useMemo(() => ticksOf(scene.view), [scene.view]);
  return (
    <>
      <WeeksKey scene={scene} runs={runs} top={ticks.at(-1) ?? 100} />
      {runs.map((run) => (
        <section class="rs-card rs-run" key={run.id} data-run={run.id}>
          <h3>{scene.say(run.title)}</h3>
          <p class="rs-say">{scene.say(run.sentence)}</p>
          <Chart scene={scene} run={run} ticks={ticks} />
          {run.note && <p class="rs-note">{scene.say(run.note)}</p>}
        </section>
      ))}
    </>
  );
}

function Chart({ scene, run, ticks }: { scene: Scene; run: Run; ticks: readonly number[] }): JSX.Element {
  const { words } = scene;
  const height = HEIGHT[scene.paper ? "paper" : "screen"];
  const top = ticks.at(-1) ?? 100;
  const y = (percent: number): number => height - (percent / top) * (height - ABOVE);
  const at = (index: number): string => `${placeOf(index, run)}%`;
  const shown = shownOf(run);
  const quiet = quietOf(run, top);
  const wide = everyOf(run, NAMED);
  const phases = begunOf(run);
  return (
    <div class="rs-chart">
      <div class="rs-chart-inner" style={{ gridTemplateRows: `repeat(${phases.length}, auto) auto` }}>
        {phases.map(({ edge }, index) => (
          <span key={index} class="rs-phase-line" style={{ gridRow: `${index + 1} / -1`, marginLeft: `${edge}%` }} />
        ))}
        <ul class="rs-phases">
          {phases.map(({ title, edge, point, left }, index) => (
            <li
              key={index}
              class={left ? "rs-phase-left" : ""}
              style={{ gridRow: index + 1, [left ? "marginRight" : "marginLeft"]: `${left ? 100 - edge : edge}%` }}
            >
              <span>
                {scene.say(point.label)}: <strong>{scene.say(title)}</strong>
              </span>
            </li>
          ))}
        </ul>
        <div class="rs-plot">
          {ticks.map((tick) => (
            <span key={tick} class="rs-tick" style={{ top: `${y(tick)}px` }} aria-hidden="true">
              {`${tick} %`}
            </span>
          ))}
          <Picture class="rs-line-picture" height={height}>
            <g class="rs-grid">
              {ticks.map((tick) => (
                <line key={tick} x1="0" x2="100%" y1={y(tick)} y2={y(tick)} />
              ))}
            </g>
            <line class="rs-median" x1="0" x2="100%" y1={y(run.middle)} y2={y(run.middle)} data-percent={run.middle} />
            {shown.map((point, index) => {
              const before = shown[index - 1];
              return (
                before?.index === point.index - 1 && (
                  <line
                    key={point.week}
                    class="rs-run-line"
                    x1={at(before.index)}
                    y1={y(before.percent)}
                    x2={at(point.index)}
                    y2={y(point.percent)}
                  />
                )
              );
            })}
            {shown.map((point) => (
              <circle
                key={point.week}
                class={point.coded ? "rs-dot rs-dot-then" : "rs-dot"}
                cx={at(point.index)}
                cy={y(point.percent)}
                r="5"
                data-percent={point.percent}
              />
            ))}
          </Picture>
          {quiet && (
            <span
              class={`rs-median-name rs-median-${quiet.end} rs-median-${quiet.side}`}
              style={{ top: `${y(run.middle)}px` }}
            >
              {words.median}
            </span>
          )}
        </div>
      </div>
      <div class="rs-week-names" aria-hidden="true">
        {run.points.map(
          (point, index) =>
            index % wide === 0 && (
              <span key={point.week} class={index % (3 * wide) === 0 ? "" : "rs-wide-only"} style={{ left: at(index) }}>
                {scene.say(point.label)}
              </span>
            ),
        )}
      </div>
    </div>
  );
}

function WeeksKey({ scene, runs, top }: { scene: Scene; runs: readonly Run[]; top: number }): JSX.Element {
  const { words } = scene;
  const gaps = runs.some((run) => run.points.some(({ percent }) => percent == null));
  const coded = runs.some((run) => shownOf(run).some((point) => point.coded));
  return (
    <ul class="rs-key" aria-label={words.key}>
      <Named name={words.keyWeek} width={16}>
        <circle class="rs-dot" cx="8" cy="9" r="6" />
      </Named>
      {coded && (
        <Named name={words.keyCoded} width={16}>
          <circle class="rs-dot rs-dot-then" cx="8" cy="9" r="6" />
        </Named>
      )}
      {runs.some((run) => quietOf(run, top) === null) && (
        <Named name={words.median} width={36}>
          <path class="rs-median" d="M0 9H36" />
        </Named>
      )}
      {gaps && <li>{words.keyGap}</li>}
    </ul>
  );
}
