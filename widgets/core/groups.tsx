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

/** Whether the page shows two variables together, which may not travel as a file. */
export function showsPair(scene: Scene): boolean {
  return scene.state.page === "groups" && isPair(openTable(scene));
}

export function isPair(table: GroupTable | null): boolean {
  return table?.variable.includes("*") ?? false;
}

export function variableTitle(scene: Scene, id: string): string {
  return scene.say(scene.view.variables.find((variable) => variable.id === id)?.title) || id;
}

/** How many lines the page of a variable has, a scale's name and a fold among them. */
export function linesOf(scene: Scene): number {
  return runsOf(scene, openTable(scene)?.rows ?? [])
    .map((run) => (untold(run) ? FOLDED : run.reduce((sum, { lines }) => sum + 1 + lines.length, 0)))
    .reduce((sum, lines) => sum + lines, 0);
}

/** How many lines a fold stands for. */
const FOLDED = 2;

export function Groups({ scene, few }: { scene: Scene; few: number }): JSX.Element | null {
  const table = openTable(scene);
  if (table === null) return null;
  const rows = table.rows ?? [];
  const runs = runsOf(scene, rows);
  const open = runs.filter((run) => !untold(run)).flat();
  // Where nothing can be told of any scale, the sentence above has said so, and the picture waits in the fold.
  const wall = !open.some((block) => block.lines.some(({ cell }) => cell.share));
  const head = <Head scene={scene} rows={rows} />;
  let room = few;
  return (
    <>
      <h3 class={scene.unit.groups.length > 1 ? "rs-variable rs-print" : "rs-variable"}>
        {variableTitle(scene, table.variable)}
      </h3>
      <Sentences scene={scene} sentences={table.say ?? []} />
      {table.note && <p class="rs-note">{scene.say(table.note)}</p>}
      {rows.length > 0 && table.comparable && <p class="rs-note">{scene.say(table.comparable)}</p>}
      {rows.length > 0 && (
        <section class="rs-card">
          {!wall && head}
          {runs.map((run) => {
            if (room <= 0) return null;
            if (untold(run)) {
              room -= FOLDED;
              const key = `${table.variable} ${run[0]?.scale}`;
              return <Untold key={key} scene={scene} blocks={run} head={wall ? head : null} empty={few < Infinity} />;
            }
            return run.map((block) => {
              const most = room - 1;
              room -= 1 + block.lines.length;
              return most > 0 && <ScaleBlock key={block.scale} scene={scene} block={block} few={most} />;
            });
          })}
          {few === Infinity && <Favorable scene={scene} />}
        </section>
      )}
    </>
  );
}

function Head({ scene, rows }: { scene: Scene; rows: readonly GroupRow[] }): JSX.Element {
  const cells = rows.flatMap((row) => row.cells);
  return (
    <>
      <Key
        scene={scene}
        mark="dot"
        interval={cells.some((cell) => cell.share && !cell.share.coded)}
        open={cells.some((cell) => cell.share?.coded)}
        references={[]}
      />
      <Axis scene={scene} row="rs-row-axis-group" />
    </>
  );
}

