/** The questions of each scale, with their distributions. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { LONGEST_FIND, SORTS } from "./address";
import { type Asked, blocksOf, orderName } from "./asked";
import type { ItemCell } from "../schema/view";
import { columns, commonParts, Distribution, DistributionHead, Legend, legendKey } from "./distribution";
import { apartOf, type Extent, extentOf } from "./geometry";
import { Key } from "./marks";
import { type Scene, scaleTitle } from "./scene";
import { Favorable, Words } from "./sentences";
import { capital } from "./text";

export function Questions({ scene, few }: { scene: Scene; few: number }): JSX.Element {
  const { view, unit, state, paper } = scene;
  const extent = useMemo(() => extentOf(view), [view]);
  // While a reader types, a question that stays is not drawn again.
  const question = useMemo(() => {
    const drawnOnce = new Map<string, JSX.Element>();
    return (asked: Asked, common: string): JSX.Element => {
      const { id } = asked.item;
      const own = drawn(asked.cell) && legendKey(asked.cell.parts ?? []) !== common;
      const name = `${id} ${own}`;
      const known = drawnOnce.get(name) ?? <Question key={id} scene={scene} asked={asked} own={own} extent={extent} />;
      drawnOnce.set(name, known);
      return known;
    };
  }, [view, unit, state.language, state.sort, paper]);
  let named = "";
  let headed = "";
  const blocks = blocksOf(scene);
  const shown = blocks.flatMap((block) => block.questions);
  const first = new Set(shown.slice(0, few));
  return (
    <>
      <Seek scene={scene} count={shown.length} />
      <Key
        scene={scene}
        mark={null}
        interval={shown.some(({ cell }) => cell.share && !cell.share.coded)}
        open={false}
        references={[]}
      />
      <Favorable scene={scene} />
      {blocks.map((block) => {
        const questions = block.questions.filter((asked) => first.has(asked));
        if (questions.length === 0) return null;
        const common = commonParts(block.questions);
        const key = legendKey(common);
        const fresh = common.length > 0 && key !== named;
        if (fresh) named = key;
        const apart = apartOf(block.questions);
        // On paper the columns are named again only where they are others.
        const head = common.length > 0 && !(paper && `${apart}` === headed);
        if (head) headed = `${apart}`;
        return (
          <section class="rs-card rs-block" key={block.id} data-scale={block.id} style={columns(extent)}>
            <div class="rs-block-head">
              <h3 tabIndex={-1}>{block.title}</h3>
              {block.note !== "" && <p class="rs-soft">{block.note}</p>}
            </div>
            {fresh && <Legend scene={scene} parts={common} />}
            {head && <DistributionHead scene={scene} extent={extent} apart={apart} />}
            <ul class="rs-questions">{questions.map((asked) => question(asked, key))}</ul>
          </section>
        );
      })}
    </>
  );
}

/** The order, the search, and how many it found, for ears too. */
function Seek({ scene, count }: { scene: Scene; count: number }): JSX.Element {
  const { words, state, view } = scene;
  const said = count === 0 ? words.foundNone : words.found(count, scene.unit.items.length);
  if (scene.paper) return <>{state.find !== "" && <p class="rs-note">{`“${state.find}”: ${said}`}</p>}</>;
  const orders = [null, ...SORTS].filter((sort) => sort !== "not_counted" || view.not_counted);
  return (
    <div role="search" class="rs-screen">
      <div class="rs-asked">
        <label>
          <span>{words.find}</span>
          <input
            type="search"
            value={state.find}
            maxLength={LONGEST_FIND}
            autocomplete="off"
            onInput={(event) => scene.go({ find: event.currentTarget.value }, true)}
          />
        </label>
        <label>
          <span>{words.order}</span>
          <select value={state.sort ?? ""} onChange={(event) => scene.go({ sort: event.currentTarget.value })}>
            {orders.map((sort) => (
              <option key={sort} value={sort ?? ""} selected={sort === state.sort}>
                {orderName(scene, sort)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="rs-found" role="status">
        {said}
      </p>
    </div>
  );
}

function drawn(cell: ItemCell): boolean {
  return (cell.parts ?? []).length > 0;
}

interface QuestionProps {
  scene: Scene;
  asked: Asked;
  /** Whether its answers are others than those named above. */
  own: boolean;
  extent: Extent;
}

function Question({ scene, asked, own, extent }: QuestionProps): JSX.Element {
  const { item, cell } = asked;
  return (
    <li class="rs-question" data-item={item.id}>
      <div class="rs-question-text">
        <h4>{scene.say(item.text)}</h4>
        {scene.state.sort !== null && item.scale && <p class="rs-question-scale">{scaleTitle(scene, item.scale)}</p>}
        {(drawn(cell) || cell.share) && (
          <p>
            <Words scene={scene} words={cell.words} range={cell.range} />
          </p>
        )}
        {own && <Legend scene={scene} parts={cell.parts ?? []} />}
      </div>
      {drawn(cell) ? (
        <Distribution scene={scene} asked={asked} extent={extent} />
      ) : (
        !cell.share && <p class="rs-row-instead">{capital(scene.say(cell.words), scene.state.language)}</p>
      )}
    </li>
  );
}
