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
  return runsOf([{ title: {}, paragraphs: [view.favorable] }, ...(view.rules ?? []), ...view.about]);
}

/** The rules that the measures go by, for whoever asks on a page of them; on paper they stand with the others. */
export function Rules({ scene }: { scene: Scene }): JSX.Element | null {
  const { view, words, paper } = scene;
  const rules = view.rules ?? [];
  if (rules.length === 0 || paper) return null;
  return (
    <details class="rs-more">
      <summary>{words.rulesTitle}</summary>
      {rules.map((rule, index) => {
        const table = sectionTable(scene, rule);
        return (
          <div class="rs-told" key={index}>
            <Told scene={scene} section={rule} />
            {table !== null && <TableView scene={scene} table={table} />}
          </div>
        );
      })}
    </details>
  );
}

function Told({ scene, section }: { scene: Scene; section: Section }): JSX.Element {
  const { view, words, say } = scene;
  return (
    <section>
      <h3>{section.paragraphs[0] === view.favorable ? words.favorableMeans : say(section.title)}</h3>
      {section.paragraphs.map((paragraph, number) => (
        <p key={number}>{say(paragraph)}</p>
      ))}
    </section>
  );
}

export function About({ scene, few }: { scene: Scene; few: number }): JSX.Element {
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
                <Told key={at} scene={scene} section={section} />
              ))}
              {table !== null && <TableView scene={scene} table={table} />}
            </section>
          );
        })}
    </>
  );
}
