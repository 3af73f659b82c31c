/** A page: the sentences and the picture, the table, what is not shown. The same on screen and on paper. */

import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { About, cardsOf } from "./about";
import { Change } from "./change";
import { Comments } from "./comments";
import { Cover } from "./cover";
import { Glance } from "./glance";
import { Groups, linesOf, openTable } from "./groups";
import { Guess } from "./guess";
import { Next, PIECES as NEXT_PIECES } from "./next";
import { Practices } from "./practices";
import { Questions } from "./questions";
import { Link, type Scene, titleOf } from "./scene";
import { Hidden } from "./sentences";
import { TablePanel, TableView } from "./table";
import type { PageId } from "./strings";
import { hasTables, tablesOf } from "./tables";
import { TakePicture } from "./take";
import { capital } from "./text";
import { Try } from "./try";
import { Weeks } from "./weeks";
import { EDGE, type Pieces, useFirst } from "./whole";

/** What the numbers are about, on every page. The menus stand beside its first line. */
export function Heading({ scene, children }: { scene: Scene; children?: ComponentChildren }): JSX.Element {
  const { view, words } = scene;
  return (
    <header class="rs-header">
      <div class="rs-top">
        <p class="rs-eyebrow">
          {scene.state.page !== "cover" && !scene.paper && (
            <Link scene={scene} to={{ page: "cover" }} class="rs-link">
              {words.startPage}
            </Link>
          )}{" "}
          {view.simulated && <span class="rs-tag">{words.simulated}</span>} <span>{scene.say(view.title)}</span>
        </p>
        {children}
      </div>
      <h1>{titleOf(scene)}</h1>
      <p class="rs-promise">
        {scene.say(view.promise)}{" "}
        <span class="rs-band">{capital(scene.say(scene.unit.students), scene.state.language)}</span>
      </p>
    </header>
  );
}

interface BodyProps {
  scene: Scene;
  /** Whether it is made for later, or no longer shown. */
  unseen?: boolean;
  /** Whether the view's first line is above the window. */
  scrolled?: boolean;
  tableOpen: boolean;
  toggleTable: () => void;
}

/** What a long page consists of, and how many there are of it. */
const PIECES: Partial<Record<PageId, Pieces & { all: (scene: Scene) => number }>> = {
  glance: { above: 540, each: 80, edge: EDGE, all: ({ unit }) => unit.scales.length },
  questions: { above: 560, each: 150, edge: EDGE, all: ({ unit }) => unit.items.length },
  groups: { above: 820, each: 110, edge: EDGE, all: linesOf },
  change: { above: 620, each: 90, edge: EDGE, all: ({ unit }) => unit.change?.cells.length ?? 0 },
  next: { above: 480, each: 200, edge: 0, all: () => NEXT_PIECES },
  about: { above: 300, each: 600, edge: 0, all: (scene) => cardsOf(scene).length + FACTS },
};

/** At most so many tables stand below the words of *About these numbers*. */
const FACTS = 4;

export function Body({ scene, unseen = false, scrolled = false, tableOpen, toggleTable }: BodyProps): JSX.Element {
  const { state, unit, paper } = scene;
  const { page } = state;
  // Paper is measured at once, and a link to a place has to find it. What a search finds is no measure of the page.
  const atOnce = paper || (page === "questions" && (state.part !== null || state.find !== ""));
  const pieces = (!atOnce && PIECES[page]) || null;
  const { few, end } = useFirst(
    `${unit.id} ${page} ${state.language} ${page === "groups" ? openTable(scene)?.variable : ""}`,
    pieces,
    pieces?.all(scene) ?? 0,
    unseen,
    scrolled,
  );
  // A page that was made ahead is not made again when its turn comes.
  const picture = useMemo(() => pictureOf(scene, few), [scene, few]);
  const hidden = useMemo(() => <Hidden scene={scene} />, [scene]);
  const more = few < Infinity && <div ref={end} data-more="" />;
  if (page === "about")
    return (
      <>
        {picture}
        {more}
        {hidden}
      </>
    );
  if (page === "cover") return picture;
  return (
    <>
      {picture}
      {more}
      {hidden}
      {hasTables(scene, page) && (
        <TablePanel scene={scene} tables={() => tablesOf(scene, page)} open={tableOpen} toggle={toggleTable}>
          {!paper && few === Infinity && <TakePicture scene={scene} />}
        </TablePanel>
      )}
    </>
  );
}

/** The sentences and the picture, as far as they are drawn yet. */
function pictureOf(scene: Scene, few: number): JSX.Element {
  const { page } = scene.state;
  if (page === "cover") return <Cover scene={scene} />;
  if (page === "about") {
    const left = few - cardsOf(scene).length;
    const facts = left > 0 ? tablesOf(scene, page).slice(0, left) : [];
    return (
      <>
        <About scene={scene} few={few} />
        {/* On this page the tables are the picture: they stand open. */}
        <div class="rs-facts">
          {facts.map((table) => (
            <section class="rs-card" key={table.caption}>
              <TableView scene={scene} table={table} />
            </section>
          ))}
        </div>
      </>
    );
  }
  const Picture = {
    glance: Glance,
    questions: Questions,
    groups: Groups,
    change: Change,
    comments: Comments,
    guess: Guess,
    weeks: Weeks,
    practices: Practices,
    try: Try,
    next: Next,
  }[page];
  return <Picture scene={scene} few={few} />;
}
