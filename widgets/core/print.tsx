/** Paper: every page of the present unit, one sheet each. */

import { render, type JSX } from "preact";
import { hasContent, pagesOf, type State } from "./address";
import { Body, Heading } from "./body";
import { isPair, openTable } from "./groups";
import { pageTitle, type Scene } from "./scene";
import { Colophon } from "./sentences";
import type { PageId } from "./strings";

/** What fits on a sheet of Letter or A4 within the margins of the style sheet, in CSS pixels (96 to the inch). */
const SHEET_HEIGHT = 9.9 * 96;

/** From full size down to where print becomes too small to read; a page longer than that takes a second sheet. */
const SIZES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

function Sheet({ scene, tableOpen }: { scene: Scene; tableOpen: boolean }): JSX.Element {
  return (
    <div class="rs-leaf">
      <section class="rs rs-sheet" lang={scene.state.language}>
        <Heading scene={scene} />
        <h2>{pageTitle(scene, scene.state.page)}</h2>
        <Body scene={scene} tableOpen={tableOpen} toggleTable={() => undefined} />
        <Colophon scene={scene} />
      </section>
    </div>
  );
}

/**
 * Puts the sheets into the document, in place of everything else on paper, and returns how to take them out again.
 */
export function layOutSheets(scene: Scene, tables: ReadonlySet<PageId>, only?: PageId): () => void {
  const paper = document.createElement("div");
  paper.className = "rs-paper";
  document.body.append(paper);
  document.documentElement.classList.add("rs-printing");
  // Whoever is still guessing prints no answers.
  const alone = only ?? (scene.state.page === "guess" ? "guess" : undefined);
  const pages = alone === undefined ? pagesOf(scene.unit) : [alone];
  const sheets = pages
    .flatMap((page) => partsOf(scene, page))
    .map(([page, part]) => {
      const state: State = { ...scene.state, page, part };
      // A static copy for paper lends nobody its address and goes nowhere.
      const nothing = (): void => undefined;
      const copy: Scene = { ...scene, state, paper: true, go: nothing, change: nothing, print: nothing };
      return <Sheet key={`${page} ${part}`} scene={copy} tableOpen={tables.has(page)} />;
    });
  render(<>{sheets}</>, paper);
  for (const leaf of paper.querySelectorAll<HTMLElement>(".rs-leaf")) fit(leaf);
  return () => {
    document.documentElement.classList.remove("rs-printing");
    render(null, paper);
    paper.remove();
  };
}

/** The sheets of a page: one, and of groups one for each variable; two together only where they are open. */
function partsOf(scene: Scene, page: PageId): [PageId, string | null][] {
  const here = page === scene.state.page;
  if (page !== "groups") return [[page, here ? scene.state.part : null]];
  const open = here ? openTable(scene) : null;
  return scene.unit.groups
    .filter((table) => hasContent(table) && (table === open || !isPair(table)))
    .map(({ variable }) => [page, variable]);
}

/** Makes a sheet that is a little too long a little smaller. */
function fit(leaf: HTMLElement): void {
  for (const size of SIZES) {
    leaf.style.setProperty("--rs-zoom", String(size));
    if (leaf.getBoundingClientRect().height <= SHEET_HEIGHT) return;
  }
}
