/**
 * Draws the picture of the dashboard in docs/alerts.md: its first rows from its own JSON, with what a
 * real Prometheus answers about the demo. It is a sketch, because Grafana itself is not needed for it.
 *
 *     deno task dashboard-picture
 */
import * as v from "valibot";
import { launchChromium } from "./chromium.ts";
import { dashboardFile } from "./dashboard.ts";
import { dashboardSchema, type Panel } from "./picture/dashboard_json.ts";
import { type Answer, drawDashboard } from "./picture/draw_dashboard.ts";
import { type Prometheus, startPrometheus } from "./picture/prometheus.ts";
import { startDemo } from "./running_demo.ts";

const PICTURE = "examples/dashboard.png";
const WIDTH = 1280;

/** How long the demo is watched before its picture is drawn, in seconds. */
const WATCHED = 180;

/** The rows that are drawn; the others look alike. */
const ROWS = 2;

/** What Grafana would put in. */
const VALUES: Readonly<Record<string, string>> = {
  "$job": ".+",
  "$space": ".*",
  "$worker_pool": ".*",
  "$__rate_interval": "30s",
};

const [text = ""] = dashboardFile().values();
const { title, panels } = v.parse(dashboardSchema, JSON.parse(text));
await using demo = await startDemo(
  "--stacks-refresh-interval=5s",
  "--runs-refresh-interval=5s",
);
await using prometheus = await startPrometheus({
  target: new URL(demo.url).host,
  rules: "examples/prometheus/rules.yaml",
});
await new Promise((resolve) => setTimeout(resolve, WATCHED * 1000));
const next = panels.filter(({ type }) => type === "row")[ROWS];
const drawn = panels.slice(0, next === undefined ? panels.length : panels.indexOf(next));
const answers = new Map<Panel, readonly Answer[]>();
for (const panel of drawn) answers.set(panel, await ask(panel, prometheus));

await using browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: WIDTH, height: 800 } });
await page.setContent(drawDashboard(title, answers));
await page.screenshot({ path: PICTURE, fullPage: true });

async function ask(panel: Panel, { query, range }: Prometheus): Promise<Answer[]> {
  return await Promise.all(panel.targets.map(async ({ expr, refId, legendFormat, instant }) => {
    const filledIn = Object.entries(VALUES)
      .reduce((expression, [name, value]) => expression.replaceAll(name, value), expr);
    const series = instant ? await query(filledIn) : await range(filledIn, WATCHED);
    return { refId, legend: legendFormat, series };
  }));
}
