import {
  CellValuesBuilder,
  PanelBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { type Panel, type PanelOptions, withCommon } from "./panel.ts";

/** What a heat map shows; its query is by `le`, and the unit is that of the buckets' bounds. */
export interface HeatMapOptions extends PanelOptions {
  /** The least span of time that a column covers, such as `10m`. */
  readonly column: string;
}

/** How often values fell into each bucket of a histogram, over time. */
export function heatMap(options: HeatMapOptions): Panel {
  const builder = new PanelBuilder()
    .calculate(false)
    .interval(options.column)
    .yAxis(new YAxisConfigBuilder().unit(options.unit))
    .cellValues(new CellValuesBuilder().unit("none").decimals(0))
    .showLegend();
  return withCommon(builder, options, (query) => query.range().format(PromQueryFormat.Heatmap));
}
