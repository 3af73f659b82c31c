/** What the marks would be: before beside after, kept policies beside them, and the same by group. */

import type { JSX } from "preact";
import { Copy } from "../anywidget/take";
import { Grid } from "../core/grid";
import { type Table, toTsv } from "../core/spreadsheet";
import { inLanguage as say } from "../core/text";
import { type Scene, SaidOf } from "./app";
import { Menu } from "./fields";
import { type Cell, type Face, inLanguage, MEASURES } from "./state";
import type { Strings } from "./strings";

interface SceneProps {
  scene: Scene;
}

/** The figure that decides ninth grade, in sight of what is moved; the table says it again. */
export function Strip({ scene }: SceneProps): JSX.Element {
  const { state, words, language } = scene;
  const text = (cells: Cell[] | null): string => (cells?.[0] ? say(cells[0].text, language) : words.cannot);
  return (
    <p class="rs-policy-strip" aria-hidden="true">
      {words.measure.df_marks}:{" "}
      <strong>
        {text(state.own)} → {text(state.tried)}
      </strong>
    </p>
  );
}

export function Results({ scene }: SceneProps): JSX.Element {
  const { client, state, words, language } = scene;
  const columns = [
    { name: words.own, cells: state.own },
    { name: words.tried, cells: state.tried },
    ...state.pins.map(({ cells }, at) => ({ name: words.pinned(at + 1), cells })),
  ];
  const text = (cells: Cell[] | null, row: number): string => {
    const cell = cells?.[row];
    return cell ? say(cell.text, language) : words.cannot;
  };
  const table: Table = {
    caption: state.students === null ? words.results : `${words.results}: ${state.students} ${words.students}`,
    columns: [words.promise, ...columns.map(({ name }) => name)].map((label) => ({ label, numeric: false })),
    rows: MEASURES.map((measure, row) => [words.measure[measure], ...columns.map(({ cells }) => text(cells, row))]),
    headers: 1,
  };
  return (
    <div class="rs-card rs-table">
      <div class="rs-scroll" tabIndex={0} role="region" aria-label={words.results} aria-busy={client.busy}>
        <table class="rs-policy-table">
          <caption>{table.caption}</caption>
          <thead>
            <tr>
              {table.columns.map(({ label }, at) => (
                <th key={at} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {MEASURES.map((measure, row) => (
              <tr key={measure}>
                <th scope="row">{words.measure[measure]}</th>
                {columns.map(({ cells }, at) => {
                  const share = cells?.[row]?.share ?? null;
                  return (
                    <td key={at} class={at === 0 ? "rs-policy-own" : undefined}>
                      {text(cells, row)}
                      {share !== null && (
                        <span class="rs-policy-bar" aria-hidden="true">
                          <span style={{ width: `${share}%` }} />
                        </span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Copy label={words.copyTable} text={toTsv(table)} words={words} />
    </div>
  );
}

/** What each kept policy says, with the way back to it. */
export function Kept({ scene }: SceneProps): JSX.Element {
  const { client, state, words, language } = scene;
  return (
    <>
      {state.pins.map(({ said }, at) => (
        <section key={at} class="rs-card rs-policy-kept" aria-label={words.pinned(at + 1)}>
          <h3>{words.pinned(at + 1)}</h3>
          <SaidOf said={said} language={language} />
          <div class="rs-take">
            <button type="button" class="rs-button" onClick={() => client.step({ type: "take", at })}>
              {words.take(at + 1)}
            </button>
            <button type="button" class="rs-button" onClick={() => client.step({ type: "unpin", at })}>
              {words.unpin(at + 1)}
            </button>
          </div>
        </section>
      ))}
    </>
  );
}

export function Groups({ scene }: SceneProps): JSX.Element | null {
  const { client, state, words, language } = scene;
  if (state.menu.by.length === 0) return null;
  const face = state.groups && inLanguage(state.groups, language);
  return (
    <section class="rs-policy-groups">
      <Menu
        label={words.by}
        value={state.by}
        options={(["", ...state.menu.by] as const).map((by) => [by, words.byOf[by]])}
        change={(by) => client.step({ type: "by", by })}
      />
      {face && <Tables faces={[byGroup(face, words.byOf[state.by])]} words={words} />}
    </section>
  );
}

/** The group names a row first, and then the policy. */
export function byGroup(face: Face, group: string): Face {
  const turned = <Entry,>([policy, name, ...rest]: Entry[]): Entry[] => [name as Entry, policy as Entry, ...rest];
  const [policy, name, ...rest] = face.columns;
  if (policy === undefined || name === undefined) return face;
  return { ...face, columns: [{ ...name, label: group }, policy, ...rest], rows: face.rows.map(turned) };
}

export function Tables({ faces, words }: { faces: Face[]; words: Strings }): JSX.Element {
  return (
    <>
      {faces.map((face) => {
        const table: Table = {
          caption: face.title,
          columns: face.columns.map(({ label, decimals }) =>
            decimals === null ? { label, numeric: false } : { label, numeric: true, decimals },
          ),
          rows: face.rows,
          headers: face.headers,
        };
        return (
          <div key={face.title} class="rs-table rs-card">
            <Grid table={table} />
            <Copy label={words.copyTable} text={toTsv(table)} words={words} />
          </div>
        );
      })}
    </>
  );
}
