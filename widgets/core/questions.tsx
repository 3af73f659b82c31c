/** The questions of each scale, with their distributions. */

import type { JSX } from "preact";
import type { Item, ItemCell, Part } from "../schema/view";
import { Distribution, DistributionHead, Legend, legendKey } from "./distribution";
import { type Extent, extentOf } from "./geometry";
import { Key } from "./marks";
import type { Scene } from "./scene";
import { Favorable, Words } from "./sentences";
import { capital } from "./text";

interface Block {
  id: string;
  title: string;
  note: string;
  questions: { item: Item; cell: ItemCell }[];
}

/** The questions a unit has, by scale in the view's order; questions of no scale come last. */
function blocksOf(scene: Scene): Block[] {
  const { view, unit, words } = scene;
  const items = new Map(view.items.map((item) => [item.id, item]));
  const asked = unit.items.flatMap((cell) => {
    const item = items.get(cell.item);
    return item === undefined ? [] : [{ item, cell }];
  });
  const scales: Block[] = view.scales.map((scale) => ({
    id: scale.id,
    title: scene.say(scale.title),
    note: scene.say(scale.note),
    questions: asked.filter(({ item }) => item.scale === scale.id),
  }));
  const known = new Set(view.scales.map((scale) => scale.id));
  const rest = asked.filter(({ item }) => item.scale == null || !known.has(item.scale));
  return [...scales, { id: "", title: words.notInScale, note: "", questions: rest }].filter(
    (block) => block.questions.length > 0,
  );
}

export function Questions({ scene }: { scene: Scene }): JSX.Element {
  const extent = extentOf(scene.view);
  const legends = new Set<string>();
  return (
    <>
      <Key
        scene={scene}
        mark={null}
        interval={scene.unit.items.some((cell) => cell.share && !cell.share.coded)}
        open={false}
        references={[]}
      />
      <Favorable scene={scene} />
      {blocksOf(scene).map((block) => {
        const fresh = firstParts(block).filter((parts) => !legends.has(legendKey(parts)));
        for (const parts of fresh) legends.add(legendKey(parts));
        return (
          <section class="rs-card rs-block" key={block.id} data-scale={block.id}>
            <div class="rs-block-head">
              <h3 tabIndex={-1}>{block.title}</h3>
              {block.note !== "" && <p class="rs-soft">{block.note}</p>}
            </div>
            {fresh.map((parts) => (
              <Legend key={legendKey(parts)} scene={scene} parts={parts} />
            ))}
            {block.questions.some(({ cell }) => drawn(cell)) && <DistributionHead scene={scene} extent={extent} />}
            <ul class="rs-questions">
              {block.questions.map(({ item, cell }) => (
                <Question key={item.id} scene={scene} item={item} cell={cell} extent={extent} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

function drawn(cell: ItemCell): boolean {
  return (cell.parts ?? []).length > 0;
}

/** One example of each set of answers a block uses. */
function firstParts(block: Block): Part[][] {
  const seen = new Map<string, Part[]>();
  for (const { cell } of block.questions) if (drawn(cell)) seen.set(legendKey(cell.parts ?? []), cell.parts ?? []);
  return [...seen.values()];
}

interface QuestionProps {
  scene: Scene;
  item: Item;
  cell: ItemCell;
  extent: Extent;
}

function Question({ scene, item, cell, extent }: QuestionProps): JSX.Element {
  return (
    <li class="rs-question" data-item={item.id}>
      <div class="rs-question-text">
        <h4>{scene.say(item.text)}</h4>
        {(drawn(cell) || cell.share) && (
          <p>
            <Words scene={scene} words={cell.words} range={cell.range} />
          </p>
        )}
      </div>
      {drawn(cell) ? (
        <Distribution scene={scene} cell={cell} extent={extent} />
      ) : (
        !cell.share && <p class="rs-row-instead">{capital(scene.say(cell.words), scene.state.language)}</p>
      )}
    </li>
  );
}
