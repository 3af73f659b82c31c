/** What changed since the survey before: a line then and a line now for each scale, and what may be said of it. */

import type { JSX } from "preact";
import type { ChangeCell, Share } from "../schema/view";
import { ARROWS } from "./drawing";
import { Arrow, Axis, Coded, Grid, Named, OpenKey, Picture, Whisker, WhiskerKey } from "./marks";
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
        <ChangeKey
          scene={scene}
          open={shares.some((share) => share.coded)}
          interval={shares.some((share) => !share.coded)}
          arrows={change.cells.some((cell) => cell.direction)}
        />
        <Axis scene={scene} />
        <ul class="rs-rows">
          {change.cells.slice(0, few).map((cell) => (
            <Row key={cell.scale} scene={scene} cell={cell} />
          ))}
        </ul>
        {few === Infinity && (
          <>
            {change.note && <p class="rs-note">{scene.say(change.note)}</p>}
            <Favorable scene={scene} />
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
  if (share.coded) return <Coded coded={share.coded} y={y - 6} height={12} />;
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
      {direction && (
        <Arrow direction={direction} clear={verdict === "clear"} label={scene.words.directions[direction]} />
      )}{" "}
      <span class="rs-tag">{scene.words.changeVerdict[verdict]}</span> {sentence}
    </p>
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
      {interval && <WhiskerKey name={words.keyInterval} />}
      {open && <OpenKey name={words.keyOpen} />}
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
