/** The 45-minute path: a thin bar above the page, with the step, its minutes and what to talk about. */

import type { JSX } from "preact";
import { stepsOf } from "./address";
import { Link, pageTitle, type Scene } from "./scene";

export function PathBar({ scene }: { scene: Scene }): JSX.Element | null {
  const { words, state } = scene;
  if (state.path === null) return null;
  const steps = stepsOf(scene.unit);
  const at = steps[state.path - 1];
  if (at === undefined) return null;
  const before = steps[state.path - 2];
  const after = steps[state.path];
  return (
    <aside class="rs-path rs-screen" aria-label={words.path}>
      <p class="rs-path-step">
        <strong>
          {words.pathStep(state.path, steps.length)}: {pageTitle(scene, at.page)}
        </strong>{" "}
        <span class="rs-soft">{words.pathMinutes(at.minutes, at.until)}</span>
      </p>
      <p class="rs-path-ask">
        {words.pathAsk[at.page]} <span class="rs-soft">{words.pathNorm}</span>
      </p>
      <div class="rs-buttons">
        {at.page !== state.page && (
          <Link scene={scene} to={{ page: at.page }} class="rs-button rs-button-main">
            {words.pathHere(pageTitle(scene, at.page))}
          </Link>
        )}
        {before !== undefined && (
          <Link scene={scene} to={{ page: before.page, path: String(state.path - 1) }} class="rs-button">
            {words.pathBack}
            <kbd aria-hidden="true">b</kbd>
          </Link>
        )}
        {after !== undefined && (
          <Link
            scene={scene}
            to={{ page: after.page, path: String(state.path + 1) }}
            class={at.page === state.page ? "rs-button rs-button-main" : "rs-button"}
          >
            {words.pathOn}
            <kbd aria-hidden="true">n</kbd>
          </Link>
        )}
        <Link scene={scene} to={{ page: state.page, part: state.part, path: null }} class="rs-button">
          {after === undefined ? words.pathEnd : words.pathLeave}
        </Link>
      </div>
    </aside>
  );
}
