/** How plain tables are read, and the categories that a file's totals tell. */

import type { JSX } from "preact";
import { Field } from "./frame";
import type { GradeScene } from "./grades";
import type { CategoryItem, FieldName, TableColumn } from "./grades-state";
import { waiting } from "./scene";

export function TableCard({ scene }: { scene: GradeScene }): JSX.Element | null {
  const { state, words, opened, unfold } = scene;
  const { table } = state;
  if (table === null) return null;
  const open = opened.has("table") || !table.settled;
  return (
    <details class="rs-card" open={open} onToggle={(event) => unfold("table", event.currentTarget.open)}>
      <summary>{words.tableTitle}</summary>
      {open && (
        <>
          <div class="rs-said">
            <Menu scene={scene} does="layout" label={words.layout} value={table.layout} names={words.layouts} />
            {table.layout !== "marks" && (
              <Field label={words.allPoints}>
                <Points scene={scene} position={-1} points={table.points} />
              </Field>
            )}
            <Menu
              scene={scene}
              does="decimal"
              label={words.decimal}
              value={table.decimal}
              names={{ "": words.fromFile, ...words.decimals }}
            />
            <Menu
              scene={scene}
              does="dates"
              label={words.dates}
              value={table.dates}
              names={{ "": words.fromFile, ...words.dateOrders }}
            />
          </div>
          <ul class="rs-lines">
            {table.columns.map((column) => (
              <ColumnLine key={column.position} scene={scene} column={column} />
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

function Menu(props: {
  scene: GradeScene;
  does: "layout" | "decimal" | "dates";
  label: string;
  value: string;
  names: Record<string, string>;
}): JSX.Element {
  const { scene, does, label, value, names } = props;
  const step = waiting(scene, { do: does, value: "" });
  return (
    <Field label={label}>
      <select
        value={step ? step.value : value}
        onChange={(event) => scene.client.change({ do: does, value: event.currentTarget.value })}
      >
        {Object.entries(names).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Points(props: { scene: GradeScene; position: number; points: string; label?: string }): JSX.Element {
  const { scene, position, points, label } = props;
  const step = waiting(scene, { do: "points", position, number: null });
  return (
    <input
      type="number"
      min="0"
      step="any"
      aria-label={label}
      placeholder={label && scene.words.points}
      value={step ? (step.number ?? "") : points}
      onChange={(event) => {
        const { valueAsNumber } = event.currentTarget;
        scene.client.change({ do: "points", position, number: Number.isNaN(valueAsNumber) ? null : valueAsNumber });
      }}
    />
  );
}

function ColumnLine({ scene, column }: { scene: GradeScene; column: TableColumn }): JSX.Element {
  const { words, client, state } = scene;
  const { position } = column;
  const id = scene.id(`role-${position}`);
  const step = waiting(scene, { do: "role", position, value: "" });
  const role = step ? step.value : column.role;
  return (
    <li class="rs-line">
      <label for={id}>
        <span class="rs-line-name">{column.name}</span>
        <span class="rs-line-about rs-soft">{column.place.replace(/^column/, words.column)}</span>
      </label>
      <div class="rs-line-choice">
        <select
          id={id}
          value={role}
          onChange={(event) => client.change({ do: "role", position, value: event.currentTarget.value })}
        >
          {(state.table?.roles ?? []).map((key) => (
            <option key={key} value={key}>
              {words.roles[key] ?? words.field[key as FieldName] ?? words.leaveOut}
            </option>
          ))}
        </select>
        {role === "item" && state.table?.layout === "wide" && (
          <Points scene={scene} position={position} points={column.points} label={`${words.points}: ${column.name}`} />
        )}
      </div>
    </li>
  );
}

export function Categories({ scene }: { scene: GradeScene }): JSX.Element | null {
  const { state, words, client, opened, unfold } = scene;
  const { categories } = state;
  if (categories === null) return null;
  const step = waiting(scene, { do: "confirm", on: true });
  return (
    <section class="rs-card" aria-labelledby={scene.id("categories")}>
      <h3 id={scene.id("categories")}>{words.categoriesTitle}</h3>
      <p class="rs-note">{words.categoriesHint}</p>
      {categories.files.map(({ name, groups, items }) => {
        const fold = `categories ${name}`;
        const sums = ["", ...groups].flatMap((group) => {
          const n = items.filter((item) => item.value === group).length;
          return n > 0 ? [`${group || words.noCategory} (${n})`] : [];
        });
        return (
          <details key={name} open={opened.has(fold)} onToggle={(event) => unfold(fold, event.currentTarget.open)}>
            <summary>
              {name} <span class="rs-soft">{sums.join(", ")}</span>
            </summary>
            {opened.has(fold) && (
              <ul class="rs-lines">
                {items.map((item, index) => (
                  <CategoryLine
                    key={item.title}
                    scene={scene}
                    item={item}
                    groups={groups}
                    id={scene.id(`${fold} ${index}`.replace(/\s/g, "-"))}
                  />
                ))}
              </ul>
            )}
          </details>
        );
      })}
      <label class="rs-check">
        <input
          type="checkbox"
          checked={step ? step.on : categories.confirmed}
          onChange={(event) => client.change({ do: "confirm", on: event.currentTarget.checked })}
        />
        <span>{words.confirm}</span>
      </label>
    </section>
  );
}

function CategoryLine(props: { scene: GradeScene; item: CategoryItem; groups: string[]; id: string }): JSX.Element {
  const { scene, item, groups, id } = props;
  const { words, client } = scene;
  const { title } = item;
  const step = waiting(scene, { do: "category", title, value: "" });
  return (
    <li class="rs-line">
      <label for={id} class="rs-line-name">
        {title}
      </label>
      <div class="rs-line-choice">
        {item.fixed ? (
          item.value
        ) : (
          <select
            id={id}
            value={step ? step.value : item.value}
            onChange={(event) => client.change({ do: "category", title, value: event.currentTarget.value })}
          >
            {item.proposed === "" && <option value="">{words.noCategory}</option>}
            {groups.map((group) => (
              <option key={group} value={group}>
                {group}
              </option>
            ))}
          </select>
        )}
      </div>
    </li>
  );
}
