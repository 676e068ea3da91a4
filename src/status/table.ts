import { type Html, html, type HtmlValue } from "./html.ts";
import { formatCount } from "./format.ts";

/** A column: its heading, whether it holds numbers, and which part of a bar it tells. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
  readonly part?: string;
}

/** A table with a heading for each column and row; it scrolls by itself on narrow screens. */
export function table(options: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly HtmlValue[])[];
  /** How many rows there would be if all were shown. */
  readonly total?: number;
}): Html {
  const { caption, columns, rows } = options;
  const more = (options.total ?? rows.length) - rows.length;
  return html`
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${columns.map(headingCell)}</tr>
        </thead>
        <tbody>${rows.map((cells) =>
          html`<tr>${
            columns.map((column, index) => cell(column, index, cells[index] ?? ""))
          }</tr>\n`
        )}</tbody>
      </table>
    </div>
    ${more === 0 ? "" : html`<p>And ${formatCount(more)} more.</p>`}
  `;
}

function headingCell({ heading, numeric, part }: Column): Html {
  return html`<th scope="col" class="${numeric ? "number" : "text"} ${part ?? ""}">${heading}</th>`;
}

function cell({ numeric }: Column, index: number, value: HtmlValue): Html {
  if (index === 0) return html`<th scope="row">${value}</th>`;
  return html`<td class="${numeric ? "number" : "text"}">${value}</td>`;
}
