import { type Look, lookOf, type Panel } from "./dashboard_json.ts";
import { drawHeatMap } from "./draw_heat_map.ts";
import { colorOf, formatValue } from "./format_value.ts";
import type { Series } from "./prometheus.ts";

/** What a query of a panel gave. */
export interface Answer {
  readonly refId: string;
  readonly legend: string;
  readonly series: readonly Series[];
}

/** Pixels of a column, of a row, and between panels. */
const COLUMN = 1248 / 24;
const ROW = 38;
const GAP = 8;
const TOP = 56;

const PALETTE = [
  "#7eb26d",
  "#eab839",
  "#6ed0e0",
  "#ef843c",
  "#e24d42",
  "#1f78c1",
  "#ba43a9",
  "#705da0",
];

const STYLE = `
  * { box-sizing: border-box; margin: 0 }
  body { background: #111217; color: #ccccdc; font: 12px/1.5 Inter, "DejaVu Sans", sans-serif;
    position: relative; width: 1280px }
  header { display: flex; justify-content: space-between; padding: 14px 16px; font-size: 16px }
  header small { color: #9e9eae; font-size: 12px }
  .panel { position: absolute; background: #181b1f; border: 1px solid #26282e; border-radius: 2px;
    padding: 6px 8px; overflow: hidden }
  .row { position: absolute; font-size: 14px; font-weight: 600; padding: 6px 4px }
  h2 { font-size: 12px; font-weight: 600; white-space: nowrap; margin-bottom: 2px }
  .stats { display: flex; height: calc(100% - 24px); align-items: center; justify-content: space-around }
  .stats div { text-align: center } .stats b { display: block; font-size: 30px; line-height: 1.2 }
  .stats.one b { font-size: 34px } .stats .long b { font-size: 21px }
  table { width: 100%; border-collapse: collapse; white-space: nowrap }
  th { text-align: left; color: #6e9fff; font-weight: 600 }
  table { font-size: 11px }
  td, th { padding: 3px 8px 3px 0; border-bottom: 1px solid #26282e; height: 24px; max-width: 160px;
    overflow: hidden; text-overflow: ellipsis }
  td.link { text-decoration: underline }
  .legend { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 11px; color: #9e9eae;
    max-height: 34px; overflow: hidden }
  .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 4px;
    vertical-align: middle }
  .none { display: flex; height: calc(100% - 24px); align-items: center; justify-content: center;
    color: #9e9eae; font-size: 14px }
  text { fill: #9e9eae; font-size: 10px }`;

/** A page that shows panels with their answers, like Grafana would, more or less. */
export function drawDashboard(
  title: string,
  answers: ReadonlyMap<Panel, readonly Answer[]>,
): string {
  const height = Math.max(...[...answers.keys()].map(({ gridPos: { y, h } }) => y + h)) * ROW;
  const panels = [...answers].map(([panel, given]) => {
    const { x, y, w, h } = panel.gridPos;
    const place = `left:${16 + x * COLUMN}px;top:${TOP + y * ROW}px;` +
      `width:${w * COLUMN - GAP}px;height:${h * ROW - GAP}px`;
    if (panel.type === "row") {
      return `<div class="row" style="${place}">${escape(panel.title)}</div>`;
    }
    const size = { width: w * COLUMN - GAP - 18, height: h * ROW - GAP - 38 };
    return `<div class="panel" style="${place}"><h2>${escape(panel.title)}</h2>${
      draw(panel, given, size)
    }</div>`;
  });
  return `<!DOCTYPE html><meta charset="utf-8"><style>${STYLE}</style>
    <body style="height:${TOP + height + GAP}px"><header><b>${escape(title)}</b>
    <small>A sketch, drawn without Grafana from the dashboard's JSON; the account is made up
    </small></header>${panels.join("\n")}</body>`;
}

function draw(panel: Panel, answers: readonly Answer[], size: Size): string {
  if (answers.every(({ series }) => series.length === 0)) {
    return `<div class="none">${escape(lookOf(panel, {}).noValue)}</div>`;
  }
  if (panel.type === "table") return drawTable(panel, answers, size);
  if (panel.type === "heatmap") {
    return drawHeatMap(answers.flatMap(({ series }) => series), lookOf(panel, {}), size);
  }
  return panel.type === "stat" ? drawStat(panel, answers) : drawLines(panel, answers, size);
}

function drawStat(panel: Panel, answers: readonly Answer[]): string {
  const values = answers.flatMap(({ refId, legend, series }) =>
    series.flatMap(({ points: [point] }) => {
      if (point === undefined) return [];
      const { text, color } = formatValue(point[1], lookOf(panel, { query: refId }));
      const long = text.length > 6 ? ' class="long"' : "";
      return [`<div${long}>${escape(legend)}<b style="color:${color}">${escape(text)}</b></div>`];
    })
  );
  return `<div class="stats ${values.length === 1 ? "one" : ""}">${values.join("")}</div>`;
}

