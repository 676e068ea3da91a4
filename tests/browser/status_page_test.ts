import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import * as v from "valibot";
import { CHROMIUM, launchChromium } from "../../scripts/chromium.ts";
import { startDemo } from "../../scripts/running_demo.ts";
import { saasAccount } from "../support/accounts.ts";
import { startExporter } from "../support/start_exporter.ts";
import { startTestServer } from "../support/start_test_server.ts";
import { hasTool } from "../support/tools.ts";
import { expectedFigures, type Figures } from "./expected_figures.ts";

const ignore = !await hasTool(CHROMIUM, "--version");

const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  "laptop, light": { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  "laptop, dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  "phone, light": { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  "phone, dark": { viewport: { width: 320, height: 568 }, colorScheme: "dark" },
};

for (const [name, screen] of Object.entries(SCREENS)) {
  Deno.test({
    name: `in ${CHROMIUM}, the status page is sound and accessible: ${name}`,
    ignore,
    async fn() {
      await using demo = await startDemo();
      await using outage = await startOutage();
      await using browser = await launchChromium();
      await checkPage(browser, demo.url, screen);
      await checkPage(browser, outage.url, screen);
    },
  });
}

Deno.test({
  name: `in ${CHROMIUM}, the status page has the figures of /metrics`,
  ignore,
  async fn() {
    await using demo = await startDemo(
      "--stacks-details",
      "--stacks-max-staleness=2h",
      "--stacks-refresh-interval=1h",
    );
    await using browser = await launchChromium();
    const expected = expectedFigures(await demo.scrape());
    const { page } = await open(browser, demo.url, {});
    assert.deepEqual(await readFigures(page), expected);
  },
});

/** An exporter that has only last good data. */
async function startOutage(): Promise<{ url: string } & AsyncDisposable> {
  const test = startExporter({ account: saasAccount() });
  await test.get();
  test.demo.faults.set("*", { status: 503 });
  await test.get();
  const server = await startTestServer(test.handler);
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

async function checkPage(browser: Browser, url: string, screen: BrowserContextOptions) {
  const { page, trouble } = await open(browser, url, screen);
  assert.deepEqual(trouble, [], "the browser complains");
  assert.deepEqual(await findViolations(page), [], "axe finds violations");
  const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.equal(excess, 0, `the page is ${excess} px wider than the screen`);
}

/** Opens a page; `trouble` is whatever a browser's developer tools would show in red. */
async function open(
  browser: Browser,
  url: string,
  screen: BrowserContextOptions,
): Promise<{ page: Page; trouble: string[] }> {
  const page = await browser.newPage(screen);
  const trouble: string[] = [];
  page.on("console", (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("requestfailed", (request) => trouble.push(`${request.url()} failed`));
  page.on("request", (request) => {
    if (request.url() !== `${url}/`) trouble.push(`${request.url()} was asked for`);
  });
  page.on("response", (response) => {
    if (!response.ok()) trouble.push(`${response.url()} has status ${response.status()}`);
  });
  await page.goto(url, { waitUntil: "networkidle" });
  return { page, trouble };
}

const Results = v.object({
  passes: v.array(v.object({ id: v.string() })),
  violations: v.array(
    v.object({ id: v.string(), help: v.string(), nodes: v.array(v.object({ html: v.string() })) }),
  ),
});

/** What axe finds wrong, by WCAG and by good practice. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passes, violations } = v.parse(Results, await page.evaluate("axe.run()"));
  assert.ok(passes.some(({ id }) => id === "color-contrast"), "axe did not check the contrast");
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`);
}

const Content = v.object({
  tables: v.record(v.string(), v.array(v.array(v.string()))),
  billing: v.record(v.string(), v.string()),
});

const READ_CONTENT = `({
  tables: Object.fromEntries([...document.querySelectorAll("table")].map((table) => [
    table.caption.innerText,
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())),
  ])),
  billing: Object.fromEntries([...document.querySelectorAll("dt")].map((term) => [
    term.innerText,
    term.nextElementSibling.innerText,
  ])),
})`;

async function readFigures(page: Page): Promise<Figures> {
  const { tables, billing } = v.parse(Content, await page.evaluate(READ_CONTENT));
  const counts = Object.keys(tables).filter((caption) => /stacks.*: [\d,]+$/i.test(caption)).sort();
  const states = counts.find((caption) => caption.startsWith("Stacks by state")) ?? "";
  return {
    pools: (tables["Workers and waiting runs of each pool"] ?? []).sort(),
    states: (tables[states] ?? []).map(([state = "", , stacks = ""]) => [state, stacks]).sort(),
    counts,
    billing,
  };
}
