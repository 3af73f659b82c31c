/** What is left to settle beside the columns: questions without one, labels that fit nothing, texts, waves. */

import type { JSX } from "preact";
import { masked, say, type Scene, waiting } from "./scene";
import type { Label } from "./state";

export function Missing({ scene }: { scene: Scene }): JSX.Element | null {
  const { state, words, client } = scene;
  const { items, groups, identity } = state.missing;
  const open = items.filter((item) => !item.declared);
  const others = [
    ...groups.map((group) => say(scene, group.text)),
    ...identity.map((key) => words.identity[key] ?? key),
  ];
  return (
    <>
      {items.length > 0 && (
        <fieldset class="rs-card">
          <legend>{words.missingTitle(items.length)}</legend>
          <p class="rs-note">{words.missingHint}</p>
          {items.map((item) => {
            const step = waiting(scene, { do: "missing", items: [item.id], on: true });
            return (
              <label key={item.id} class="rs-check">
                <input
                  type="checkbox"
                  checked={step ? step.on : item.declared}
                  onChange={(event) =>
                    client.change({ do: "missing", items: [item.id], on: event.currentTarget.checked })
                  }
                />
                <span>{say(scene, item.text)}</span>
              </label>
            );
          })}
          {open.length > 1 && (
            <button
              type="button"
              class="rs-button"
              onClick={() => client.change({ do: "missing", items: open.map((item) => item.id), on: true })}
            >
              {words.missingAll}
            </button>
          )}
        </fieldset>
      )}
      {others.length > 0 && (
        <p class="rs-note">
          {words.missingOther} {others.join(", ")}
        </p>
      )}
    </>
  );
}

export function Labels({ scene, needed }: { scene: Scene; needed: boolean }): JSX.Element | null {
  const { state, words, client } = scene;
  const labels = state.labels.filter((label) => label.needed === needed);
  const keptBack = needed && state.keptBack !== "";
  if (labels.length === 0 && !keptBack) return null;
  const lines = (
    <ul class="rs-lines">
      {labels.map((label, index) => (
        <Line key={`${label.key} ${label.text}`} scene={scene} label={label} index={index} />
      ))}
    </ul>
  );
  if (!needed)
    return (
      <details class="rs-card">
        <summary>{words.otherLabelsTitle(labels.length)}</summary>
        {lines}
      </details>
    );
  const lenient = waiting(scene, { do: "lenient", on: true });
  return (
    <section class="rs-card" aria-labelledby={scene.id("labels")}>
      <h3 id={scene.id("labels")}>{labels.length > 0 ? words.labelsTitle(labels.length) : words.leftTexts}</h3>
      {labels.length > 0 && <p class="rs-note">{words.labelsHint}</p>}
      {lines}
      {keptBack && (
        <>
          <label class="rs-check">
            <input
              type="checkbox"
              checked={lenient ? lenient.on : state.lenient}
              aria-describedby={scene.id("kept-back")}
              onChange={(event) => client.change({ do: "lenient", on: event.currentTarget.checked })}
            />
            <span>{words.keptBack(masked(words, state.keptBack))}</span>
          </label>
          <p class="rs-note" id={scene.id("kept-back")}>
            {words.keptBackHint}
          </p>
        </>
      )}
    </section>
  );
}

function Line({ scene, label, index }: { scene: Scene; label: Label; index: number }): JSX.Element {
  const { words, client } = scene;
  const id = scene.id(`label-${label.needed ? "" : "other-"}${index}`);
  const said = { do: "label", key: label.key, text: label.text } as const;
  const step = waiting(scene, { ...said, value: "" });
  return (
    <li class="rs-line">
      <label for={id}>
        <span class="rs-line-name">“{label.text}”</span>
        <span class="rs-line-about rs-soft">{words.labelRows(masked(words, label.rows))}</span>
      </label>
      <div class="rs-line-choice">
        <select
          id={id}
          aria-describedby={`${id}-how`}
          value={step ? step.value : label.value}
          onChange={(event) => client.change({ ...said, value: event.currentTarget.value })}
        >
          <option value="">{label.needed ? words.choose : words.asItIs}</option>
          {label.meanings.map((meaning, index) => (
            <option key={index} value={String(index)}>
              {say(scene, meaning)}
            </option>
          ))}
          {label.key !== "wave" && <option value="-">{words.noAnswer}</option>}
        </select>
        <span id={`${id}-how`} class="rs-line-how rs-soft">
          {step || !label.like ? "" : words.how[label.like]}
        </span>
      </div>
    </li>
  );
}
