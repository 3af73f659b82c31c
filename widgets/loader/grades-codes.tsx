/** What stands where scores are: codes, and empty cells. */

import type { JSX } from "preact";
import type { GradeScene } from "./grades";
import type { BlankChoice, Code } from "./grades-state";
import { masked, waiting } from "./scene";

const MEANINGS = ["missing", "excused", "not_assigned", "ungraded", "number"];

export function Codes({ scene }: { scene: GradeScene }): JSX.Element | null {
  const { state, words, id } = scene;
  if (state.codes.length === 0) return null;
  return (
    <section class="rs-card" aria-labelledby={id("codes")}>
      <h3 id={id("codes")}>{words.codesTitle(state.codes.length)}</h3>
      <p class="rs-note">{words.codesHint}</p>
      <ul class="rs-lines">
        {state.codes.map((code) => (
          <CodeLine key={code.index} scene={scene} code={code} />
        ))}
      </ul>
    </section>
  );
}

function CodeLine({ scene, code }: { scene: GradeScene; code: Code }): JSX.Element {
  const { words, client, opened, unfold } = scene;
  const { index } = code;
  const id = scene.id(`code-${index}`);
  const typing = `number ${index}`;
  const step = waiting(scene, { do: "code", index, means: "" });
  const value = step ? step.means : code.value || (opened.has(typing) ? "number" : "");
  return (
    <li class="rs-line">
      <label for={id}>
        <span class="rs-line-name">{code.text ? `“${code.text}”` : words.hidden}</span>
        <span class="rs-line-about rs-soft">
          {[words.cells(masked(words, code.cells)), ...code.where].join("\u00a0· ")}
        </span>
      </label>
      <div class="rs-line-choice">
        <select
          id={id}
          value={value}
          onChange={(event) => {
            const means = event.currentTarget.value;
            unfold(typing, means === "number");
            if (means !== "number") client.change({ do: "code", index, means });
          }}
        >
          <option value="">{words.choose}</option>
          {MEANINGS.map((meaning) => (
            <option key={meaning} value={meaning}>
              {words.codes[meaning]}
            </option>
          ))}
        </select>
        {value === "number" && (
          <input
            type="number"
            step="any"
            aria-label={words.numberFor}
            placeholder={words.numberFor}
            value={step ? step.number : code.number}
            onChange={(event) => {
              const number = event.currentTarget.valueAsNumber;
              if (!Number.isNaN(number)) client.change({ do: "code", index, means: "number", number });
            }}
          />
        )}
      </div>
    </li>
  );
}

/** The three things that an empty cell can be, and what each would do. */
export function Blanks({ scene }: { scene: GradeScene }): JSX.Element | null {
  const { state, words, client, id } = scene;
  const { blank } = state;
  if (blank === null) return null;
  const step = waiting(scene, { do: "blank", value: "" });
  const chosen = step ? step.value : blank.value;
  return (
    <fieldset class="rs-card">
      <legend>{words.blankTitle}</legend>
      <p class="rs-note">{words.blankHint(masked(words, blank.cells))}</p>
      {blank.choices.map((choice) => (
        <div key={choice.value} class="rs-blank">
          <label class="rs-check">
            <input
              type="radio"
              name={id("blank")}
              checked={choice.value === chosen}
              aria-describedby={id(`blank-${choice.value}`)}
              onChange={() => client.change({ do: "blank", value: choice.value })}
            />
            <span>{words.blanks[choice.value][0]}</span>
          </label>
          <p id={id(`blank-${choice.value}`)} class="rs-soft">
            {effect(scene, choice, blank.marks)}
          </p>
        </div>
      ))}
    </fieldset>
  );
}

function effect(scene: GradeScene, choice: BlankChoice, marks: string): string {
  const { words } = scene;
  const all = masked(words, marks);
  return [
    words.blanks[choice.value][1],
    choice.changed === "0" ? words.changesNone : words.changes(masked(words, choice.changed), all),
    choice.low ? words.low(masked(words, choice.low), all) : words.lowMore(masked(words, choice.more)),
  ].join(" ");
}
