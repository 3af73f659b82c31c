/** About these numbers: what they mean and how far they go. What was done and where they come from follows as tables. */

import type { JSX } from "preact";
import type { Section } from "../schema/view";
import type { Scene } from "./scene";
import { TableView } from "./table";
import { sectionTable } from "./tables";

/** Sections that follow each other and are words alone share a card; one with a table has its own. */
function runsOf(sections: readonly Section[]): Section[][] {
  const found: Section[][] = [];
  const words = (section: Section | undefined): boolean => (section?.rows ?? []).length === 0;
  for (const section of sections) {
    const last = found.at(-1);
    if (last && words(last[0]) && words(section)) last.push(section);
    else found.push([section]);
  }
  return found;
}

/** The cards of words. What the word means on every page belongs to what the pages show, so it stands first. */
export function cardsOf({ view }: Scene): Section[][] {
  return runsOf([{ title: {}, paragraphs: [view.favorable] }, ...view.about]);
}

export function About({ scene, few }: { scene: Scene; few: number }): JSX.Element {
  const { view, words } = scene;
  return (
    <>
      {cardsOf(scene)
        .slice(0, few)
        .map((run, index) => {
          const [first] = run;
          const table = first === undefined ? null : sectionTable(scene, first);
          return (
            <section class={table === null ? "rs-card rs-prose" : "rs-card rs-told"} key={index}>
              {run.map((section, at) => (
                <section key={at}>
                  <h3>{section.paragraphs[0] === view.favorable ? words.favorableMeans : scene.say(section.title)}</h3>
                  {section.paragraphs.map((paragraph, number) => (
                    <p key={number}>{scene.say(paragraph)}</p>
                  ))}
                </section>
              ))}
              {table !== null && <TableView scene={scene} table={table} />}
            </section>
          );
        })}
    </>
  );
}
