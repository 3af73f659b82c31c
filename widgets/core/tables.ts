/** The tables behind the pictures: the same words and whole percents, as rows. */

import type { Share } from "../schema/view";
import type { PageId, Strings } from "./strings";
import { openTable, variableTitle } from "./groups";
import { type Scene, scaleTitle, titleOf } from "./scene";
import type { Cell, Table } from "./spreadsheet";

const text = (label: string): Table["columns"][number] => ({ label, numeric: false });
const number = (label: string): Table["columns"][number] => ({ label, numeric: true });

/** Percent, from, to. A share that is not shown exactly has words and no interval. */
function shareCells(share: Share | null | undefined, words: Strings): Cell[] {
  if (!share) return [null, null, null];
  if (share.coded) return [share.coded === "top" ? words.orMore : words.orLess, null, null];
  return [share.percent, share.low, share.high];
}

function shareColumns(words: Strings): Table["columns"] {
  return [number(words.column.percent), number(words.column.low), number(words.column.high)];
}

/** The tables of a page, in the order of the page. */
export function tablesOf(scene: Scene, page: PageId): Table[] {
  switch (page) {
    case "glance":
      return [glanceTable(scene)];
    case "questions":
      return [questionsTable(scene)];
    case "groups":
      return groupsTable(scene);
    case "about":
      return aboutTables(scene);
  }
}

function captionOf(scene: Scene, page: PageId, ...more: string[]): string {
  const parts = [scene.words.tableOf(scene.words.pages[page], titleOf(scene)), ...more];
  return [...parts, ...(scene.view.simulated ? [scene.words.simulated] : [])].join(" · ");
}

function glanceTable(scene: Scene): Table {
  const { unit, words } = scene;
  const kinds = [...new Set(unit.scales.flatMap((cell) => (cell.reference ? [cell.reference.kind] : [])))];
  return {
    caption: captionOf(scene, "glance"),
    headers: 1,
    columns: [
      text(words.column.scale),
      text(words.column.words),
      text(words.column.range),
      ...shareColumns(words),
      ...kinds.map((kind) => number(words.percentOf(words.reference[kind]))),
    ],
    rows: unit.scales.map((cell) => [
      scaleTitle(scene, cell.scale),
      scene.say(cell.words),
      scene.say(cell.range),
      ...shareCells(cell.share, words),
      ...kinds.map((kind) => (cell.reference?.kind === kind ? cell.reference.percent : null)),
    ]),
  };
}

function questionsTable(scene: Scene): Table {
  const { view, unit, words } = scene;
  const items = new Map(view.items.map((item) => [item.id, item]));
  // Questions may have different answers: one column for each answer that occurs, in order of first appearance.
  const answers = [...new Set(unit.items.flatMap((cell) => (cell.parts ?? []).map((part) => scene.say(part.label))))];
  const apart = unit.items.some((cell) => cell.not_counted != null);
  return {
    caption: captionOf(scene, "questions"),
    headers: 2,
    columns: [
      text(words.column.scale),
      text(words.column.question),
      text(words.column.words),
      text(words.column.range),
      ...shareColumns(words),
      ...answers.map((answer) => number(words.percentOf(answer))),
      ...(apart ? [number(words.percentOf(scene.say(view.not_counted)))] : []),
    ],
    rows: unit.items.map((cell) => {
      const item = items.get(cell.item);
      return [
        item?.scale ? scaleTitle(scene, item.scale) : "",
        scene.say(item?.text) || cell.item,
        scene.say(cell.words),
        scene.say(cell.range),
        ...shareCells(cell.share, words),
        ...answers.map((answer) => cell.parts?.find((part) => scene.say(part.label) === answer)?.percent ?? null),
        ...(apart ? [cell.not_counted ?? null] : []),
      ];
    }),
  };
}

function groupsTable(scene: Scene): Table[] {
  const { words } = scene;
  const open = openTable(scene);
  const rows = open?.rows ?? [];
  if (open === null || rows.length === 0) return [];
  return [
    {
      caption: captionOf(scene, "groups", variableTitle(scene, open.variable)),
      headers: 2,
      columns: [
        text(words.column.scale),
        text(words.column.group),
        text(words.column.students),
        text(words.column.words),
        text(words.column.range),
        ...shareColumns(words),
        text(words.column.compared),
      ],
      rows: scene.unit.scales.flatMap(({ scale }) =>
        rows.flatMap((row) =>
          row.cells
            .filter((cell) => cell.scale === scale)
            .map((cell) => [
              scaleTitle(scene, scale),
              scene.say(row.label),
              scene.say(row.students),
              scene.say(cell.words),
              scene.say(cell.range),
              ...shareCells(cell.share, words),
              scene.say(cell.sentence) || (cell.verdict ? words.verdict[cell.verdict] : ""),
            ]),
        ),
      ),
    },
  ];
}

function aboutTables(scene: Scene): Table[] {
  const { view, words } = scene;
  const tables: Table[] = [
    {
      caption: words.scalesTitle,
      headers: 1,
      columns: [text(words.column.scale), text(words.column.reading), text(words.column.note)],
      rows: view.scales.map((scale) => [scene.say(scale.title), words.reading[scale.reading], scene.say(scale.note)]),
    },
    {
      caption: words.ledgerTitle,
      headers: 0,
      columns: [text(words.column.what), text(words.column.why)],
      rows: view.ledger.map((step) => [scene.say(step.what), scene.say(step.why)]),
    },
  ];
  return tables.filter((table) => table.rows.length > 0);
}
