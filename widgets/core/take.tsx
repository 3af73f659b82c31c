/** Taking a page's picture along. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { showsPair } from "./groups";
import { hasPicture, pictureOf } from "./picture";
import { saveDrawing, savePainting } from "./save";
import { pageTitle, type Scene } from "./scene";
import { fileName } from "./spreadsheet";

/** The picture as a file, drawn anew from the view in light colours. */
export function TakePicture({ scene }: { scene: Scene }): JSX.Element | null {
  const { words, view, state } = scene;
  const [said, say] = useState("");
  if (!hasPicture(scene) || showsPair(scene)) return null;
  const name = (kind: "svg" | "png"): string =>
    fileName(kind, view.id, scene.unit.id, pageTitle(scene, state.page), view.simulated ? words.simulated : "");
  const draw = (): void => {
    saveDrawing(name("svg"), pictureOf(scene).svg);
    say(words.saved);
  };
  const paint = async (): Promise<void> => {
    const done = await savePainting(name("png"), pictureOf(scene));
    say(done ? words.saved : words.pictureFailed);
  };
  return (
    <>
      <button type="button" class="rs-button" onClick={paint}>
        {words.savePicture("PNG")}
      </button>
      <button type="button" class="rs-button" onClick={draw}>
        {words.savePicture("SVG")}
      </button>
      <span role="status">{said}</span>
    </>
  );
}
