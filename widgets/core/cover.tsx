/** The cover: two ways in, the path through a meeting, and what goes on paper. */

import type { JSX } from "preact";
import { placesOf } from "./address";
import { FileTools } from "./team-tools";
import { Link, type Scene } from "./scene";

export function Cover({ scene }: { scene: Scene }): JSX.Element {
  const { words } = scene;
  const guess = placesOf(scene.unit).includes("guess");
  return (
    <>
      <p class="rs-say rs-for">{scene.say(scene.view.audience)}</p>
      <ul class="rs-ways">
        {guess && (
          <li>
            <Link scene={scene} to={{ page: "guess" }} class="rs-way">
              <strong>{words.guessFirst}</strong>
              <span>{words.guessFirstWhat}</span>
            </Link>
          </li>
        )}
        <li>
          <Link scene={scene} to={{ page: "glance" }} class="rs-way">
            <strong>{words.showMe}</strong>
            <span>{words.showMeWhat}</span>
          </Link>
        </li>
      </ul>
      <section class="rs-cover-more">
        <div>
          <Link scene={scene} to={{ page: guess ? "guess" : "glance", path: "1" }} class="rs-button">
            {words.pathLink}
          </Link>
          <p class="rs-soft">{words.pathWhat}</p>
        </div>
        <div>
          <FileTools scene={scene} save={false} />
          <p class="rs-soft">{words.openWhat}</p>
        </div>
        <div class="rs-buttons">
          <button type="button" class="rs-button" onClick={() => scene.print()}>
            {words.printAll}
          </button>
          {guess && (
            <button type="button" class="rs-button" onClick={() => scene.print("guess")}>
              {words.printGuess}
            </button>
          )}
        </div>
      </section>
    </>
  );
}
