/** Draws a view. Knows no Jupyter: `page`, `anywidget` and `lab` are thin adapters around it. */

export type { View } from "../schema/view";
export type { State, Wish } from "./address";
export { mount, type Mounted, type MountOptions } from "./mount";
export { readView, ViewError } from "./read";
export type { Host } from "./scene";
