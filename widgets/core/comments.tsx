/** What students wrote, as far as a person released it: text and nothing else. */

import type { JSX } from "preact";
import { quotesOf } from "./address";
import type { Scene } from "./scene";

export function Comments({ scene }: { scene: Scene }): JSX.Element {
  return (
    <>
      <div class="rs-say">
        <p>{scene.words.chosen}</p>
      </div>
      {quotesOf(scene.unit).map((quoted, index) => (
        <section class="rs-card rs-quoted" key={index}>
          <h3>{scene.say(quoted.question)}</h3>
          <ul class="rs-quotes">
            {quoted.texts.map((text, at) => (
              // Its own direction, whatever a comment begins with or leaves open.
              <li key={at}>
                <blockquote dir="auto">{text}</blockquote>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
