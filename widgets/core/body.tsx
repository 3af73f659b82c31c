/** A page: the sentences and the picture, the table, what is not shown. The same on screen and on paper. */

import type { ComponentChildren, JSX } from "preact";
import { About } from "./about";
import { Change } from "./change";
import { Comments } from "./comments";
import { Cover } from "./cover";
import { Glance } from "./glance";
import { Groups } from "./groups";
import { Guess } from "./guess";
import { Next } from "./next";
import { Questions } from "./questions";
import { Link, type Scene, titleOf } from "./scene";
import { Hidden } from "./sentences";
import { TablePanel, TableView } from "./table";
import { tablesOf } from "./tables";
import { TakePicture } from "./take";
import { capital } from "./text";

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
  tableOpen: boolean;
  toggleTable: () => void;
}

export function Body({ scene, tableOpen, toggleTable }: BodyProps): JSX.Element {
  const { page } = scene.state;
  const tables = tablesOf(scene, page);
  if (page === "cover") return <Cover scene={scene} />;
  if (page === "about") {
    return (
      <>
        <About scene={scene} />
        {/* On this page the tables are the picture: they stand open. */}
        <div class="rs-facts">
          {tables.map((table) => (
            <section class="rs-card" key={table.caption}>
              <TableView scene={scene} table={table} />
            </section>
          ))}
        </div>
        <Hidden scene={scene} />
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
    next: Next,
  }[page];
  return (
    <>
      <Picture scene={scene} />
      <Hidden scene={scene} />
      <TablePanel scene={scene} tables={tables} open={tableOpen} toggle={toggleTable}>
        {!scene.paper && <TakePicture scene={scene} />}
      </TablePanel>
    </>
  );
}
