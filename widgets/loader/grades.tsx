/** The loader of gradebooks: files, what they do not say, what is left to say, what was read, and the button. */

import type { JSX } from "preact";
import { capital, inLanguage } from "../core/text";
import { Drop, Progress } from "./drop";
import { Account, Buttons, Command, Field, Frame, Problem, Status } from "./frame";
import { Blanks, Codes } from "./grades-codes";
import type { FieldName, GradeFile, Grades } from "./grades-state";
import type { Strings } from "./grades-strings";
import { Categories, TableCard } from "./grades-table";
import { masked, type Scene, waiting } from "./scene";

export type GradeScene = Scene<Grades, Strings>;

/** More files than these are folded. */
const FOLDED = 3;

export function GradesApp(props: Omit<GradeScene, "state">): JSX.Element {
  const { client, language, words } = props;
  const { state } = client;
  const scene = state && { ...props, state };
  const problem = client.lost ? words.lost : client.alone ? words.alone : client.refused || (state?.error ?? "");
  const some = (state?.files.length ?? 0) > 0;
  return (
    <Frame client={client} words={words} scene={scene}>
      {scene && <Files scene={scene} />}
      <Drop
        client={client}
        role="answers"
        label={some ? words.dropMore : words.drop}
        hint={words.dropHint}
        small={some}
      />
      <Progress client={client} words={words} />
      <Problem text={problem} />
      {scene && some && (
        <>
          {state.apart && <p class="rs-note">{words.apart}</p>}
          <TableCard scene={scene} />
          <Codes scene={scene} />
          <Blanks scene={scene} />
          <Categories scene={scene} />
          <Summary scene={scene} />
          <Account scene={scene} title={words.account} hint={words.accountHint} />
        </>
      )}
      <Status client={client} words={words} language={language} left={state && some ? leftOver(state, words) : []} />
      {state?.used && <Command words={words} line="rs.widgets.PolicyLab(loader.gradebook)" about={words.tryPolicy} />}
      {scene && some && <Buttons scene={scene} use={words.use} />}
    </Frame>
  );
}

function leftOver(state: Grades, words: Strings): string[] {
  const broken = state.files.filter((file) => file.error !== "").length;
  const codes = state.codes.filter((code) => code.value === "").length;
  return [
    broken > 0 && words.leftFiles(broken),
    codes > 0 && words.leftCodes(codes),
    state.blank?.value === "" && words.leftBlank,
  ].filter((sentence): sentence is string => typeof sentence === "string");
}

function Files({ scene }: { scene: GradeScene }): JSX.Element {
  const { state, words } = scene;
  const { files } = state;
  const lacking = files.flatMap((file) => file.fields.filter((one) => one.field !== "course"));
  const names = [...new Set(lacking.map((one) => one.field))];
  return (
    <>
      {files.length > 1 && names.length > 0 && (
        <fieldset class="rs-card">
          <legend>{words.allFiles}</legend>
          <p class="rs-note">{words.allFilesHint}</p>
          <div class="rs-said">
            {names.map((field) => {
              const said = new Set(lacking.filter((one) => one.field === field).map((one) => one.value));
              return (
                <Said key={field} scene={scene} file={-1} field={field} value={said.size > 1 ? "" : [...said][0]!} />
              );
            })}
          </div>
        </fieldset>
      )}
      {files.map((file) => (
        <File key={file.name} scene={scene} file={file} />
      ))}
    </>
  );
}

function File({ scene, file }: { scene: GradeScene; file: GradeFile }): JSX.Element {
  const { state, words, client, opened, unfold, language } = scene;
  const fold = `file ${file.name}`;
  const folded = state.files.length > FOLDED;
  // What a course is called is seen at once: it may be no more than the file's name.
  const first = file.fields.filter((one) => !folded || one.field === "course");
  const rest = file.fields.filter((one) => !first.includes(one));
  const listed = (fields: typeof first): string => {
    return `${words.lacking} ${fields.map((one) => words.field[one.field]).join(", ")}`;
  };
  const said = (fields: typeof first): JSX.Element => (
    <div class="rs-said">
      {fields.map((one) => (
        <Said
          key={one.field}
          scene={scene}
          file={file.index}
          hint={one.lacks === "all" ? "" : words.lacks[one.lacks]}
          {...one}
        />
      ))}
    </div>
  );
  return (
    <section class="rs-card rs-file" aria-label={file.name}>
      <strong>{file.name}</strong>
      {file.rows && <p class="rs-soft">{words.rows(capital(file.form, language), masked(words, file.rows))}</p>}
      {file.error && (
        <p role="alert" class="rs-alert">
          {file.error}
        </p>
      )}
      {!folded && first.length > 0 && <p class="rs-soft">{listed(first)}</p>}
      {first.length > 0 && said(first)}
      {rest.length > 0 && (
        <details open={opened.has(fold)} onToggle={(event) => unfold(fold, event.currentTarget.open)}>
          <summary>{listed(rest)}</summary>
          {opened.has(fold) && said(rest)}
        </details>
      )}
      <button
        type="button"
        class="rs-button"
        aria-label={`${words.remove}: ${file.name}`}
        onClick={() => client.change({ do: "remove", file: file.index })}
      >
        {words.remove}
      </button>
    </section>
  );
}

/** A field for what a file does not say of itself. */
function Said(props: { scene: GradeScene; file: number; field: FieldName; value: string; hint?: string }): JSX.Element {
  const { scene, file, field, value, hint } = props;
  const { client, words, id } = scene;
  const step = waiting(scene, { do: "said", file, field, text: "" });
  const described = id(`${field}-${file}`);
  return (
    <div>
      <Field label={words.field[field]}>
        <input
          type="text"
          value={step ? step.text : value}
          autocomplete="off"
          aria-describedby={hint ? described : undefined}
          onChange={(event) => client.change({ do: "said", file, field, text: event.currentTarget.value })}
        />
      </Field>
      {hint && (
        <p id={described} class="rs-soft rs-line-how">
          {hint}
        </p>
      )}
    </div>
  );
}

function Summary({ scene }: { scene: GradeScene }): JSX.Element | null {
  const { state, words, language } = scene;
  if (state.summary === null) return null;
  const { courses, items, scores, marks, students } = state.summary;
  return (
    <p class="rs-note">
      <strong>{words.readTitle}: </strong>
      {words.read(courses, items, masked(words, scores), masked(words, marks), inLanguage(students, language))}
    </p>
  );
}
