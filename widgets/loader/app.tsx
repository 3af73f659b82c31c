/** The loader of surveys: a file, the survey it belongs to, what does not fit yet, and the button that takes it. */

import type { JSX } from "preact";
import { capital } from "../core/text";
import { Columns } from "./columns";
import { Drop, Progress } from "./drop";
import { Account, Buttons, Command, Field, Frame, Problem, Status, Table } from "./frame";
import { masked, say, type Scene, waiting } from "./scene";
import { Labels, Missing } from "./settle";
import { open, type State } from "./state";
import type { Strings } from "./strings";

const OWN = "own";

type AppProps = Omit<Scene, "state">;

export function App(props: AppProps): JSX.Element {
  const { client, language, words } = props;
  const { state } = client;
  const scene = state && { ...props, state };
  const problem = client.lost ? words.lost : client.alone ? words.alone : client.refused || (state?.error ?? "");
  return (
    <Frame client={client} words={words} scene={scene}>
      {state?.file && <File scene={scene!} file={state.file} />}
      <Drop
        client={client}
        role="answers"
        label={state?.file ? words.dropAgain : words.drop}
        hint={words.dropHint}
        small={Boolean(state?.file)}
      />
      <Progress client={client} words={words} />
      <Problem text={problem} />
      {scene && <Settings scene={scene} />}
      {scene?.state.file && (
        <>
          <Mapping scene={scene} />
          <Account scene={scene} title={words.account} hint={words.accountHint} />
        </>
      )}
      <Status
        client={client}
        words={words}
        language={language}
        left={state?.file && state.instrument && !state.fits ? leftOver(state, words) : []}
      />
      {scene?.state.file && scene.state.instrument && <Buttons scene={scene} use={words.use} />}
    </Frame>
  );
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
          <Command words={words} line={file.new} about={words.newSurvey} />
        </>
      )}
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
      <Word scene={scene} field="wave" label={words.wave} listed={state.waves.length > 0} />
      <Word scene={scene} field="school" label={words.school} listed={false} />
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
        {state.waves.map(({ key, title }) => (
          <option key={key} value={key} label={say(scene, title)} />
        ))}
      </datalist>
    </div>
  );
}

function Word(props: { scene: Scene; field: "wave" | "school"; label: string; listed: boolean }): JSX.Element {
  const { scene, field, label, listed } = props;
  const { state, words, client, id } = scene;
  const step = waiting(scene, { do: field, text: "" });
  return (
    <Field label={label}>
      <input
        type="text"
        value={step ? step.text : state[field]}
        placeholder={words.fromFile}
        list={listed ? id("waves") : undefined}
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
