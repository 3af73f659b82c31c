/** The questions a reader sees: those looked for, in the order asked for. */

import type { Item, ItemCell } from "../schema/view";
import type { Sort } from "./address";
import { total } from "./geometry";
import { type Scene, scaleTitle } from "./scene";
import { searchable } from "./text";

export interface Asked {
  item: Item;
  cell: ItemCell;
}

export interface Block {
  id: string;
  title: string;
  note: string;
  questions: Asked[];
}

/** What each order looks at; null stands last, and equal ones keep the instrument's order. */
const BY: Record<Sort, (cell: ItemCell) => number | null> = {
  favorable: (cell) => cell.share?.percent ?? null,
  unfavorable: (cell) => ((cell.parts ?? []).length > 0 ? total(cell, "unfavorable") : null),
  not_counted: (cell) => cell.not_counted ?? null,
};

/** The questions of a unit that hold every word looked for, in the instrument's order. */
function found(scene: Scene): Asked[] {
  const { view, unit, state } = scene;
  const items = new Map(view.items.map((item) => [item.id, item]));
  const wanted = searchable(state.find)
    .split(/\s+/)
    .filter((word) => word !== "");
  return unit.items.flatMap((cell) => {
    const item = items.get(cell.item);
    if (item === undefined) return [];
    if (wanted.length === 0) return [{ item, cell }];
    const text = searchable(`${scene.say(item.text)} ${item.scale ? scaleTitle(scene, item.scale) : ""}`);
    return wanted.every((word) => text.includes(word)) ? [{ item, cell }] : [];
  });
}

/** By scale in the view's order, those of no scale last; in another order all together. */
export function blocksOf(scene: Scene): Block[] {
  const { view, state, words } = scene;
  const asked = found(scene);
  const { sort } = state;
  if (sort !== null) {
    const value = ({ cell }: Asked): number => BY[sort](cell) ?? -1;
    const questions = asked.sort((a, b) => value(b) - value(a));
    return questions.length > 0 ? [{ id: "", title: orderName(scene, sort), note: "", questions }] : [];
  }
  const known = new Set(view.scales.map((scale) => scale.id));
  const scales: Block[] = view.scales.map((scale) => ({
    id: scale.id,
    title: scene.say(scale.title),
    note: scene.say(scale.note),
    questions: asked.filter(({ item }) => item.scale === scale.id),
  }));
  const rest = asked.filter(({ item }) => item.scale == null || !known.has(item.scale));
  return [...scales, { id: "", title: words.notInScale, note: "", questions: rest }].filter(
    (block) => block.questions.length > 0,
  );
}

/** An order by what the view calls the answer that is not counted. */
export function orderName(scene: Scene, sort: Sort | null): string {
  const label = scene.say(scene.view.not_counted);
  if (sort === "not_counted" && label !== "") return scene.words.mostNotCounted(label);
  return scene.words.orders[sort ?? "instrument"];
}
