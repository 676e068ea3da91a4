import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type ThresholdsConfig,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatMapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, QueryEditorMode } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** A panel without a place. */
export type Panel = HeatMapBuilder | StatBuilder | TableBuilder | TimeSeriesBuilder;

/** A query of a panel. */
export interface Query {
  readonly expr: string;
  /** How its series are named, with `{{label}}`. */
  readonly legend?: string;
  /** How its values look, where that is not how the panel's do. */
  readonly look?: Look;
}

/** A value from which on another color is shown; the first has none. */
export type Threshold = readonly [color: string, from?: number];

/** A text with its color. */
export interface ValueText {
  readonly text: string;
  readonly color: string;
}

/** How values are shown. */
export interface Look {
  /** A unit as Grafana names it. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly thresholds?: readonly Threshold[];
  /** Texts instead of values. */
  readonly texts?: Readonly<Record<string, ValueText>>;
  /** Where a click on the value leads. */
  readonly link?: Link;
  /** One color for all, and dashes where it is a limit rather than a value. */
  readonly limit?: string;
}

/** A place that a panel or a value leads to. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What every panel has. */
export interface PanelOptions extends Omit<Look, "limit"> {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  readonly unit: string;
  readonly min?: number;
  /** Colors of lines by their names, where they mean something. */
  readonly colors?: Readonly<Record<string, string>>;
  /** What is shown when there is nothing to show. */
  readonly noValue?: string;
  /** In columns of 24, and rows of 30 pixels. */
  readonly width: number;
  readonly height: number;
}

/** Panels below a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Whether the panels are folded away at first, because without a switch they are empty. */
  readonly folded?: boolean;
}

/** The data source that the reader chooses. */
export const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** One figure, large, or a few next to each other. */
export function stat(options: PanelOptions): Panel {
  const builder = new StatBuilder()
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(options.queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto)
    .reduceOptions(
      new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false),
    );
  return withCommon(builder, options, (query) => query.instant());
}

/** Lines over time; stacked ones add up. */
export function timeSeries(options: PanelOptions & { stacked?: boolean }): Panel {
  const { stacked = false } = options;
  const builder = new TimeSeriesBuilder()
    .drawStyle(GraphDrawStyle.Line)
    .fillOpacity(stacked ? 40 : 10)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    .stacking(
      new StackingConfigBuilder().group("A")
        .mode(stacked ? StackingMode.Normal : StackingMode.None),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom).showLegend(true).calcs(["lastNotNull"]),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  return withCommon(builder, options, (query) => query.range());
}

/** A panel with what all have. */
export function withCommon<B extends Panel>(
  builder: B,
  options: PanelOptions,
  kind: (query: DataqueryBuilder) => DataqueryBuilder,
): B {
  const { title, description, width, height, queries, unit, decimals, min, noValue } = options;
  const { thresholds = [["green"]], texts, link, colors = {} } = options;
  builder.title(title).description(description).datasource(DATA_SOURCE).span(width).height(height);
  builder.unit(unit).mappings(valueMappings(texts)).thresholds(built(thresholdSteps(thresholds)));
  if (decimals !== undefined) builder.decimals(decimals);
  if (min !== undefined) builder.min(min);
  if (noValue !== undefined) builder.noValue(noValue);
  if (link !== undefined) builder.withOverride(everyField([linksTo(link)]));
  for (const [name, color] of Object.entries(colors)) {
    builder.overrideByName(name, [fixedColor(color)]);
  }
  for (const [index, { expr, legend = "", look }] of queries.entries()) {
    const query = new DataqueryBuilder().datasource(DATA_SOURCE)
      .editorMode(QueryEditorMode.Code).expr(expr).legendFormat(legend).refId(refId(index));
    builder.withTarget(kind(query));
    if (look !== undefined) builder.overrideByQuery(refId(index), lookProperties(look));
  }
  return builder;
}

/** The letter of a panel's query. */
export function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** How values look, as overrides have it. */
export function lookProperties(look: Look): DynamicConfigValue[] {
  const { unit, decimals, thresholds, texts, link, limit } = look;
  return [
    ...(unit === undefined ? [] : [{ id: "unit", value: unit }]),
    ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
    ...(thresholds === undefined ? [] : [{ id: "thresholds", value: thresholdSteps(thresholds) }]),
    ...(texts === undefined ? [] : [{ id: "mappings", value: valueMappings(texts) }]),
    ...(link === undefined ? [] : [linksTo(link)]),
    ...(limit === undefined ? [] : [
      fixedColor(limit),
      { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
      { id: "custom.fillOpacity", value: 0 },
      { id: "custom.stacking", value: { group: "A", mode: "none" } },
    ]),
  ];
}

function linksTo({ title, url }: Link): DynamicConfigValue {
  return { id: "links", value: [{ title, url, targetBlank: true }] };
}

function fixedColor(color: string): DynamicConfigValue {
  return { id: "color", value: { mode: "fixed", fixedColor: color } };
}

function everyField(properties: DynamicConfigValue[]) {
  return { matcher: { id: "byRegexp", options: "/.*/" }, properties };
}

function thresholdSteps(thresholds: readonly Threshold[]): ThresholdsConfig {
  const steps = thresholds.map(([color, from]) => ({ color, value: from ?? null }));
  return { mode: ThresholdsMode.Absolute, steps };
}

function valueMappings(texts: Readonly<Record<string, ValueText>> = {}): ValueMapping[] {
  const entries = Object.entries(texts).map(([value, text], index) => [value, { ...text, index }]);
  if (entries.length === 0) return [];
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(entries) }];
}

function built<T>(value: T): { build(): T } {
  return { build: () => value };
}
