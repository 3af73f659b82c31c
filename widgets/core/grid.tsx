/** A table that knows nothing of a view, so that a widget without one can show it. */

import type { JSX } from "preact";
import type { Cell, Table } from "./spreadsheet";

/** The table itself; where it is too wide it can be scrolled, with keys too. */
export function Grid({ table }: { table: Table }): JSX.Element {
  return (
    <div class="rs-scroll" tabIndex={0} role="region" aria-label={table.caption}>
      <table>
        <caption>{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={index} scope="col" class={column.numeric ? "rs-number" : ""}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) =>
                column < table.headers ? (
                  <th key={column} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={column} class={table.columns[column]?.numeric ? "rs-number" : ""}>
                    {shown(cell, table.columns[column]?.decimals)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shown(cell: Cell, decimals: number | undefined): Cell {
  return typeof cell === "number" && decimals !== undefined ? cell.toFixed(decimals) : cell;
}
