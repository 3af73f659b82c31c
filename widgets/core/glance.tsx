/** The first page: the sentences, then one row a scale. */

import type { JSX } from "preact";
import type { ScaleCell } from "../schema/view";
import { Rules } from "./about";
import { glanceSentences } from "./guesses";
import { Axis, Bar, Key } from "./marks";
import { Link, type Scene, scaleTitle } from "./scene";
import { Favorable, Sentences, Words } from "./sentences";
import { capital } from "./text";

export function Glance({ scene, few }: { scene: Scene; few: number }): JSX.Element {
  const { scales } = scene.unit;
  const drawn = scales.filter((cell) => cell.share);
  const kinds = new Set(drawn.flatMap((cell) => (cell.reference ? [cell.reference.kind] : [])));
  return (
    <>
      <Sentences scene={scene} sentences={glanceSentences(scene)} />
      <section class="rs-card">
        {drawn.length > 0 && (
          <Key
            scene={scene}
            mark="bar"
            interval={drawn.some((cell) => !cell.share?.coded)}
            open={drawn.some((cell) => cell.share?.coded)}
            references={[...kinds]}
            guess={drawn.some((cell) => scene.meeting.guesses[cell.scale] !== undefined)}
          />
        )}
        {drawn.length > 0 && <Axis scene={scene} />}
        <ul class={kinds.size > 0 ? "rs-rows" : "rs-rows rs-rows-plain"}>
          {scales.slice(0, few).map((cell) => (
            <Row key={cell.scale} scene={scene} cell={cell} />
          ))}
        </ul>
        {drawn.length > 0 && few === Infinity && (
          <>
            <Favorable scene={scene} />
            <Rules scene={scene} />
          </>
        )}
      </section>
    </>
  );
}

function Row({ scene, cell }: { scene: Scene; cell: ScaleCell }): JSX.Element {
  const reading = scene.view.scales.find((scale) => scale.id === cell.scale)?.reading;
  return (
    <li class="rs-row" data-scale={cell.scale}>
      <div class="rs-row-name">
        <h3>{scaleTitle(scene, cell.scale)}</h3>
        {cell.share && reading === "with_care" && <p class="rs-soft">{scene.words.reading.with_care}</p>}
      </div>
      {cell.share ? (
        <>
          <div class="rs-row-picture">
            <Bar
              scene={scene}
              share={cell.share}
              reference={cell.reference ?? null}
              guess={scene.meeting.guesses[cell.scale]}
            />
          </div>
          <p class="rs-row-words">
            <Words scene={scene} words={cell.words} range={cell.range} />
          </p>
        </>
      ) : (
        <p class={`rs-row-instead rs-reason-${cell.reason ?? "none"}`}>
          <Instead scene={scene} cell={cell} />
        </p>
      )}
    </li>
  );
}

/** What stands where no bar may: words, or the way to the questions. */
function Instead({ scene, cell }: { scene: Scene; cell: ScaleCell }): JSX.Element {
  const items = scene.view.scales.find((scale) => scale.id === cell.scale)?.items ?? [];
  const there = scene.unit.items.some((item) => items.includes(item.item));
  const text = capital(scene.say(cell.words), scene.state.language);
  if (cell.reason !== "one_by_one" || !there) return <>{text}</>;
  return (
    <Link scene={scene} to={{ page: "questions", part: cell.scale }} class="rs-link">
      {text}
    </Link>
  );
}
