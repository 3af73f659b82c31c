/** The view the browser tests use too. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resolve, type Wish } from "../core/address";
import { readView } from "../core/read";
import { type Scene, sceneOf } from "../core/scene";
import type { View } from "../schema/view";

/** Where `widgets/` is. */
export const WIDGETS = process.env["RELSURVEY_WIDGETS"] ?? ".";

export function sampleText(): string {
  return readFileSync(join(WIDGETS, "../tests/browser/sample.view.json"), "utf8");
}

export function sample(): View {
  return readView(sampleText());
}

export function sceneFor(wish: Wish): Scene {
  const view = sample();
  return sceneOf(view, resolve(view, wish), { host: "page", paper: false, go: () => undefined });
}
