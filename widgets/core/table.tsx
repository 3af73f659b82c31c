/** A real table, with copy and save. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Grid } from "./grid";
import { showsPair } from "./groups";
import { copyTable, saveText } from "./save";
import type { Scene } from "./scene";
import { fileName, type Table, toCsv, toHtml, toTsv } from "./spreadsheet";

interface PanelProps {
  scene: Scene;
  /** Called where they stand open: until then nothing is made. */
  tables: () => readonly Table[];
  open: boolean;
  toggle: () => void;
  /** What else a page has to take along. */
  children?: ComponentChildren;
}

/** The button and the tables of a page, one key away. */
export function TablePanel({ scene, tables, open, toggle, children }: PanelProps): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(open);
  useLayoutEffect(() => {
    // Opening moves the focus in, closing moves it back; a page that arrives with its table open keeps its own focus.
    if (before.current !== open)
      (open ? panel.current?.querySelector<HTMLElement>(".rs-scroll") : button.current)?.focus();
    before.current = open;
  }, [open]);
  return (
    <div class="rs-tables" ref={panel}>
      <div class="rs-buttons rs-screen">
        <button type="button" class="rs-button" aria-expanded={open} onClick={toggle} ref={button}>
          {open ? scene.words.hideTable : scene.words.showTable}
          <kbd aria-hidden="true">t</kbd>
        </button>
        {children}
      </div>
      {open && tables().map((table) => <TableView key={table.caption} scene={scene} table={table} />)}
    </div>
  );
}

export function TableView({ scene, table }: { scene: Scene; table: Table }): JSX.Element {
  return (
    <div class="rs-table">
      <Grid table={table} />
      {!showsPair(scene) && <TakeAlong scene={scene} table={table} />}
    </div>
  );
}

function TakeAlong({ scene, table }: { scene: Scene; table: Table }): JSX.Element {
  const { words, view } = scene;
  const [said, say] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const copy = async (): Promise<void> => {
    if (place.current === null) return;
    const copied = await copyTable(toTsv(table), toHtml(table), place.current);
    say(copied ? words.copied : words.notCopied);
  };
  const save = (): void => {
    saveText(fileName("csv", view.id, scene.unit.id, table.caption), toCsv(table));
    say(words.saved);
  };
  return (
    <div class="rs-take rs-screen" ref={place}>
      <button type="button" class="rs-button" onClick={copy}>
        {words.copy}
      </button>
      <button type="button" class="rs-button" onClick={save}>
        {words.save}
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
