/** What changed since the survey before: a line then and a line now for each scale, and what may be said of it. */

import type { JSX } from "preact";
import type { ChangeCell, Share } from "../schema/view";
import { ARROWS } from "./drawing";
import { Axis, Grid, Named, OpenEnd, Picture, Whisker } from "./marks";
import { type Scene, scaleTitle } from "./scene";
import { Favorable, Sentences } from "./sentences";
import { capital } from "./text";

/** The two lines of a row, in pixels from its top; on paper rows are lower. */
const LINES = { screen: { then: 19, now: 39 }, paper: { then: 11, now: 25 } };

type When = keyof typeof LINES.screen;

export function Change({ scene, few }: { scene: Scene; few: number }): JSX.Element | null {
  const { change } = scene.unit;
  if (!change) return null;
  const shares = change.cells.flatMap((cell) => (cell.before && cell.now ? [cell.before, cell.now] : []));
  return (
    <>
      <Sentences scene={scene} sentences={change.say} />
      <p class="rs-note">{scene.say(change.who)}</p>
      <section class="rs-card">
        {shares.length > 0 && (
          <>
            <ChangeKey
              scene={scene}
              open={shares.some((share) => share.coded)}
              interval={shares.some((share) => !share.coded)}
              arrows={change.cells.some((cell) => cell.direction)}
            />
            <div class="rs-row rs-row-axis">
              <Axis scene={scene} />
            </div>
          </>
        )}
        <ul class="rs-rows">
          {change.cells.slice(0, few).map((cell) => (
            <Row key={cell.scale} scene={scene} cell={cell} />
          ))}
        </ul>
        {few === Infinity && (
          <>
            {change.note && <p class="rs-note">{scene.say(change.note)}</p>}
            {shares.length > 0 && <Favorable scene={scene} />}
          </>
        )}
      </section>
    </>
  );
}

function Row({ scene, cell }: { scene: Scene; cell: ChangeCell }): JSX.Element {
  const words = capital(scene.say(cell.words), scene.state.language);
  return (
    <li class="rs-row rs-row-change" data-scale={cell.scale}>
      <h3 class="rs-row-name">{scaleTitle(scene, cell.scale)}</h3>
      {cell.before && cell.now ? (
        <>
          <div class="rs-row-picture">
            <Picture class="rs-picture">
              <Grid />
              <Line scene={scene} share={cell.before} when="then" />
              <Line scene={scene} share={cell.now} when="now" />
            </Picture>
          </div>
          <p class="rs-row-words">{words}</p>
        </>
      ) : (
        <p class={`rs-row-instead rs-reason-${cell.reason ?? "none"}`}>{words}</p>
      )}
      <Verdict scene={scene} cell={cell} />
    </li>
  );
}

function Line({ scene, share, when }: { scene: Scene; share: Share; when: When }): JSX.Element {
  const y = LINES[scene.paper ? "paper" : "screen"][when];
  const [from, to] = share.coded === "top" ? [95, 100] : [0, 5];
  if (share.coded) return <OpenEnd from={from} to={to} y={y - 6} height={12} />;
  return (
    <g data-when={when}>
      <Whisker low={share.low} high={share.high} y={y} />
      <circle class={`rs-dot rs-dot-${when}`} cx={`${share.percent}%`} cy={y} r="6.5" data-percent={share.percent} />
    </g>
  );
}

/** The verdict with its shape, and what changed in a sentence. */
function Verdict({ scene, cell }: { scene: Scene; cell: ChangeCell }): JSX.Element | null {
  const { verdict, direction } = cell;
  if (!verdict || verdict === "too_few") return null;
  const sentence = scene.say(cell.sentence);
  // The sentence of a verdict that says nothing else begins with it.
  if (verdict !== "clear" && verdict !== "maybe") {
    return <p class="rs-verdict rs-soft">{sentence || scene.words.changeVerdict[verdict]}</p>;
  }
  return (
    <p class={`rs-verdict rs-verdict-${verdict}`}>
      {direction && <Arrow scene={scene} direction={direction} clear={verdict === "clear"} />}{" "}
      <span class="rs-tag">{scene.words.changeVerdict[verdict]}</span> {sentence}
    </p>
  );
}

function Arrow({ scene, direction, clear }: { scene: Scene; direction: "up" | "down"; clear: boolean }): JSX.Element {
  return (
    <svg
      class={`rs-arrow${clear ? " rs-arrow-clear" : ""}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      role="img"
      aria-label={scene.words.directions[direction]}
      data-direction={direction}
    >
      <path d={ARROWS[direction]} />
    </svg>
  );
}

interface KeyProps {
  scene: Scene;
  interval: boolean;
  open: boolean;
  arrows: boolean;
}

function ChangeKey({ scene, interval, open, arrows }: KeyProps): JSX.Element {
  const { words } = scene;
  return (
    <ul class="rs-key" aria-label={words.key}>
      <Named name={words.keyThen} width={16}>
        <circle class="rs-dot rs-dot-then" cx="8" cy="9" r="6.5" />
      </Named>
      <Named name={words.keyNow} width={16}>
        <circle class="rs-dot rs-dot-now" cx="8" cy="9" r="6.5" />
      </Named>
      {interval && (
        <Named name={words.keyInterval} width={36}>
          <g class="rs-whisker">
            <path d="M1 9H35M1 4V14M35 4V14" />
          </g>
        </Named>
      )}
      {open && (
        <Named name={words.keyOpen} width={36}>
          <g class="rs-open">
            <path d="M18 3V15" />
            <path class="rs-dashes" d="M18 4H36M18 14H36" />
          </g>
        </Named>
      )}
      {arrows && (
        <Named name={words.keyArrow} width={36}>
          <g class="rs-arrow rs-arrow-clear" transform="translate(0 1)">
            <path d={ARROWS.up} />
          </g>
          <g class="rs-arrow" transform="translate(20 1)">
            <path d={ARROWS.up} />
          </g>
        </Named>
      )}
    </ul>
  );
}
