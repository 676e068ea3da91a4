import {
  type Panel,
  panel,
  type PanelOptions,
  refId,
  type Threshold,
  thresholdSteps,
  valueMappings,
  type ValueText,
} from "./panel.ts";

/** A column: a label of the series, or the value of one of the queries. */
export interface Column {
  readonly title: string;
  /** A label, or the number of a query counted from 0. */
  readonly from: string | number;
  readonly unit?: string;
  readonly decimals?: number;
  readonly thresholds?: readonly Threshold[];
  readonly texts?: Readonly<Record<string, ValueText>>;
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
  return panel("table", { ...options, unit: "none" }, {
    queries: { instant: true, format: "table" },
    custom: { align: "auto", cellOptions: { type: "auto" }, filterable: true, inspect: false },
    overrides: columns.map(override).filter(({ properties }) => properties.length > 0),
    options: {
      cellHeight: "sm",
      footer: { show: false },
      showHeader: true,
      sortBy: [{ desc: true, displayName: sortBy }],
    },
    transformations: [
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
    ],
  });
}

interface Override {
  readonly matcher: { readonly id: "byName"; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

function override({ title, unit, decimals, thresholds, texts }: Column): Override {
  const colored = thresholds !== undefined || texts !== undefined;
  return {
    matcher: { id: "byName", options: title },
    properties: [
      ...(unit === undefined ? [] : [{ id: "unit", value: unit }]),
      ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
      ...(thresholds === undefined
        ? []
        : [{ id: "thresholds", value: thresholdSteps(thresholds) }]),
      ...(texts === undefined ? [] : [{ id: "mappings", value: valueMappings(texts) }]),
      ...(colored ? [{ id: "custom.cellOptions", value: { type: "color-text" } }] : []),
    ],
  };
}
