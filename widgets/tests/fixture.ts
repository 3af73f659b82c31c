/** The view the browser tests use too. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resolve, type Wish } from "../core/address";
import { readView } from "../core/read";
import { type Scene, sceneOf } from "../core/scene";
import { type Meeting, NEW_MEETING } from "../core/team";
import type { View } from "../schema/view";

/** Where `widgets/` is. */
export const WIDGETS = process.env["RELSURVEY_WIDGETS"] ?? ".";

export function sampleText(): string {
  return readFileSync(join(WIDGETS, "../tests/browser/sample.view.json"), "utf8");
}

export function sample(): View {
  return readView(sampleText());
}

/** The same with a change since the wave before, and comments. */
export function told(): View {
  const parts: unknown = JSON.parse(readFileSync(join(WIDGETS, "../tests/browser/told.json"), "utf8"));
  const view = sample();
  const units = view.units.map((unit) => (unit.id === "sierra-norte" ? { ...unit, ...(parts as object) } : unit));
  return readView({ ...view, units });
}

/** A view of marks: weeks, practices and policies to try. */
export function marks(): View {
  return readView(readFileSync(join(WIDGETS, "../tests/browser/marks.view.json"), "utf8"));
}

export function sceneFor(wish: Wish, meeting: Partial<Meeting> = {}, view = sample()): Scene {
  const nothing = (): void => undefined;
  const written = { ...NEW_MEETING, ...meeting };
  const frame = { go: nothing, meeting: written, change: nothing, print: nothing };
  return sceneOf(view, resolve(view, wish), { host: "page", paper: false, ...frame });
}
