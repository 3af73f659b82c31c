/** Native controls with their labels: what is typed stays while it is typed, and each says what it holds. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

interface NumberProps {
  label: string;
  value: number | null;
  change: (value: number | null) => void;
  least?: number;
  most?: number;
  step?: number | "any";
  /** Said where it may be empty, which is null then. */
  empty?: string;
  after?: string;
}

/** A number to be typed; what is no number within its limits changes nothing. */
export function NumberField(props: NumberProps): JSX.Element {
  const { label, value, change, least = 0, most, step = 1, empty, after } = props;
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <label class="rs-field rs-policy-number">
      <span>{label}</span>
      <span class="rs-policy-unit">
        <input
          type="number"
          inputMode={step === 1 ? "numeric" : "decimal"}
          min={least}
          max={most}
          step={step}
          placeholder={empty}
          value={draft ?? value ?? ""}
          onInput={({ currentTarget }) => {
            setDraft(currentTarget.value);
            const { valueAsNumber: number, validity } = currentTarget;
            if (currentTarget.value === "" && !validity.badInput && empty !== undefined) change(null);
            else if (!Number.isNaN(number) && validity.valid) change(number);
          }}
          onBlur={() => setDraft(null)}
        />
        {after}
      </span>
    </label>
  );
}

interface RangeProps {
  label: string;
  value: number;
  change: (value: number) => void;
}

export function Range({ label, value, change }: RangeProps): JSX.Element {
  const said = `${value} %`;
  return (
    <label class="rs-field rs-policy-range">
      <span>{label}</span>
      <span class="rs-policy-unit">
        <input
          type="range"
          min={0}
          max={100}
          step={1}
          value={value}
          aria-valuetext={said}
          onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
        />
        <span class="rs-policy-value" aria-hidden="true">
          {said}
        </span>
      </span>
    </label>
  );
}

interface MenuProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  change: (value: Value) => void;
}

export function Menu<Value extends string>({ label, value, options, change }: MenuProps<Value>): JSX.Element {
  return (
    <label class="rs-field">
      <span>{label}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([key]) => key === currentTarget.value);
          if (chosen !== undefined) change(chosen[0]);
        }}
      >
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckProps {
  label: string;
  on: boolean;
  change: (on: boolean) => void;
  off?: boolean;
  hint?: string | undefined;
}

export function Check({ label, on, change, off, hint }: CheckProps): JSX.Element {
  return (
    <label class="rs-check">
      <input
        type="checkbox"
        checked={on}
        disabled={off}
        aria-describedby={hint}
        onChange={({ currentTarget }) => change(currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface SetProps {
  legend: string;
  children: ComponentChildren;
}

export function Fields({ legend, children }: SetProps): JSX.Element {
  return (
    <fieldset class="rs-policy-set">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}
