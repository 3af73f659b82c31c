/** The loader: a file, the survey it belongs to, what does not fit yet, and the button that takes it into use. */

import type { ComponentChildren, JSX } from "preact";
import { copyText } from "../core/save";
import { capital, inLanguage } from "../core/text";
import type { Client } from "./client";
import { Columns } from "./columns";
import { carriesFiles, Drop, Progress, take } from "./drop";
import { masked, say, type Scene, waiting } from "./scene";
import { Labels, Missing } from "./settle";
import { open, type Section, type State } from "./state";
import type { Strings } from "./strings";

const OWN = "own";

interface AppProps extends Pick<Scene, "client" | "language" | "id" | "opened" | "unfold"> {
  words: Strings;
}

export function App(props: AppProps): JSX.Element {
  const { client, language, words } = props;
  const { state } = client;
  const scene = state && { ...props, state };
  const problem = client.lost ? words.lost : client.alone ? words.alone : client.refused || (state?.error ?? "");
  return (
    <div
      class="rs-frame"
      onKeyDown={(event) => {
        const action = state === null ? null : historyKey(event);
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
      {state?.file && <File scene={scene!} file={state.file} />}
      <Drop
        client={client}
        role="answers"
        label={state?.file ? words.dropAgain : words.drop}
        hint={words.dropHint}
        small={Boolean(state?.file)}
      />
      <Progress client={client} words={words} />
      <p role="alert" class={problem ? "rs-alert" : "rs-away"}>
        {problem}
      </p>
      {scene && <Settings scene={scene} />}
      {scene?.state.file && (
        <>
          <Mapping scene={scene} />
          <Account scene={scene} />
        </>
      )}
      <Status client={client} words={words} language={language} />
      {scene?.state.file && scene.state.instrument && <Buttons scene={scene} />}
    </div>
  );
}

/** Undo and redo by key, outside of fields that have an undo of their own. */
function historyKey(event: KeyboardEvent): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const { target } = event;
  if (target instanceof HTMLInputElement && target.type === "text") return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

function File({ scene, file }: { scene: Scene; file: NonNullable<State["file"]> }): JSX.Element {
  const { words } = scene;
  return (
    <div class="rs-file">
      <strong>{file.names.join(", ")}</strong>
      <p>
        {words.is(capital(file.form, scene.language), masked(words, file.rows), file.columns)}.{" "}
        {words.questions(file.questions)}
      </p>
      {file.notes.map((note) => (
        <p key={note} class="rs-soft">
          {note}
        </p>
      ))}
      {file.new && (
        <>
          <p>{words.noSurvey}</p>
          <Command words={words} line={file.new} />
        </>
      )}
    </div>
  );
}

function Command({ words, line }: { words: Strings; line: string }): JSX.Element {
  const copy = async (button: HTMLElement): Promise<void> => {
    const said = (await copyText(line, button.parentElement ?? button)) ? words.copied : words.notCopied;
    if (button.nextElementSibling) button.nextElementSibling.textContent = said;
  };
  return (
    <div class="rs-command">
      <p class="rs-soft">{words.newSurvey}</p>
      <code>{line}</code>
      <button type="button" class="rs-button" onClick={(event) => copy(event.currentTarget)}>
        {words.copy}
      </button>
      <span role="status" />
    </div>
  );
}

function Settings({ scene }: { scene: Scene }): JSX.Element {
  const { state, words, client, id } = scene;
  const chosen = waiting(scene, { do: "instrument", key: null });
  const known = state.wanted === null && state.instrument !== null;
  return (
    <div class="rs-settings">
      <Field label={words.survey}>
        <select
          value={(chosen ? chosen.key : state.wanted) ?? ""}
          onChange={(event) => client.change({ do: "instrument", key: event.currentTarget.value || null })}
        >
          <option value="">{known ? words.recognised(say(scene, state.instrument)) : words.recognise}</option>
          {state.menu.map(({ key, title }) => (
            <option key={key} value={key}>
              {say(scene, title)}
              {key === OWN ? " (YAML)" : ""}
            </option>
          ))}
        </select>
      </Field>
      <Word scene={scene} field="wave" label={words.wave} among={state.waves} />
      <Word scene={scene} field="school" label={words.school} among={[]} />
      <details class="rs-more" open={state.roster !== null || undefined}>
        <summary>{words.roster}</summary>
        <p class="rs-note">{words.rosterHint}</p>
        <Drop client={client} role="roster" small label={words.rosterChoose} />
        {state.roster && (
          <>
            <p>
              <strong>{state.roster.name}</strong>
            </p>
            {state.roster.error && (
              <p role="alert" class="rs-alert">
                {state.roster.error}
              </p>
            )}
            {state.roster.lines.length > 0 && (
              <Table title={words.responseTitle} columns={words.responseColumns} lines={state.roster.lines} />
            )}
            <button type="button" class="rs-button" onClick={() => client.change({ do: "no roster" })}>
              {words.rosterRemove}
            </button>
          </>
        )}
      </details>
      <details class="rs-more">
        <summary>{words.surveyFile}</summary>
        <Drop client={client} role="instrument" small label={words.surveyFile} />
      </details>
      <datalist id={id("waves")}>
        {state.waves.map((wave) => (
          <option key={wave} value={wave} />
        ))}
      </datalist>
    </div>
  );
}

function Field({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <label class="rs-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

function Word(props: { scene: Scene; field: "wave" | "school"; label: string; among: string[] }): JSX.Element {
  const { scene, field, label, among } = props;
  const { state, words, client, id } = scene;
  const step = waiting(scene, { do: field, text: "" });
  return (
    <Field label={label}>
      <input
        type="text"
        value={step ? step.text : state[field]}
        placeholder={words.fromFile}
        list={among.length > 0 ? id("waves") : undefined}
        autocomplete="off"
        onChange={(event) => client.change({ do: field, text: event.currentTarget.value })}
      />
    </Field>
  );
}

function Mapping({ scene }: { scene: Scene }): JSX.Element {
  return (
    <>
      {scene.state.apart && !scene.state.fits && <p class="rs-note">{scene.words.apart}</p>}
      <Columns scene={scene} part="check" />
      <Missing scene={scene} />
      <Labels scene={scene} needed />
      <Labels scene={scene} needed={false} />
      <Columns scene={scene} part="matched" />
      <Columns scene={scene} part="left" />
      <Columns scene={scene} part="found" />
    </>
  );
}

function Account({ scene }: { scene: Scene }): JSX.Element | null {
  const { state, words, opened, unfold } = scene;
  if (state.sections.length === 0) return null;
  return (
    <details class="rs-card" onToggle={(event) => unfold("account", event.currentTarget.open)}>
      <summary>{words.account}</summary>
      <p class="rs-note">{words.accountHint}</p>
      {opened.has("account") && state.sections.map((section) => <Table key={section.title} {...section} />)}
    </details>
  );
}

function Table({ title, columns, lines }: Section): JSX.Element {
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
function Status({ client, words, language }: { client: Client; words: Strings; language: string }): JSX.Element {
  const { state } = client;
  const left = state?.file && state.instrument && !state.fits ? leftOver(state, words) : [];
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

function leftOver(state: State, words: Strings): string[] {
  const left = open(state);
  return [
    left.questions > 0 && words.leftQuestions(left.questions),
    left.labels > 0 && words.leftLabels(left.labels),
    left.texts && words.leftTexts,
    left.waves && words.leftWaves,
    left.twice && words.leftTwice,
  ].filter((sentence): sentence is string => typeof sentence === "string");
}

function Buttons({ scene }: { scene: Scene }): JSX.Element {
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
        {words.use}
      </button>
      {press("undo", state.undo)}
      {press("redo", state.redo)}
    </div>
  );
}