/** The choice of a variable stands outside what it changes, and keeps the focus. */
export function Variables({ scene }: { scene: Scene }): JSX.Element | null {
  if (scene.unit.groups.length < 2) return null;
  const open = openTable(scene)?.variable;
  return (
    <nav class="rs-variables" aria-label={scene.words.groupBy}>
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
              current={table.variable === open && "true"}
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

/** A scale and the groups that have something on it. */
export interface Block {
  scale: string;
  lines: { row: GroupRow; cell: GroupCell }[];
}

export function blocksOf(scene: Scene, rows: readonly GroupRow[]): Block[] {
  return scene.unit.scales
    .map(({ scale }) => ({
      scale,
      lines: rows.flatMap((row) => {
        const cell = row.cells.find((candidate) => candidate.scale === scale);
        return cell === undefined ? [] : [{ row, cell }];
      }),
    }))
    .filter(({ lines }) => lines.length > 0);
}

/** Whether all that can be said of scales is that nothing can be told. */
function untold(blocks: readonly Block[]): boolean {
  return blocks.every(({ lines }) => {
    const verdicts = new Set(lines.map(({ cell }) => cell.verdict));
    return verdicts.has("cannot_tell") && !TELLING.some((verdict) => verdicts.has(verdict));
  });
}

const TELLING = ["clear", "maybe", "about_the_same"] as const;

/** Scales in the instrument's order; those that follow each other and of which nothing can be told stand together. */
export function runsOf(scene: Scene, rows: readonly GroupRow[]): Block[][] {
  const found: Block[][] = [];
  for (const block of blocksOf(scene, rows)) {
    const last = found.at(-1);
    if (last && untold([...last, block])) last.push(block);
    else found.push([block]);
  }
  return found;
}

/** Of sentences that differ in a number alone, the one with the largest: it holds for all of them. */
export function widest(sentences: readonly string[]): string {
  const order = new Intl.Collator("en", { numeric: true });
  return [...sentences].sort(order.compare).at(-1) ?? "";
}

interface UntoldProps {
  scene: Scene;
  blocks: readonly Block[];
  /** The key and the axis where they stand nowhere else. */
  head: JSX.Element | null;
  /** Whether the fold, which is closed, is still to be filled. */
  empty: boolean;
}

/** Scales of which nothing can be told: what could have been seen, and each group for those who ask. */
function Untold({ scene, blocks, head, empty }: UntoldProps): JSX.Element {
  const names = blocks.map(({ scale }) => scaleTitle(scene, scale));
  const cells = blocks.flatMap(({ lines }) => lines.map(({ cell }) => cell));
  return (
    <section class="rs-scale-block rs-untold">
      <h3>{new Intl.ListFormat(scene.state.language).format(names)}</h3>
      {head === null && (
        <p class="rs-soft">
          {widest(cells.filter((cell) => cell.verdict === "cannot_tell").map((cell) => scene.say(cell.sentence)))}
        </p>
      )}
      <details class="rs-fold" open={scene.paper}>
        <summary>{scene.words.unfold}</summary>
        {head}
        {!empty && blocks.map((block) => <ScaleBlock key={block.scale} scene={scene} block={block} folded />)}
      </details>
    </section>
  );
}

interface BlockProps {
  scene: Scene;
  block: Block;
  /** How many of its lines to draw. */
  few?: number;
  folded?: boolean;
}

function ScaleBlock({ scene, block, few, folded }: BlockProps): JSX.Element {
  const { scale, lines } = block;
  const why = unshown(block);
  const Title = folded ? "h4" : "h3";
  return (
    <section class="rs-scale-block" data-scale={scale}>
      <Title class="rs-scale-name">{scaleTitle(scene, scale)}</Title>
      {why !== null ? (
        <p class="rs-row-instead">{capital(scene.say(why.words), scene.state.language)}</p>
      ) : (
        <ul class="rs-rows">
          {lines.slice(0, few).map(({ row, cell }) => (
            <GroupLine key={row.id} scene={scene} row={row} cell={cell} folded={folded ?? false} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** A cell whose words hold for all groups of a scale: then they are said once. */
export function unshown({ lines }: Block): GroupCell | null {
  const first = lines[0]?.cell;
  if (first === undefined || (first.reason !== "one_by_one" && first.reason !== "protected")) return null;
  return lines.every(({ cell }) => !cell.share && cell.reason === first.reason) ? first : null;
}

interface LineProps {
  scene: Scene;
  row: GroupRow;
  cell: GroupCell;
  /** Whether the verdict was said for all scales of a fold. */
  folded: boolean;
}

function GroupLine({ scene, row, cell, folded }: LineProps): JSX.Element {
  const Name = folded ? "h5" : "h4";
  return (
    <li class="rs-row rs-row-group" data-group={row.id}>
      <Name class="rs-row-name">{scene.say(row.label)}</Name>
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
      {!folded && <Verdict scene={scene} cell={cell} />}
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
