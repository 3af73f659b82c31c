/** The lab: a policy's parts, what the marks would be, the policy in words and its arithmetic, and the code. */

import type { JSX } from "preact";
import { historyKey } from "../anywidget/keys";
import { Copy } from "../anywidget/take";
import { saveYaml } from "../core/save";
import { fileName } from "../core/spreadsheet";
import { inLanguage as say } from "../core/text";
import type { Client } from "./client";
import { Groups, Kept, Results, Strip, Tables } from "./results";
import { Rules } from "./rules";
import { inLanguage, type Parts, PINS, problemOf, type Said, type State } from "./state";
import type { Strings } from "./strings";

export interface AppProps {
  client: Client;
  words: Strings;
  language: string;
  /** Makes an id that no other such widget on the page has. */
  id: (name: string) => string;
}

export interface Scene extends AppProps {
  state: State;
  parts: Parts;
}

export function App(props: AppProps): JSX.Element {
  const { client, words, language } = props;
  const { state, parts } = client;
  if (state === null || parts === null)
    return (
      <div class="rs-frame">
        {!client.alone && <p role="status">{words.connecting}</p>}
        <p role="alert" class={client.alone ? "rs-alert" : "rs-away"}>
          {client.alone && words.alone}
        </p>
      </div>
    );
  const scene = { ...props, state, parts };
  const problem = problemOf(parts);
  const alert = client.alone ? words.alone : client.refused || (problem ? words.problem(problem) : state.error);
  return (
    <div
      class="rs-frame"
      onKeyDown={(event) => {
        const action = historyKey(event);
        if (action === null) return;
        event.preventDefault();
        event.stopPropagation();
        client.step({ type: action });
      }}
    >
      <h2>{words.title}</h2>
      <p class="rs-promise">
        {words.promise} · {say(state.masked, language)}
      </p>
      <Strip scene={scene} />
      <Buttons scene={scene} />
      <p role="alert" class={alert ? "rs-alert" : "rs-away"}>
        {alert}
      </p>
      <div class="rs-policy-sides">
        <section aria-label={words.rules}>
          <Rules scene={scene} />
        </section>
        <div class="rs-policy-results">
          <Results scene={scene} />
          <div role="status" class="rs-say">
            {/* Only where it has come to rest: a slider that moves would be read out at every step. */}
            {(state.example !== null || state.error !== "") &&
              (inLanguage(state.sentences, language) ?? []).map((sentence) => <p key={sentence}>{sentence}</p>)}
          </div>
          {(inLanguage(state.notes, language) ?? []).map((note) => (
            <p key={note} class="rs-note">
              {note}
            </p>
          ))}
          <Kept scene={scene} />
        </div>
      </div>
      <Groups scene={scene} />
      <Words scene={scene} />
      <Command scene={scene} />
    </div>
  );
}

function Buttons({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words } = scene;
  const full = state.pins.length >= PINS;
  // Not `disabled`: the focus would be lost.
  const press = (label: string, can: boolean, does: () => void, main = false): JSX.Element => (
    <button
      type="button"
      class={main ? "rs-button rs-button-main" : "rs-button"}
      aria-disabled={!can}
      onClick={() => can && does()}
    >
      {label}
    </button>
  );
  return (
    <div class="rs-buttons">
      {press(words.pin, !full && state.tried !== null, () => client.step({ type: "pin" }), !full)}
      {press(words.undo, state.undo, () => client.step({ type: "undo" }))}
      {press(words.redo, state.redo, () => client.step({ type: "redo" }))}
      {press(words.reset, state.changed, () => client.step({ type: "reset" }))}
    </div>
  );
}

/** A policy in words; where courses differ, each one's. */
export function SaidOf({ said, language }: { said: Said[]; language: string }): JSX.Element {
  return (
    <>
      {said.map(({ of, words }) => (
        <p key={say(words, "en")}>
          {said.length > 1 && of.length > 0 && <strong>{of.join(", ")}: </strong>}
          {say(words, language)}
        </p>
      ))}
    </>
  );
}

function Words({ scene }: { scene: Scene }): JSX.Element {
  const { state, words, language } = scene;
  const example = state.example && inLanguage(state.example, language);
  return (
    <section class="rs-card rs-policy-said" aria-label={words.said}>
      <h3>{words.said}</h3>
      <SaidOf said={state.said} language={language} />
      {/* It keeps its line, so that nothing moves while a slider is moved. */}
      <p class="rs-policy-example">{example?.sentence}</p>
      {example && (
        <details>
          <summary>{words.steps}</summary>
          <Tables faces={example.tables} words={words} />
        </details>
      )}
    </section>
  );
}

function Command({ scene }: { scene: Scene }): JSX.Element | null {
  const { state, words } = scene;
  if (state.code === "") return null;
  const [only, ...more] = state.files;
  const save = (file: State["files"][number], label: string): JSX.Element => (
    <button
      key={file.name}
      type="button"
      class="rs-button"
      onClick={() => saveYaml(fileName("yaml", file.name), file.text)}
    >
      {label}
    </button>
  );
  return (
    <div class="rs-command">
      <p class="rs-soft">{words.code}</p>
      <code>{state.code}</code>
      <Copy label={words.copyCode} text={state.code} words={words} />
      {only && more.length === 0 && <div class="rs-take">{save(only, words.save)}</div>}
      {more.length > 0 && (
        <details>
          <summary>{words.files}</summary>
          <div class="rs-take">{state.files.map((file) => save(file, file.name))}</div>
        </details>
      )}
    </div>
  );
}
