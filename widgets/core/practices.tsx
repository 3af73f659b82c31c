/** Practices: how far the teams are with each, on a stair of stages; those in use first, then those moving up. */

import type { JSX } from "preact";
import type { Adopted } from "../schema/view";
import { ARROWS } from "./drawing";
import { Picture } from "./marks";
import type { Scene } from "./scene";
import { capital } from "./text";

/** The foot of a stair and its lowest and highest step, in pixels from the top of its row. */
const STAIR = { screen: { foot: 48, low: 7, high: 30 }, paper: { foot: 34, low: 5, high: 20 } };

export function practiceTitle({ view, say }: Scene, id: string): string {
  return say(view.practices?.find((practice) => practice.id === id)?.title) || id;
}

/** The practices by what is good to know of them first, each part in the order of the view. */
export function adoptedOf(scene: Scene): { title: string; adopted: Adopted[] }[] {
  const { words, unit } = scene;
  const all = unit.practices ?? [];
  const up = (one: Adopted): boolean => !one.in_use && one.moved === "up";
  return [
    { title: words.inUse, adopted: all.filter((one) => one.in_use) },
    { title: words.movedUp, adopted: all.filter(up) },
    { title: words.others, adopted: all.filter((one) => !one.in_use && !up(one)) },
  ].filter(({ adopted }) => adopted.length > 0);
}

export function practicesSay({ words, unit }: Scene): string {
  const all = unit.practices ?? [];
  const teams = Math.max(...all.map((one) => one.teams.reduce((sum, count) => sum + count, 0)));
  const up = all.filter((one) => one.moved === "up").length;
  const used = words.practicesIn(all.filter((one) => one.in_use).length, all.length, teams);
  return up === 0 ? used : `${used} ${words.practicesUp(up)}`;
}

export function Practices({ scene }: { scene: Scene }): JSX.Element {
  const { words, view, say } = scene;
  return (
    <>
      <div class="rs-say">
        <p>{practicesSay(scene)}</p>
      </div>
      <p class="rs-note">{words.practicesHow}</p>
      <section class="rs-card rs-practices">
        <div class="rs-row rs-row-axis" aria-hidden="true">
          <div class="rs-stages">
            {(view.stages ?? []).map((stage, index) => (
              <span key={index}>{say(stage)}</span>
            ))}
          </div>
        </div>
        {adoptedOf(scene).map(({ title, adopted }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ul class="rs-rows">
              {adopted.map((one) => (
                <Row key={one.practice} scene={scene} one={one} />
              ))}
            </ul>
          </section>
        ))}
      </section>
    </>
  );
}

function Row({ scene, one }: { scene: Scene; one: Adopted }): JSX.Element {
  const { words, state, view, say } = scene;
  const { foot, low, high } = STAIR[scene.paper ? "paper" : "screen"];
  const { teams } = one;
  const wide = 100 / teams.length;
  const all = teams.reduce((sum, count) => sum + count, 0);
  const there = teams.flatMap((count, index) =>
    count > 0 ? [`${say(view.stages?.[index])}: ${words.teamCount(count)}`] : [],
  );
  return (
    <li class="rs-row" data-practice={one.practice}>
      <h4 class="rs-row-name">{practiceTitle(scene, one.practice)}</h4>
      <div class="rs-row-picture">
        <Picture class="rs-picture" label={there.join("; ")}>
          {teams.map((count, index) => {
            const height = low + ((high - low) * index) / Math.max(1, teams.length - 1);
            return (
              <g key={index} data-teams={count}>
                <rect
                  class={count > 0 ? "rs-bar" : "rs-step"}
                  x={`${wide * index + 1}%`}
                  y={foot - height}
                  width={`${wide - 2}%`}
                  height={height}
                />
                {count > 0 && all > 1 && (
                  <text class="rs-step-teams" x={`${wide * (index + 0.5)}%`} y={foot - height - 4}>
                    {count}
                  </text>
                )}
              </g>
            );
          })}
        </Picture>
      </div>
      {/* Where the stages have no names above the stairs. */}
      <p class="rs-row-stages rs-soft" aria-hidden="true">
        {there.join("; ")}
      </p>
      <p class="rs-row-words">
        <strong>{capital(say(one.words), state.language)}</strong>
        {one.moved && <Moved scene={scene} moved={one.moved} />}
      </p>
    </li>
  );
}

function Moved({ scene, moved }: { scene: Scene; moved: NonNullable<Adopted["moved"]> }): JSX.Element {
  return (
    <span class="rs-soft rs-moved">
      <svg class="rs-arrow" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path
          d={moved === "same" ? ARROWS.up : ARROWS[moved]}
          transform={moved === "same" ? "rotate(90 8 8)" : undefined}
        />
      </svg>{" "}
      {scene.words.moved[moved]}
    </span>
  );
}
