/** The parts of a policy, each with native controls; one that the gradebook cannot support says what would be needed. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Scene } from "./app";
import { Strip } from "./results";
import { Check, Fields, Menu, NumberField, Range } from "./fields";
import {
  evenWeights,
  type Part,
  type Parts,
  type RuleName,
  RULES,
  type Settings,
  sumOf,
  valueOf,
  withValue,
} from "./state";

interface RuleProps {
  scene: Scene;
}

export function Rules({ scene }: RuleProps): JSX.Element {
  return (
    <div class="rs-policy-rules">
      <RuleOf scene={scene} rule="floor" />
      <RuleOf scene={scene} rule="missing">
        <Codes scene={scene} />
      </RuleOf>
      <RuleOf scene={scene} rule="retake" />
      <RuleOf scene={scene} rule="late" />
      <RuleOf scene={scene} rule="makeup">
        <Days scene={scene} />
      </RuleOf>
      <Dropped scene={scene} />
      <Weights scene={scene} />
      <Excluded scene={scene} />
      <Cuts scene={scene} />
      <Rounding scene={scene} />
      <Pass scene={scene} />
    </div>
  );
}

interface PartProps extends RuleProps {
  part: Part;
  children: ComponentChildren;
}

/** A part's controls, with what stands in their way. */
function PartOf({ scene, part, children }: PartProps): JSX.Element {
  const { client, words, state, id } = scene;
  const lack = state.menu.lacks[part];
  return (
    <Fields legend={words.part[part]}>
      {children}
      {client.last === part && <Strip scene={scene} />}
      {(lack || state.mixed.includes(part)) && (
        <p id={id(`why-${part}`)} class="rs-policy-why rs-soft">
          {lack ? words.lack[lack] : words.mixed}
        </p>
      )}
    </Fields>
  );
}

interface SwitchProps<Key extends Part> extends RuleProps {
  part: Key;
  /** The part to begin with. */
  first: () => NonNullable<Parts[Key]>;
  on: boolean;
  none: Parts[Key];
}

/** Whether there is such a rule at all. */
function Switch<Key extends Part>(props: SwitchProps<Key>): JSX.Element {
  const { scene, part, first, on, none } = props;
  const { client, state, words, id } = scene;
  const lack = state.menu.lacks[part];
  return (
    <Check
      label={words.use}
      on={on}
      off={lack !== "" && !on}
      hint={lack || state.mixed.includes(part) ? id(`why-${part}`) : undefined}
      change={(now) => client.move(`use ${part}`, { [part]: now ? first() : none })}
    />
  );
}

interface RuleOfProps<Rule extends RuleName> extends RuleProps {
  rule: Rule;
  children?: ComponentChildren;
}

/** A rule with settings of its own. */
function RuleOf<Rule extends RuleName>({ scene, rule, children }: RuleOfProps<Rule>): JSX.Element {
  const { client, parts, state, words } = scene;
  const { first, controls } = RULES[rule];
  const now = parts[rule] as Settings | null;
  const scores = state.menu.scores;
  return (
    <PartOf scene={scene} part={rule}>
      <Switch
        scene={scene}
        part={rule}
        on={now !== null}
        none={null as Parts[Rule]}
        first={() => (scores ? first : { ...first, on: "mark" }) as NonNullable<Parts[Rule]>}
      />
      {now &&
        controls.map(([kind, key, ...options]) => {
          const name = `${rule} ${key}`;
          const shared = {
            key,
            label: words.setting[key] ?? words.setting[name] ?? key,
            change: (value: unknown) => client.move(name, { [rule]: { ...now, [key]: value } }),
          };
          if (kind === "range") return <Range {...shared} value={Number(now[key])} />;
          if (kind === "menu")
            return (
              <Menu
                {...shared}
                value={String(now[key])}
                options={options
                  .filter((option) => scores || option !== "score")
                  .map((option) => [option, words.setting[option] ?? option])}
              />
            );
          if (name === "retake window" && !state.menu.window) return null;
          // Work is made up within days, or on named ones.
          const open = rule !== "makeup" || parts.makeup?.days.length;
          return (
            <NumberField
              {...shared}
              value={now[key] as number | null}
              least={key === "count" ? 1 : 0}
              {...(open ? { empty: words.empty } : {})}
            />
          );
        })}
      {now && children}
    </PartOf>
  );
}

/** Which missing work is meant. */
function Codes({ scene }: RuleProps): JSX.Element | null {
  const { client, parts, state, words } = scene;
  const { missing } = parts;
  const codes = [...new Set([...state.menu.codes, ...(missing?.codes ?? [])])];
  if (missing === null || codes.length === 0) return null;
  return (
    <div role="group" aria-label={words.codes} class="rs-policy-boxes">
      <span class="rs-soft">{words.codes}</span>
      <Boxes
        names={codes}
        on={missing.codes}
        change={(chosen, code) => client.move(`code ${code}`, { missing: { ...missing, codes: chosen } })}
      />
    </div>
  );
}

interface BoxesProps {
  names: string[];
  on: string[];
  change: (on: string[], name: string) => void;
}

function Boxes({ names, on, change }: BoxesProps): JSX.Element {
  return (
    <>
      {names.map((name) => (
        <Check
          key={name}
          label={name}
          on={on.includes(name)}
          change={(now) =>
            change(
              names.filter((one) => (one === name ? now : on.includes(one))),
              name,
            )
          }
        />
      ))}
    </>
  );
}

