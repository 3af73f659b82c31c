/** Try a policy: dials, and what the marks would be, looked up among the policies that were published. */

import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Dial, Outcome, Tried } from "../schema/view";
import { Arrow, Axis, Grid, Picture, Solid } from "./marks";
import { type Scene, scaleTitle } from "./scene";
import { Favorable, Sentence } from "./sentences";
import { capital } from "./text";

/** More choices than this stand in a menu. */
const MOST = 4;

/** The two bars of a row, in pixels from its top, and their height; on paper rows are lower. */
const BARS = { screen: { now: 8, then: 32, height: 14 }, paper: { now: 5, then: 21, height: 10 } };

/** The position of each dial. */
export function choicesOf({ view, state }: Scene): number[] {
  const positions = state.dials.split("-").map(Number);
  return (view.dials ?? []).map((_, at) => positions[at] ?? 0);
}

export function triedOf(scene: Scene): { now: Tried | undefined; then: Tried | undefined } {
  const tried = scene.unit.lab?.tried ?? [];
  const wanted = choicesOf(scene).join();
  return { now: tried[0], then: tried.find(({ choices }) => choices.join() === wanted) };
}

export function Try({ scene }: { scene: Scene }): JSX.Element {
  const { words, state, unit, view, say } = scene;
  const choices = choicesOf(scene);
  const { now, then } = triedOf(scene);
  const first = useRef<HTMLFieldSetElement>(null);
  const [turned, setTurned] = useState(false);
  const turn = (at: number, choice: number): void => {
    setTurned(true);
    scene.go({ dials: choices.map((old, index) => (index === at ? choice : old)).join("-"), part: state.part }, true);
  };
  const back = (): void => {
    setTurned(true);
    scene.go({ dials: "", part: state.part }, true);
    // The button is gone, and with it the focus.
    first.current?.querySelector<HTMLElement>("input, select")?.focus();
  };
  return (
    <>
      <div class="rs-say">
        <p>{words.trySay}</p>
      </div>
      <div class="rs-try">
        <section class="rs-card rs-dials rs-screen">
          {(view.dials ?? []).map((dial, at) => (
            <DialField
              key={dial.id}
              scene={scene}
              dial={dial}
              choice={choices[at] ?? 0}
              turn={(choice) => turn(at, choice)}
              place={at === 0 ? first : null}
            />
          ))}
          {state.dials !== "" && (
            <button type="button" class="rs-button" onClick={back}>
              {words.asNow}
            </button>
          )}
        </section>
        <section class="rs-card rs-outcomes">
          <h3>{words.ifNothing}</h3>
          {then === undefined ? (
            <p class="rs-soft">{words.notTried}</p>
          ) : (
            <>
              <p class="rs-policy">{say(then.says)}</p>
              {then === now && <p class="rs-soft rs-screen">{words.tryHint}</p>}
              <Axis scene={scene} />
              <ul class="rs-rows">
                {then.outcomes.map((outcome) => (
                  <Row
                    key={outcome.scale}
                    scene={scene}
                    now={now?.outcomes.find(({ scale }) => scale === outcome.scale)}
                    then={then === now ? null : outcome}
                  />
                ))}
              </ul>
            </>
          )}
          {unit.lab?.note && <p class="rs-note">{say(unit.lab.note)}</p>}
          <Favorable scene={scene} />
        </section>
      </div>
      <p class="rs-away" aria-live="polite">
        {turned && heard(scene, then)}
      </p>
    </>
  );
}

/** What changed, for ears: the policy, then each measure. */
function heard(scene: Scene, then: Tried | undefined): string {
  const { words, say } = scene;
  if (then === undefined) return words.notTried;
  if (scene.state.dials === "") return `${words.asNow}.`;
  const each = then.outcomes.map((one) => `${scaleTitle(scene, one.scale)}: ${outcomeWords(scene, one)}`);
  return [`${words.ifNothing}: ${say(then.says)}`, ...each].join(" ");
}

/** "More. About 1 in 10 more students." */
export function outcomeWords({ words, say }: Scene, { beside, sentence }: Outcome): string {
  return beside === "same" ? say(sentence) || words.besides.same : `${words.besides[beside]}. ${say(sentence)}`;
}

interface DialProps {
  scene: Scene;
  dial: Dial;
  choice: number;
  turn: (choice: number) => void;
  place: { current: HTMLFieldSetElement | null } | null;
}

function DialField({ scene, dial, choice, turn, place }: DialProps): JSX.Element {
  const { say } = scene;
  const title = say(dial.title);
  // Two views in one document have their own.
  const name = useId();
  return (
    <fieldset ref={place} data-dial={dial.id}>
      <legend>{title}</legend>
      {dial.choices.length > MOST ? (
        <select aria-label={title} value={choice} onChange={(event) => turn(Number(event.currentTarget.value))}>
          {dial.choices.map((one, index) => (
            <option key={one.id} value={index} selected={index === choice}>
              {say(one.title)}
            </option>
          ))}
        </select>
      ) : (
        dial.choices.map((one, index) => (
          <label key={one.id} class="rs-dial">
            <input type="radio" name={name} value={index} checked={index === choice} onChange={() => turn(index)} />
            {say(one.title)}
          </label>
        ))
      )}
    </fieldset>
  );
}

function Row({ scene, now, then }: { scene: Scene; now: Outcome | undefined; then: Outcome | null }): JSX.Element {
  const { words, say, state } = scene;
  const { now: upper, then: lower, height } = BARS[scene.paper ? "paper" : "screen"];
  const moved = then !== null && then.beside !== "same" ? then : null;
  const scale = now?.scale ?? then?.scale ?? "";
  return (
    <li class={moved === null ? "rs-row rs-row-try rs-row-same" : "rs-row rs-row-try"} data-scale={scale}>
      <h4 class="rs-row-name">{scaleTitle(scene, scale)}</h4>
      <div class="rs-row-picture">
        <Picture class="rs-picture">
          <Grid />
          {now && <Solid share={now} y={upper} height={height} class="rs-bar" />}
          {moved && <Solid share={moved} y={lower} height={height} class="rs-bar-then" />}
        </Picture>
      </div>
      <div class="rs-row-words">
        {now && (
          <p>
            <span class="rs-soft">{words.tryNow}</span> {say(now.words)}
          </p>
        )}
        {moved && (
          <p>
            <span class="rs-soft">{words.tryThen}</span> <strong>{say(moved.words)}</strong>
          </p>
        )}
      </div>
      {then && (
        <p class="rs-verdict">
          {moved ? (
            <>
              <Arrow direction={moved.beside === "more" ? "up" : "down"} clear />{" "}
              <span class="rs-tag">{words.besides[moved.beside]}</span> <Sentence scene={scene} text={moved.sentence} />
            </>
          ) : (
            <span class="rs-soft">{capital(outcomeWords(scene, then), state.language)}</span>
          )}
        </p>
      )}
    </li>
  );
}
