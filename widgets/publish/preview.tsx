/** What the view would hide, and why: counts, what each variable costs, and page by page. */

import type { JSX } from "preact";
import type { Table } from "../core/spreadsheet";
import { Grid } from "../core/grid";
import { inLanguage } from "../core/text";
import type { Text } from "../schema/view";
import type { Scene } from "./app";
import { dearest, type Page, type Preview } from "./state";
import type { Strings } from "./strings";

export function Hidden({ scene }: { scene: Scene }): JSX.Element | null {
  const { client, state, words, id } = scene;
  const shown = state.preview ?? (state.doing === "look" ? client.before : null);
  if (shown === null) return null;
  const old = state.preview === null;
  const first = dearest(shown);
  return (
    <section
      class={`rs-card rs-publish-hidden${old ? " rs-publish-old" : ""}`}
      aria-labelledby={id("hidden")}
      aria-busy={old}
    >
      <h3 id={id("hidden")}>{words.preview}</h3>
      {old && <p class="rs-note">{words.before}</p>}
      <ul class="rs-publish-counts">
        {sentences(shown, words).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {first && <li>{words.most(inLanguage(first.title, scene.language))}</li>}
      </ul>
      {shown.costs.length > 0 && <Grid table={costs(shown, scene)} />}
      {shown.pages.length > 0 && (
        <details>
          <summary>{words.pages(shown.pages.length)}</summary>
          {shown.pages.map((page, index) => (
            <HiddenOn key={index} page={page} language={scene.language} />
          ))}
          {shown.whole > 0 && <p class="rs-note">{words.whole(shown.whole)}</p>}
        </details>
      )}
      {shown.tables.length > 0 && (
        <details>
          <summary>{words.tablesOf}</summary>
          <p class="rs-note">{words.tablesHint}</p>
          {shown.tables.map((page) => (
            <Tables key={page.school} page={page} scene={scene} />
          ))}
        </details>
      )}
      {shown.folders.length > 0 && (
        <details>
          <summary>{words.folders(shown.folders.length)}</summary>
          <ul class="rs-publish-list">
            {shown.folders.map((folder) => (
              <li key={folder}>{folder}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function sentences({ counts, pages }: Preview, words: Strings): string[] {
  if (counts === null) return [];
  const { tables, groups, figures, narrowest } = counts;
  const hidden = tables[1] + groups[1] + figures > 0;
  return [
    ...(tables[0] + tables[1] > 0 ? [words.tables(...tables), words.rows(...groups)] : []),
    ...(figures > 0 ? [words.figures(figures)] : []),
    ...(narrowest === null ? [] : [words.narrowest(narrowest)]),
    ...(hidden || pages.length > 0 ? [] : [words.nothing]),
  ];
}

function costs(preview: Preview, { words, language }: Scene): Table {
  const [first, ...others] = words.costHeads;
  return {
    caption: words.costs,
    columns: [{ label: first, numeric: false }, ...others.map((label) => ({ label, numeric: true }))],
    rows: preview.costs.map(({ title, pages, hidden, joined, figures }) => [
      inLanguage(title, language),
      pages,
      hidden,
      joined,
      figures,
    ]),
    headers: 1,
  };
}

function Tables({ page, scene }: { page: Preview["tables"][number]; scene: Scene }): JSX.Element {
  const { client, state, language } = scene;
  const { school } = page;
  const left = (id: string): boolean => state.choice.left.some(([of, by]) => of === school && by === id);
  return (
    <fieldset class="rs-publish-set">
      <legend>{inLanguage(page.title, language)}</legend>
      <div class="rs-publish-boxes">
        {page.variables.map(({ id, title }) => (
          <label key={id} class="rs-check">
            <input
              type="checkbox"
              checked={client.waiting({ do: "table", school, id, on: true })?.on ?? !left(id)}
              onChange={(event) => client.change({ do: "table", school, id, on: event.currentTarget.checked })}
            />
            <span>{inLanguage(title, language)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function HiddenOn({ page, language }: { page: Page; language: string }): JSX.Element {
  const say = (text: Text): string => inLanguage(text, language);
  return (
    <section class="rs-publish-page">
      <h4>{say(page.title)}</h4>
      {page.hidden.map((sentence, index) => (
        <p key={index}>{say(sentence)}</p>
      ))}
      {page.tables.length > 0 && (
        <dl>
          {page.tables.map(({ title, note }, index) => (
            <div key={index}>
              <dt>{say(title)}</dt>
              <dd class="rs-soft">{say(note)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
