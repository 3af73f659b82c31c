/** What a coach publishes: choices, what would be hidden, the view itself, the button, and the code that does the same. */

import type { ComponentChildren, JSX, TargetedEvent, TargetedInputEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { historyKey } from "../anywidget/keys";
import { copyText } from "../core/save";
import { inLanguage } from "../core/text";
import type { Client } from "./client";
import { Look } from "./look";
import { Hidden } from "./preview";
import { DOORS, EACH, type State } from "./state";
import type { Strings } from "./strings";

export interface AppProps {
  client: Client;
  words: Strings;
  language: string;
  /** Makes an id that no other such widget on the page has. */
  id: (name: string) => string;
  /** The code that a saved notebook kept. */
  kept: string;
}

export interface Scene extends AppProps {
  state: State;
}

export function App(props: AppProps): JSX.Element {
  const { client, language, words } = props;
  const { state } = client;
  if (state === null)
    return (
      <div class="rs-frame">
        {!client.alone && <p role="status">{words.connecting}</p>}
        <p role="alert" class={client.alone ? "rs-alert" : "rs-away"}>
          {client.alone && words.alone}
        </p>
        {client.alone && props.kept && <Command label={words.kept} line={props.kept} words={words} />}
      </div>
    );
  const scene = { ...props, state };
  const problem = client.refused || state.error;
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
    >
      <h2 class="rs-publish-title">{words.title}</h2>
      <p class="rs-promise">
        {[state.wave && inLanguage(state.wave, language), state.simulated && words.simulated, words.promise]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Doors scene={scene} />
      <Groups scene={scene} />
      <Settings scene={scene} />
      <p role="alert" class={problem ? "rs-alert" : "rs-away"}>
        {problem}
      </p>
      <Checking scene={scene} />
      <Hidden scene={scene} />
      <Look scene={scene} />
      <Buttons scene={scene} />
      {state.written && <Files scene={scene} written={state.written} />}
      <Command label={words.code} line={state.code} words={words} />
    </div>
  );
}

function Doors({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words } = scene;
  return (
    <fieldset class="rs-publish-set rs-card">
      <legend>{words.doors}</legend>
      <div class="rs-publish-boxes">
        {DOORS.map((door) => (
          <Box
            key={door}
            scene={scene}
            name={`door-${door}`}
            label={words.door[door]}
            hint={words.doorHint[door]}
            on={client.waiting({ do: "door", id: door, on: true })?.on ?? state.choice.doors.includes(door)}
            change={(on) => client.change({ do: "door", id: door, on })}
          />
        ))}
      </div>
      {state.comments && state.choice.doors.includes("voila") && <p class="rs-note">{words.comments}</p>}
    </fieldset>
  );
}

function Groups({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words, language } = scene;
  return (
    <fieldset class="rs-publish-set rs-card">
      <legend>{words.groups}</legend>
      <p class="rs-note">{state.menu.length > 0 ? words.groupsHint : words.noGroups}</p>
      <div class="rs-publish-boxes">
        {state.menu.map(({ id, title }) => {
          const cost = state.preview?.costs.find((one) => one.id === id);
          return (
            <Box
              key={id}
              scene={scene}
              name={`by-${id}`}
              label={inLanguage(title, language)}
              hint={cost ? words.cost(cost.hidden, cost.pages, cost.joined, cost.figures) : ""}
              on={client.waiting({ do: "by", id, on: true })?.on ?? state.choice.by.includes(id)}
              change={(on) => client.change({ do: "by", id, on })}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

interface BoxProps {
  scene: Scene;
  name: string;
  label: string;
  hint: string;
  on: boolean;
  change: (on: boolean) => void;
}

function Box({ scene, name, label, hint, on, change }: BoxProps): JSX.Element {
  const id = scene.id(name);
  return (
    <div class="rs-publish-box">
      <label class="rs-check">
        <input
          type="checkbox"
          checked={on}
          aria-describedby={id}
          onChange={(event) => change(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {/* It keeps its line, so that nothing moves when it comes and goes. */}
      <p id={id} class="rs-soft">
        {hint}
      </p>
    </div>
  );
}

function Settings({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words } = scene;
  const { choice, least } = state;
  return (
    <div class="rs-publish-settings">
      <Field scene={scene} name="each" label={words.each}>
        {(hint) => (
          <select
            value={client.waiting({ do: "each", each: "" })?.each ?? choice.each}
            aria-describedby={hint}
            onChange={(event) => {
              const each = EACH.find((one) => one === event.currentTarget.value);
              if (each !== undefined) client.change({ do: "each", each });
            }}
          >
            {EACH.map((each) => (
              <option key={each} value={each}>
                {words.eachOf[each]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field scene={scene} name="least" label={words.least} hint={words.leastHint(least)}>
        {(hint) => (
          <Typed
            least={least}
            hint={hint}
            value={String(client.waiting({ do: "min_n", n: 0 })?.n ?? choice.min_n)}
            commit={(input) => {
              const n = Math.trunc(input.valueAsNumber);
              client.change({ do: "min_n", n: Number.isNaN(n) ? 0 : Math.max(n, 0) });
            }}
          />
        )}
      </Field>
      <Field scene={scene} name="folder" label={words.folder} hint={state.there ? words.there : words.folderHint}>
        {(hint) => (
          <Typed
            least={null}
            hint={hint}
            value={client.waiting({ do: "out", text: "" })?.text ?? choice.out}
            commit={(input) => client.change({ do: "out", text: input.value })}
          />
        )}
      </Field>
      <Field scene={scene} name="strategies" label={words.strategies} hint={words.strategiesHint}>
        {(hint) => (
          <Typed
            least={null}
            hint={hint}
            value={client.waiting({ do: "strategies", text: "" })?.text ?? choice.strategies}
            commit={(input) => client.change({ do: "strategies", text: input.value })}
          />
        )}
      </Field>
    </div>
  );
}

interface TypedProps {
  value: string;
  /** The least whole number, or null for text. */
  least: number | null;
  hint: string;
  commit: (input: HTMLInputElement) => void;
}

/** An input that keeps what is being typed, whatever the kernel says meanwhile. */
function Typed({ value, least, hint, commit }: TypedProps): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  const shared = {
    value: draft ?? value,
    "aria-describedby": hint,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => setDraft(event.currentTarget.value),
    onChange: (event: TargetedEvent<HTMLInputElement>) => {
      commit(event.currentTarget);
      setDraft(null);
    },
  };
  return least === null ? (
    <input type="text" autocomplete="off" spellcheck={false} {...shared} />
  ) : (
    <input type="number" inputMode="numeric" min={least} step={1} {...shared} />
  );
}

interface FieldProps {
  scene: Scene;
  name: string;
  label: string;
  hint?: string;
  children: (hint: string) => JSX.Element;
}

function Field({ scene, name, label, hint, children }: FieldProps): JSX.Element {
  const id = scene.id(name);
  return (
    <div>
      <label class="rs-field">
        <span>{label}</span>
        {children(id)}
      </label>
      <p id={id} class="rs-publish-hint rs-soft">
        {hint}
      </p>
    </div>
  );
}

function Checking({ scene }: { scene: Scene }): JSX.Element {
  const { state, words, id } = scene;
  const checking = state.doing === "look";
  return (
    <>
      <p role="status" id={id("checking")} class="rs-publish-status">
        {checking ? words.checking : !state.error && state.preview && !state.written && words.checked}
      </p>
      <Bar on={checking} by={id("checking")} />
    </>
  );
}

/** It keeps its place, so that nothing moves when it comes and goes. */
function Bar({ on, by }: { on: boolean; by: string }): JSX.Element {
  return <div class="rs-publish-bar">{on && <progress aria-labelledby={by} />}</div>;
}

function Buttons({ scene }: { scene: Scene }): JSX.Element {
  const { client, state, words, id } = scene;
  const writing = state.doing === "write";
  const wait = writing
    ? words.writing
    : state.doing === "look" || client.busy
      ? words.waitCheck
      : state.error
        ? words.cannot
        : "";
  // Not `disabled`: the focus would be lost, and with it the reason.
  const press = (does: "undo" | "redo", can: boolean): JSX.Element => (
    <button type="button" class="rs-button" aria-disabled={!can} onClick={() => can && client.change({ do: does })}>
      {words[does]}
    </button>
  );
  return (
    <>
      <div class="rs-buttons">
        <button
          type="button"
          class="rs-button rs-button-main"
          aria-disabled={wait !== ""}
          aria-describedby={id("wait")}
          onClick={() => wait === "" && client.write()}
        >
          {words.write}
        </button>
        {press("undo", state.undo)}
        {press("redo", state.redo)}
      </div>
      <p role="status" id={id("wait")} class="rs-publish-hint rs-soft">
        {wait || (state.written && words.again)}
      </p>
      <Bar on={writing} by={id("wait")} />
    </>
  );
}

function Files({ scene, written }: { scene: Scene; written: NonNullable<State["written"]> }): JSX.Element {
  const { words } = scene;
  return (
    <section class="rs-card rs-publish-written" aria-label={words.written}>
      <p>
        {words.written} <strong>{written.folder}</strong>
      </p>
      <details open={written.files.length < 9}>
        <summary>{words.files(written.files.length)}</summary>
        <ul>
          {written.files.map((file) => (
            <li key={file}>{file}</li>
          ))}
        </ul>
      </details>
      {written.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {written.serve && <Command label={words.serve} line={written.serve} words={words} />}
    </section>
  );
}

function Command({ label, line, words }: { label: string; line: string; words: Strings }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  // What was said was said of one line.
  const [told, tell] = useState({ of: "", said: "" });
  const copy = async (): Promise<void> => {
    if (place.current === null) return;
    tell({ of: line, said: (await copyText(line, place.current)) ? words.copied : words.notCopied });
  };
  const said: ComponentChildren = told.of === line && told.said;
  return (
    <div class="rs-command" ref={place}>
      <p class="rs-soft">{label}</p>
      <code>{line}</code>
      <button type="button" class="rs-button" onClick={copy}>
        {words.copy}
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