/** The days on which work is made up. */
function Days({ scene }: RuleProps): JSX.Element | null {
  const { client, parts, state, words } = scene;
  const { makeup } = parts;
  const [day, setDay] = useState("");
  if (makeup === null || !state.menu.days) return null;
  const change = (days: string[]): void => {
    const window = days.length > 0 ? makeup.window : (makeup.window ?? RULES.makeup.first.window);
    client.move(`days ${days.join(" ")}`, { makeup: { ...makeup, days, window } });
  };
  return (
    <>
      <div class="rs-policy-day">
        <label class="rs-field">
          <span>{words.day}</span>
          <input type="date" value={day} onInput={({ currentTarget }) => setDay(currentTarget.value)} />
        </label>
        <button
          type="button"
          class="rs-button"
          aria-disabled={day === ""}
          onClick={() => {
            if (day !== "") change([...new Set([...makeup.days, day])].sort());
            setDay("");
          }}
        >
          {words.addDay}
        </button>
      </div>
      {makeup.days.map((one) => (
        <button
          key={one}
          type="button"
          class="rs-button"
          onClick={() => change(makeup.days.filter((other) => other !== one))}
        >
          {words.removeDay(one)}
        </button>
      ))}
    </>
  );
}

function Dropped({ scene }: RuleProps): JSX.Element {
  const { client, parts, state } = scene;
  const { categories } = state.menu;
  return (
    <PartOf scene={scene} part="drop_lowest">
      <div class="rs-policy-pair">
        {categories.map((name) => (
          <NumberField
            key={name}
            label={name}
            value={valueOf(parts.drop_lowest, name) ?? 0}
            most={99}
            change={(k) =>
              client.move(`drop ${name}`, {
                drop_lowest: withValue(parts.drop_lowest, categories, name, k || undefined),
              })
            }
          />
        ))}
      </div>
    </PartOf>
  );
}

function Weights({ scene }: RuleProps): JSX.Element {
  const { client, parts, state, words } = scene;
  const { weights, exclude } = parts;
  const weighed = state.menu.categories.filter((name) => !exclude.includes(name));
  const sum = sumOf(weights);
  return (
    <PartOf scene={scene} part="weights">
      <Switch
        scene={scene}
        part="weights"
        on={weights.length > 0}
        none={[]}
        first={() => evenWeights(weighed.length > 0 ? weighed : state.menu.categories)}
      />
      {weights.length > 0 && (
        <>
          {weighed.map((name) => (
            <Range
              key={name}
              label={name}
              value={valueOf(weights, name) ?? 0}
              change={(value) => client.move(`weight ${name}`, { weights: withValue(weights, weighed, name, value) })}
            />
          ))}
          <p class={sum === 100 ? "rs-policy-sum rs-soft" : "rs-policy-sum rs-policy-wrong"}>
            {words.sum(String(sum))}
          </p>
        </>
      )}
    </PartOf>
  );
}

function Excluded({ scene }: RuleProps): JSX.Element {
  const { client, parts, state } = scene;
  const { categories } = state.menu;
  const { exclude, weights } = parts;
  return (
    <PartOf scene={scene} part="exclude">
      <div class="rs-policy-boxes">
        <Boxes
          names={categories}
          on={exclude}
          change={(rest, name) => {
            const weighed = categories.filter((one) => !rest.includes(one));
            // What is no part of the mark has no weight; that the others do not make 100 then is said.
            const more =
              weights.length > 0 && !state.mixed.includes("weights")
                ? { weights: withValue(weights, weighed, name, rest.includes(name) ? undefined : 0) }
                : {};
            client.move(`exclude ${name}`, { exclude: rest, ...more });
          }}
        />
      </div>
    </PartOf>
  );
}

function Cuts({ scene }: RuleProps): JSX.Element {
  const { client, parts, words } = scene;
  const letters = parts.cuts.map(([letter]) => letter);
  return (
    <PartOf scene={scene} part="cuts">
      <div class="rs-policy-cuts">
        {parts.cuts.map(([letter, value]) => (
          <NumberField
            key={letter}
            label={`${letter} ${words.from}`}
            value={value}
            step="any"
            after="%"
            change={(now) => client.move(`cut ${letter}`, { cuts: withValue(parts.cuts, letters, letter, now ?? 0) })}
          />
        ))}
      </div>
    </PartOf>
  );
}

function Rounding({ scene }: RuleProps): JSX.Element {
  const { client, parts, words } = scene;
  const steps = ["", "0", "1", "2"] as const;
  const values = { "": null, "0": 0, "1": 1, "2": 2 } as const;
  return (
    <PartOf scene={scene} part="round">
      <Menu
        label={words.roundTo}
        value={steps.find((step) => values[step] === parts.round) ?? ""}
        options={steps.map((step) => [step, words.rounds[step]])}
        change={(step) => client.move("round", { round: values[step] })}
      />
    </PartOf>
  );
}

function Pass({ scene }: RuleProps): JSX.Element {
  const { client, parts, words } = scene;
  return (
    <PartOf scene={scene} part="pass">
      <Switch scene={scene} part="pass" on={parts.pass !== null} none={null} first={() => 60} />
      {parts.pass !== null && (
        <Range label={words.passFrom} value={parts.pass} change={(pass) => client.move("pass", { pass })} />
      )}
    </PartOf>
  );
}
