import { type Html, html, type HtmlValue } from "../html.ts";

/** A column: its heading, and whether it holds numbers. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/** A table with a heading for each column and row; it scrolls by itself on narrow screens. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlValue[])[],
): Html {
  return html`
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${columns.map(heading)}</tr>
        </thead>
        <tbody>${rows.map((cells) =>
          html`<tr>${cells.map((value, index) => cell(value, index, columns))}</tr>\n`
        )}</tbody>
      </table>
    </div>
  `;
}

function heading({ heading, numeric }: Column): Html {
  return html`<th scope="col" class="${numeric ? "number" : "text"}">${heading}</th>`;
}

function cell(value: HtmlValue, index: number, columns: readonly Column[]): Html {
  if (index === 0) return html`<th scope="row">${value}</th>`;
  return html`<td class="${columns[index]?.numeric ? "number" : "text"}">${value}</td>`;
}
