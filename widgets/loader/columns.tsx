/** One line a column: what it is, what it holds, and a menu to change that. */

import type { JSX } from "preact";
import { masked, say, type Scene, waiting } from "./scene";
import type { Column, Part } from "./state";

/** So many lines are drawn at first. */
const AT_FIRST = 60;
/** Never at the start of a line. */
const DOT = "\u00a0· ";

export function Columns({ scene, part }: { scene: Scene; part: Part }): JSX.Element | null {
  const { words, opened, unfold } = scene;
  const columns = scene.state.columns.filter((column) => column.part === part);
  if (columns.length === 0) return null;
  const title = words.part[part](columns.length);
  const all = `all ${part}`;
  const rest = opened.has(all) ? 0 : columns.length - AT_FIRST;
  const lines = (
    <>
      {words.partHint[part] && <p class="rs-note">{words.partHint[part]}</p>}
      <ul class="rs-lines">
        {columns.slice(0, rest > 0 ? AT_FIRST : undefined).map((column) => (
          <Line key={column.position} scene={scene} column={column} />
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" class="rs-button" onClick={() => unfold(all, true)}>
          {words.more(rest)}
        </button>
      )}
    </>
  );
  if (part === "check")
    return (
      <section class="rs-card" aria-labelledby={scene.id(part)}>
        <h3 id={scene.id(part)}>{title}</h3>
        {lines}
      </section>
    );
  const open = opened.has(part) || columns.some((column) => column.twice);
  return (
    <details class="rs-card" open={open} onToggle={(event) => unfold(part, event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && lines}
    </details>
  );
}

function Line({ scene, column }: { scene: Scene; column: Column }): JSX.Element {
  const { words, state, client } = scene;
  const id = scene.id(`column-${column.position}`);
  const about = [
    column.place.replace(/^column/, words.column),
    words.kind[column.kind],
    column.filled && words.filled(masked(words, column.filled)),
  ].filter(Boolean);
  const answers = [...column.answers, ...(column.more ? ["…"] : [])];
  const step = waiting(scene, { do: "column", position: column.position, target: "" });
  const how = column.twice
    ? words.twice
    : step
      ? words.how.chosen
      : words.how[column.how] || (column.part === "check" ? words.unlike : "");
  const name = (
    <>
      <span class="rs-line-name">{column.name}</span>
      <span class="rs-line-about rs-soft">{about.join(DOT)}</span>
      {column.answers.length > 0 && <span class="rs-line-about rs-soft">{answers.join(DOT)}</span>}
    </>
  );
  if (state.targets.length === 0)
    return (
      <li class="rs-line">
        <div>{name}</div>
      </li>
    );
  return (
    <li class={`rs-line ${column.twice ? "rs-line-wrong" : ""}`}>
      <label for={id}>{name}</label>
      <div class="rs-line-choice">
        <select
          id={id}
          aria-describedby={`${id}-how`}
          value={step ? step.target : column.target}
          onChange={(event) =>
            client.change({ do: "column", position: column.position, target: event.currentTarget.value })
          }
        >
          <option value="">{words.leaveOut}</option>
          {state.targets.map(({ kind, options }) => (
            <optgroup key={kind} label={words.target[kind]}>
              {options.map((option) => (
                <option key={option.id} value={option.id}>
                  {nameOf(scene, kind, option.id, say(scene, option.text))}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <span id={`${id}-how`} class="rs-line-how rs-soft">
          {how}
        </span>
      </div>
    </li>
  );
}

function nameOf(scene: Scene, kind: string, id: string, text: string): string {
  if (kind === "identity") return scene.words.identity[id] ?? id;
  return text && text !== id ? `${text} (${id})` : id;
}
