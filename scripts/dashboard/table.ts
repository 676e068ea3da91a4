import {
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import {
  type Look,
  lookProperties,
  type Panel,
  type PanelOptions,
  refId,
  withCommon,
} from "./panel.ts";

/** A column: a label of the series, or the value of one of the queries. */
export interface Column extends Look {
  readonly title: string;
  /** A label, or the number of a query counted from 0. */
  readonly from: string | number;
}

/** What a table shows; rows of several queries that have the same labels become one. */
export interface TableOptions extends Omit<PanelOptions, "unit"> {
  readonly columns: readonly Column[];
  /** The title of the column by which rows are sorted, the largest first. */
  readonly sortBy: string;
}

/** A table with a row for each set of labels. */
export function table(options: TableOptions): Panel {
  const { columns, queries, sortBy } = options;
  const fieldOf = ({ from }: Column) =>
    typeof from === "string" ? from : queries.length === 1 ? "Value" : `Value #${refId(from)}`;
  const names = columns.map(fieldOf);
  const builder = new PanelBuilder()
    .cellHeight(TableCellHeight.Sm)
    .showHeader(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .transformations([
      { id: "merge", options: {} },
      { id: "filterFieldsByName", options: { include: { names } } },
      {
        id: "organize",
        options: {
          excludeByName: {},
          indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
          renameByName: Object.fromEntries(
            columns.map((column) => [fieldOf(column), column.title]),
          ),
        },
      },
    ]);
  for (const column of columns) {
    const isColored = column.thresholds !== undefined || column.texts !== undefined;
    const properties = [
      // Where only some values have a color, the others look like plain text.
      ...lookProperties(isColored ? { thresholds: [["text"]], ...column } : column),
      ...(isColored ? [{ id: "custom.cellOptions", value: { type: "color-text" } }] : []),
    ];
    if (properties.length > 0) builder.overrideByName(column.title, properties);
  }
  return withCommon(
    builder,
    { ...options, unit: "none" },
    (query) => query.instant().format(PromQueryFormat.Table),
  );
}