function drawTable(panel: Panel, answers: readonly Answer[], { height }: Size): string {
  const { indexByName = {}, renameByName = {} } =
    panel.transformations.find(({ id }) => id === "organize")?.options ?? {};
  const fields = Object.keys(indexByName);
  const rows = new Map<string, Record<string, number | string>>();
  for (const { refId, series } of answers) {
    const field = answers.length === 1 ? "Value" : `Value #${refId}`;
    for (const { labels, points: [point] } of series) {
      const key = JSON.stringify(Object.entries(labels).sort());
      rows.set(key, { ...labels, ...rows.get(key), ...(point && { [field]: point[1] }) });
    }
  }
  const titleOf = (field: string) => renameByName[field] ?? field;
  const [sort] = panel.options.sortBy ?? [];
  const sorted = fields.find((field) => titleOf(field) === sort?.displayName) ?? "";
  const shown = [...rows.values()]
    .toSorted((a, b) => Number(b[sorted] ?? 0) - Number(a[sorted] ?? 0))
    .slice(0, Math.floor((height - 16) / 24));
  const cell = (row: Record<string, number | string>, field: string) => {
    const value = row[field];
    const look = lookOf(panel, { name: titleOf(field) });
    const isColored = look["custom.cellOptions"] !== undefined;
    const { text, color } = value === undefined
      ? { text: "", color: "" }
      : formatValue(value, look);
    const link = look.links.length > 0 ? ' class="link"' : "";
    return `<td${link}${isColored ? ` style="color:${color}"` : ""}>${escape(text)}</td>`;
  };
  return `<table><tr>${fields.map((field) => `<th>${escape(titleOf(field))}</th>`).join("")}</tr>${
    shown.map((row) => `<tr>${fields.map((field) => cell(row, field)).join("")}</tr>`).join("")
  }</table>`;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly look: Look;
  readonly isLimit: boolean;
  readonly points: readonly (readonly [time: number, value: number])[];
}

function drawLines(panel: Panel, answers: readonly Answer[], size: Size): string {
  const isStacked = panel.fieldConfig.defaults.custom?.stacking?.mode === "normal";
  const lines = linesOf(panel, answers);
  const times = lines.flatMap(({ points }) => points.map(([time]) => time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const below = new Map<number, number>();
  const raised = lines.map((line) => ({
    ...line,
    points: line.points.map(([time, value]) => {
      const base = isStacked ? below.get(time) ?? 0 : 0;
      below.set(time, base + value);
      return [time, base, base + value] as const;
    }),
  }));
  const top = Math.max(1e-9, ...raised.flatMap(({ points }) => points.map(([, , high]) => high)));
  const height = size.height - 48;
  const left = 48;
  const x = (time: number) => left + (time - from) / (to - from || 1) * (size.width - left);
  const y = (value: number) => 4 + (1 - value / (top * 1.05)) * height;
  const look = lookOf(panel, {});
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    const { text } = formatValue(share * top, { ...look, thresholds: { steps: [] } });
    return `<line x1="${left}" x2="${size.width}" y1="${at}" y2="${at}" stroke="#26282e"/>` +
      `<text x="${left - 4}" y="${at}" text-anchor="end" dy="3">${text}</text>`;
  });
  const shapes = raised.map(({ color, isLimit, points }) => {
    const at = (time: number, value: number) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`;
    const upper = points.map(([time, , high]) => at(time, high));
    const lower = points.map(([time, low]) => at(time, low)).reverse();
    const area = isLimit
      ? ""
      : `<polygon points="${[...upper, ...lower].join(" ")}" fill="${color}" fill-opacity="${
        isStacked ? 0.4 : 0.1
      }"/>`;
    const dash = isLimit ? ' stroke-dasharray="8 6"' : "";
    return `${area}<polyline points="${upper.join(" ")}" fill="none" stroke="${color}"${dash}/>`;
  });
  const legend = lines.map(({ name, color, look, points }) => {
    const { text } = formatValue(points.at(-1)?.[1] ?? 0, look);
    return `<span><i style="background:${color}"></i>${escape(name)} ${escape(text)}</span>`;
  });
  return `<svg width="${size.width}" height="${height + 12}">${grid.join("")}${
    shapes.join("")
  }</svg><div class="legend">${legend.join("")}</div>`;
}

function linesOf(panel: Panel, answers: readonly Answer[]): Line[] {
  const all = answers.flatMap(({ refId, legend, series }) =>
    series.map(({ labels, points }) => {
      const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? "");
      return { name, look: lookOf(panel, { query: refId, name }), points };
    })
  );
  return all.map((line, index) => {
    const fixed = line.look.color.fixedColor;
    const color = fixed === undefined ? PALETTE[index % PALETTE.length] ?? "" : colorOf(fixed);
    return { ...line, color, isLimit: line.look["custom.lineStyle"] !== undefined };
  });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
