/** The explorers: menus, the sentence, a picture with its table beside it, and the code that gives the same. */

import type { JSX } from "preact";
import { Copy } from "../anywidget/take";
import { IntervalKey, Intervals } from "../core/intervals";
import { toTsv } from "../core/spreadsheet";
import { Grid } from "../core/grid";
import { inLanguage as say } from "../core/text";
import type { Client } from "./client";
import { rowsOf, scaleOf, tableOf } from "./picture";
import { type Face, inLanguage, type Named, type State } from "./state";
import type { Strings } from "./strings";

export interface AppProps {
  client: Client;
  words: Strings;
  language: string;
  /** Whether a workbook was saved since the last choice. */
  saved: boolean;
}

interface Scene extends AppProps {
  state: State;
}

export function App(props: AppProps): JSX.Element {
  const { client, words, language } = props;
  const { state } = client;
  if (state === null)
    return (
      <div class="rs-frame">
        {!client.alone && <p role="status">{words.connecting}</p>}
        <p role="alert" class={client.alone ? "rs-alert" : "rs-away"}>
          {client.alone && words.alone}
        </p>
      </div>
    );
  const scene = { ...props, state };
  const problem = client.refused || state.error;
  const [first, ...others] = inLanguage(state.tables, language);
  return (
    <div class="rs-frame" aria-busy={client.slow}>
      <h2>{words.title[state.kind]}</h2>
      <p class="rs-promise">
        {[state.wave && say(state.wave, language), state.simulated && words.simulated, say(state.masked, language)]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Menus scene={scene} />
      <p role="alert" class={problem ? "rs-alert" : "rs-away"}>
        {problem}
      </p>
      <p role="status" class="rs-working">
        {client.slow && words.working}
      </p>
      <div role="status" class="rs-say">
        {inLanguage(state.sentences, language).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {first && (
        <>
          <Picture scene={scene} face={first} />
          <TableWithCopy face={first} words={words} />
          {others.map((face) => (
            <details key={face.title} class="rs-more">
              <summary>{face.title}</summary>
              <TableWithCopy face={face} words={words} />
            </details>
          ))}
        </>
      )}
      {first && <Download scene={scene} />}
      <Command scene={scene} />
    </div>
  );
}

function Menus({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words, language } = scene;
  const { what, by } = client.choice;
  const titleOf = ({ id, title }: Named): string => (title === null ? (words.unit[id] ?? id) : say(title, language));
  return (
    <div class="rs-settings">
      {state.kind === "reliability" ? (
        <fieldset class="rs-scales">
          <legend>{words.scales}</legend>
          {state.menu.scales.map((scale) => (
            <label key={scale.id} class="rs-check">
              <input
                type="checkbox"
                checked={what.includes(scale.id)}
                onChange={(event) => {
                  const on = event.currentTarget.checked;
                  client.choose({ what: on ? [...what, scale.id] : what.filter((id) => id !== scale.id) });
                }}
              />
              <span>{titleOf(scale)}</span>
            </label>
          ))}
        </fieldset>
      ) : (
        <label class="rs-field">
          <span>{words.what}</span>
          <select value={what[0]} onChange={(event) => client.choose({ what: [event.currentTarget.value] })}>
            <optgroup label={words.scales}>
              <Options entries={state.menu.scales} titleOf={titleOf} />
            </optgroup>
            {state.menu.scales.map((scale) => (
              <optgroup key={scale.id} label={words.questionsOf(titleOf(scale))}>
                <Options entries={scale.items ?? []} titleOf={titleOf} />
              </optgroup>
            ))}
          </select>
        </label>
      )}
      <label class="rs-field">
        <span>{words.by[state.kind]}</span>
        <select value={by} onChange={(event) => client.choose({ by: event.currentTarget.value })}>
          <Options entries={state.menu.by} titleOf={titleOf} />
        </select>
      </label>
    </div>
  );
}

function Options({ entries, titleOf }: { entries: Named[]; titleOf: (entry: Named) => string }): JSX.Element {
  return (
    <>
      {entries.map((entry) => (
        <option key={entry.id} value={entry.id}>
          {titleOf(entry)}
        </option>
      ))}
    </>
  );
}

function Picture({ scene, face }: { scene: Scene; face: Face }): JSX.Element | null {
  const { state, words } = scene;
  if (state.picture === null) return null;
  const scale = scaleOf(state.kind, state.picture);
  const [low, high] = scale.limits.map(scale.say);
  const [dot, diamond] = state.kind === "reliability" ? (["alpha", "omega"] as const) : (["share", "others"] as const);
  return (
    <section class="rs-card rs-intervals">
      <IntervalKey
        label={words.key}
        dot={words.mark[dot]}
        diamond={words.mark[diamond]}
        interval={words.interval}
        limits={low !== undefined && high !== undefined ? words.limits(low, high) : ""}
      />
      <Intervals rows={rowsOf(state, face, words)} scale={scale} />
    </section>
  );
}

function TableWithCopy({ face, words }: { face: Face; words: Strings }): JSX.Element {
  const table = tableOf(face);
  return (
    <div class="rs-table rs-card">
      <Grid table={table} />
      <Copy label={words.copyTable} text={toTsv(table)} words={words} />
    </div>
  );
}

function Command({ scene }: { scene: Scene }): JSX.Element {
  const { state, words } = scene;
  return (
    <div class="rs-command">
      <p class="rs-soft">{words.code}</p>
      <code>{state.code}</code>
      <Copy label={words.copyCode} text={state.code} words={words} />
    </div>
  );
}

function Download({ scene }: { scene: Scene }): JSX.Element {
  const { client, words, language, saved } = scene;
  return (
    <div class="rs-take">
      <button type="button" class="rs-button" onClick={() => client.workbook(language)}>
        {words.download}
      </button>
      <span role="status">{saved && words.saved}</span>
    </div>
  );
}
