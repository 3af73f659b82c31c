/** What both loaders have: the frame, what the files are, the account, the buttons. */

import type { ComponentChildren, JSX } from "preact";
import { copyText } from "../core/save";
import { inLanguage } from "../core/text";
import type { Client } from "./client";
import type { Common } from "./common";
import { carriesFiles, take } from "./drop";
import type { AnyScene } from "./scene";
import type { Mode, Section, Shared } from "./state";

export function Frame(props: {
  client: Client<Shared>;
  words: Common & { title: string; promise: string };
  scene: AnyScene | null;
  children: ComponentChildren;
}): JSX.Element {
  const { client, words, scene, children } = props;
  return (
    <div
      class="rs-frame"
      onKeyDown={(event) => {
        const action = historyKey(event);
        if (action === null) return;
        event.preventDefault();
        event.stopPropagation();
        client.change({ do: action });
      }}
      // Beside its place a file would be opened instead of the notebook.
      onDragOver={(event) => carriesFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (event.defaultPrevented || !carriesFiles(event)) return;
        event.preventDefault();
        take(client, "answers", event.dataTransfer?.files);
      }}
    >
      <h2>{words.title}</h2>
      <p class="rs-promise">{words.promise}</p>
      {scene && <Kind scene={scene} />}
      {children}
    </div>
  );
}

/** Undo and redo by key, outside of fields that have an undo of their own. */
function historyKey(event: KeyboardEvent): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const { target } = event;
  if (target instanceof HTMLInputElement && /text|number/.test(target.type)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

/** Whether the files are a survey or gradebooks: found out, and changed here. */
function Kind({ scene }: { scene: AnyScene }): JSX.Element {
  const { client, state, words } = scene;
  const other = state.mode === "survey" ? "gradebook" : "survey";
  return (
    <>
      <Field label={words.kindOf}>
        <select
          value={state.mode}
          onChange={(event) => client.turn(event.currentTarget.value as Mode)}
          ref={(menu) => {
            if (!state.moved) return;
            state.moved = false;
            menu?.focus();
          }}
        >
          {Object.entries(words.kinds).map(([mode, name]) => (
            <option key={mode} value={mode}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {state.offered.length > 0 && (
        <div role="alert" class="rs-alert">
          <p>{words.offered(state.offered.join(", "), words.kinds[other])}</p>
          <button type="button" class="rs-button" onClick={() => client.turn(other)}>
            {words.readSo}
          </button>
        </div>
      )}
    </>
  );
}

/** Why something could not be done. */
export function Problem({ text }: { text: string }): JSX.Element {
  return (
    <p role="alert" class={text ? "rs-alert" : "rs-away"}>
      {text}
    </p>
  );
}

export function Field({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <label class="rs-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

export function Command(props: { words: Common; line: string; about: string }): JSX.Element {
  const { words, line, about } = props;
  const copy = async (button: HTMLElement): Promise<void> => {
    const said = (await copyText(line, button.parentElement ?? button)) ? words.copied : words.notCopied;
    if (button.nextElementSibling) button.nextElementSibling.textContent = said;
  };
  return (
    <div class="rs-command">
      <p class="rs-soft">{about}</p>
      <code>{line}</code>
      <button type="button" class="rs-button" onClick={(event) => copy(event.currentTarget)}>
        {words.copy}
      </button>
      <span role="status" />
    </div>
  );
}

export function Account(props: { scene: AnyScene; title: string; hint: string }): JSX.Element | null {
  const { scene, title, hint } = props;
  const { state, opened, unfold } = scene;
  if (state.sections.length === 0) return null;
  return (
    <details class="rs-card" onToggle={(event) => unfold("account", event.currentTarget.open)}>
      <summary>{title}</summary>
      <p class="rs-note">{hint}</p>
      {opened.has("account") && state.sections.map((section) => <Table key={section.title} {...section} />)}
    </details>
  );
}

export function Table({ title, columns, lines }: Section): JSX.Element {
  return (
    <div class="rs-scroll" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, row) => (
            <tr key={row}>
              {line.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is going on, said aloud when it changes; what is left stands below it. */
export function Status(props: {
  client: Client<Shared>;
  words: Common & { fits: string; left: string; used: (students: string) => string; next: string };
  language: string;
  left: string[];
}): JSX.Element {
  const { client, words, language, left } = props;
  const { state } = client;
  return (
    <div class="rs-status" role="status" aria-live="polite">
      {state === null && !client.alone ? (
        <p>{words.waiting}</p>
      ) : client.upload !== null && !client.upload.whole ? (
        <p>{words.sending(client.upload.file.name)}</p>
      ) : client.busy ? (
        <p>{words.reading}</p>
      ) : state?.used ? (
        <>
          <p>
            <strong>{words.used(inLanguage(state.used, language))}</strong>
          </p>
          <p>{words.next}</p>
        </>
      ) : state?.fits ? (
        <p>{words.fits}</p>
      ) : (
        left.length > 0 && (
          <>
            <p>{words.left}</p>
            <ul>
              {left.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )
      )}
    </div>
  );
}

export function Buttons({ scene, use }: { scene: AnyScene; use: string }): JSX.Element {
  const { client, state, words } = scene;
  // Not `disabled`: the focus would be lost when the last step is undone.
  const press = (does: "undo" | "redo", can: boolean): JSX.Element => (
    <button type="button" class="rs-button" aria-disabled={!can} onClick={() => can && client.change({ do: does })}>
      {words[does]}
    </button>
  );
  const ready = state.fits && !client.busy;
  return (
    <div class="rs-buttons">
      <button
        type="button"
        class="rs-button rs-button-main"
        aria-disabled={!ready}
        onClick={() => ready && client.use()}
      >
        {use}
      </button>
      {press("undo", state.undo)}
      {press("redo", state.redo)}
    </div>
  );
}
