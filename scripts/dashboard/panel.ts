/** A query of a panel. */
export interface Query {
  readonly expr: string;
  /** How its series are named, with `{{label}}`. */
  readonly legend?: string;
}

/** A value from which on another color is shown; the first has none. */
export type Threshold = readonly [color: string, from?: number];

/** What every panel has. */
export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** A unit as Grafana names it. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: readonly Threshold[];
  /** Texts in place of values. */
  readonly texts?: Readonly<Record<string, ValueText>>;
  /** What is shown when there is nothing to show. */
  readonly noValue?: string;
  /** In columns of 24, and rows of 30 pixels. */
  readonly width: number;
  readonly height: number;
}

/** A text with its color. */
export interface ValueText {
  readonly text: string;
  readonly color: string;
}

/** A panel as Grafana has it, still without a place. */
export interface Panel {
  readonly size: { readonly width: number; readonly height: number };
  readonly json: Readonly<Record<string, unknown>>;
}

/** Panels below a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The data source that the reader chooses. */
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" } as const;

const SINGLE_VALUE = { calcs: ["lastNotNull"], fields: "", values: false };
const GREEN: readonly Threshold[] = [["green"]];

/** One figure, large. */
export function stat(options: PanelOptions): Panel {
  return panel("stat", options, {
    queries: { instant: true },
    options: {
      colorMode: "value",
      graphMode: "none",
      justifyMode: "auto",
      orientation: "auto",
      reduceOptions: SINGLE_VALUE,
      textMode: "auto",
      wideLayout: true,
    },
  });
}

/** One figure on a dial. */
export function gauge(options: PanelOptions): Panel {
  return panel("gauge", options, {
    queries: { instant: true },
    options: {
      orientation: "auto",
      reduceOptions: SINGLE_VALUE,
      showThresholdLabels: false,
      showThresholdMarkers: true,
    },
  });
}

/** Lines over time; stacked ones add up. */
export function timeSeries(options: PanelOptions & { stacked?: boolean }): Panel {
  const custom = {
    drawStyle: "line",
    fillOpacity: options.stacked ? 40 : 10,
    lineInterpolation: "linear",
    lineWidth: 1,
    showPoints: "never",
    spanNulls: false,
    stacking: { group: "A", mode: options.stacked ? "normal" : "none" },
  };
  return panel("timeseries", options, {
    queries: { range: true },
    color: { mode: "palette-classic" },
    custom,
    options: {
      legend: { calcs: ["lastNotNull", "max"], displayMode: "table", placement: "bottom" },
      tooltip: { mode: "multi", sort: "desc" },
    },
  });
}

/** What a panel of one kind adds to what all have. */
export interface PanelKind {
  readonly queries: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly color?: Readonly<Record<string, unknown>>;
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly overrides?: readonly unknown[];
  readonly transformations?: readonly unknown[];
}

/** A panel of any kind. */
export function panel(type: string, options: PanelOptions, kind: PanelKind): Panel {
  const { title, description, width, height } = options;
  return {
    size: { width, height },
    json: {
      type,
      title,
      description,
      datasource: DATA_SOURCE,
      targets: options.queries.map(({ expr, legend = "" }, index) => ({
        datasource: DATA_SOURCE,
        editorMode: "code",
        expr,
        legendFormat: legend,
        refId: refId(index),
        ...kind.queries,
      })),
      fieldConfig: { defaults: fieldDefaults(options, kind), overrides: kind.overrides ?? [] },
      options: kind.options,
      ...(kind.transformations === undefined ? {} : { transformations: kind.transformations }),
    },
  };
}

/** The letter of a panel's query. */
export function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** Thresholds as Grafana has them. */
export function thresholdSteps(thresholds: readonly Threshold[]): Record<string, unknown> {
  const steps = thresholds.map(([color, from]) => ({ color, value: from ?? null }));
  return { mode: "absolute", steps };
}

/** Texts for values as Grafana has them. */
export function valueMappings(texts: Readonly<Record<string, ValueText>>): unknown[] {
  const entries = Object.entries(texts).map(([value, text], index) => [value, { ...text, index }]);
  return entries.length === 0 ? [] : [{ type: "value", options: Object.fromEntries(entries) }];
}

function fieldDefaults(options: PanelOptions, kind: PanelKind): Record<string, unknown> {
  const { unit, decimals, min, max, thresholds = GREEN, texts = {}, noValue } = options;
  return {
    color: kind.color ?? { mode: "thresholds" },
    ...(kind.custom === undefined ? {} : { custom: kind.custom }),
    ...(decimals === undefined ? {} : { decimals }),
    mappings: valueMappings(texts),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(noValue === undefined ? {} : { noValue }),
    thresholds: thresholdSteps(thresholds),
    unit,
  };
}
