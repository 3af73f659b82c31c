/** Groups of students beside all others: one variable at a time, one block a scale, one line a group. */

import type { JSX } from "preact";
import type { GroupCell, GroupRow, GroupTable } from "../schema/view";
import { firstVariable, hasClear } from "./address";
import { Axis, Dot, Key } from "./marks";
import { Link, type Scene, scaleTitle } from "./scene";
import { Favorable, Sentences, Words } from "./sentences";
import { capital } from "./text";

/** The group variable that is open. */
export function openTable(scene: Scene): GroupTable | null {
  const id = scene.state.part ?? firstVariable(scene.unit);
  return scene.unit.groups.find((table) => table.variable === id) ?? null;
}

export function variableTitle(scene: Scene, id: string): string {
  return scene.say(scene.view.variables.find((variable) => variable.id === id)?.title) || id;
}

export function Groups({ scene }: { scene: Scene }): JSX.Element | null {
  const table = openTable(scene);
  if (table === null) return null;
  const rows = table.rows ?? [];
  const cells = rows.flatMap((row) => row.cells);
  return (
    <>
      <Variables scene={scene} open={table} />
      <h3 class={scene.unit.groups.length > 1 ? "rs-variable rs-print" : "rs-variable"}>
        {variableTitle(scene, table.variable)}
      </h3>
      <Sentences scene={scene} sentences={table.say ?? []} />
      {table.note && <p class="rs-note">{scene.say(table.note)}</p>}
      {rows.length > 0 && table.comparable && <p class="rs-note">{scene.say(table.comparable)}</p>}
      {rows.length > 0 && (
        <section class="rs-card">
          <Key
            scene={scene}
            mark="dot"
            interval={cells.some((cell) => cell.share && !cell.share.coded)}
            open={cells.some((cell) => cell.share?.coded)}
            references={[]}
          />
          <div class="rs-row rs-row-axis rs-row-axis-group">
            <Axis scene={scene} />
          </div>
          {scene.unit.scales.map(({ scale }) => (
            <ScaleBlock key={scale} scene={scene} scale={scale} rows={rows} />
          ))}
          <Favorable scene={scene} />
        </section>
      )}
    </>
  );
}

function Variables({ scene, open }: { scene: Scene; open: GroupTable }): JSX.Element | null {
  if (scene.unit.groups.length < 2) return null;
  return (
    <nav class="rs-variables rs-screen" aria-label={scene.words.groupBy}>
      <span class="rs-soft" aria-hidden="true">
        {scene.words.groupBy}
      </span>
      <ul>
        {scene.unit.groups.map((table) => (
          <li key={table.variable}>
            <Link
              scene={scene}
              to={{ page: "groups", part: table.variable }}
              class="rs-choice"
              current={table.variable === open.variable && "true"}
            >
              {variableTitle(scene, table.variable)}
              {hasClear(table) && <small> {scene.words.hasClear}</small>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ScaleBlock({
  scene,
  scale,
  rows,
}: {
  scene: Scene;
  scale: string;
  rows: readonly GroupRow[];
}): JSX.Element | null {
  const lines = rows.flatMap((row) => {
    const cell = row.cells.find((candidate) => candidate.scale === scale);
    return cell === undefined ? [] : [{ row, cell }];
  });
  if (lines.length === 0) return null;
  const why = lines[0]?.cell;
  const together = why?.reason === "one_by_one" && lines.every(({ cell }) => cell.reason === "one_by_one");
  return (
    <section class="rs-scale-block" data-scale={scale}>
      <h3>{scaleTitle(scene, scale)}</h3>
      {together && why ? (
        <p class="rs-row-instead">{capital(scene.say(why.words), scene.state.language)}</p>
      ) : (
        <ul class="rs-rows">
          {lines.map(({ row, cell }) => (
            <GroupLine key={row.id} scene={scene} row={row} cell={cell} />
          ))}
        </ul>
      )}
    </section>
  );
}

function GroupLine({ scene, row, cell }: { scene: Scene; row: GroupRow; cell: GroupCell }): JSX.Element {
  return (
    <li class="rs-row rs-row-group" data-group={row.id}>
      <h4 class="rs-row-name">{scene.say(row.label)}</h4>
      {cell.share ? (
        <>
          <div class="rs-row-picture">
            <Dot scene={scene} share={cell.share} />
          </div>
          <p class="rs-row-words">
            <Words scene={scene} words={cell.words} range={cell.range} />
          </p>
        </>
      ) : (
        <p class={`rs-row-instead rs-reason-${cell.reason ?? "none"}`}>
          {capital(scene.say(cell.words), scene.state.language)}
        </p>
      )}
      <Verdict scene={scene} cell={cell} />
    </li>
  );
}

/** Clear and maybe get their sentence. The others get a word, and their sentence, which is long, in the table. */
function Verdict({ scene, cell }: { scene: Scene; cell: GroupCell }): JSX.Element | null {
  const { verdict } = cell;
  if (!verdict || verdict === "too_few") return null;
  const word = scene.words.verdict[verdict];
  if (verdict !== "clear" && verdict !== "maybe") return <p class="rs-verdict rs-soft">{word}</p>;
  return (
    <p class={`rs-verdict rs-verdict-${verdict}`}>
      <span class="rs-tag">{word}</span> {scene.say(cell.sentence)}
    </p>
  );
}
