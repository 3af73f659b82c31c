/** Sentences of a view, and the lines that stand on every page. */

import type { JSX } from "preact";
import type { Text } from "../schema/view";
import { Link, type Scene } from "./scene";
import { capital, dayInWords, runs } from "./text";

/** A sentence with the names of scales and variables in bold. */
export function Sentence({ scene, text }: { scene: Scene; text: Text }): JSX.Element {
  const names = scene.view.scales.map((scale) => scene.say(scale.title));
  return (
    <>
      {runs(scene.say(text), names).map((run, index) =>
        run.strong ? <strong key={index}>{run.text}</strong> : run.text,
      )}
    </>
  );
}

export function Sentences({ scene, sentences }: { scene: Scene; sentences: readonly Text[] }): JSX.Element | null {
  if (sentences.length === 0) return null;
  return (
    <div class="rs-say">
      {sentences.map((text, index) => (
        <p key={index}>
          <Sentence scene={scene} text={text} />
        </p>
      ))}
    </div>
  );
}

/** What "favorable" means: it stands wherever the word does. */
export function Favorable({ scene }: { scene: Scene }): JSX.Element {
  return (
    <p class="rs-note">
      <span class="rs-note-name">{scene.words.favorableMeans}.</span> {scene.say(scene.view.favorable)}
    </p>
  );
}

/** What is not shown and why, in one line, with the way to *About these numbers*. */
export function Hidden({ scene }: { scene: Scene }): JSX.Element {
  const hidden = scene.unit.hidden ?? [];
  return (
    <p class="rs-hidden">
      {hidden.map((text) => scene.say(text)).join(" ")}{" "}
      {scene.state.page !== "about" && (
        <Link scene={scene} to={{ page: "about" }} class="rs-link">
          {scene.words.pages.about}
        </Link>
      )}
    </p>
  );
}

/** For whom, by whom (these two say that it holds aggregates only), when, and whether it is simulated. */
export function Colophon({ scene }: { scene: Scene }): JSX.Element {
  const { view, words } = scene;
  const parts = [
    scene.say(view.audience),
    scene.say(view.publisher),
    dayInWords(view.made, scene.state.language),
    ...(view.simulated ? [words.simulated] : []),
  ];
  return (
    <p class="rs-colophon">
      {parts.map((part, index) => (
        <span key={index}>{part.replace(/\.$/, "")}</span>
      ))}
    </p>
  );
}

/** The words of a cell and, less loud, its range. */
export function Words({
  scene,
  words,
  range,
}: {
  scene: Scene;
  words: Text;
  range: Text | null | undefined;
}): JSX.Element {
  return (
    <>
      <strong>{capital(scene.say(words), scene.state.language)}</strong>{" "}
      {range && <span class="rs-soft">{scene.say(range)}</span>}
    </>
  );
}
