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
  "phone, light": { viewport: { width: 390, height: 844 }, colorScheme: "light" },
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
      await checkRuns(browser, demo.url, screen);
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
  await page.evaluate("document.querySelector('details').open = true");
  assert.deepEqual(await findViolations(page), [], "axe finds violations inside the exporter");
  assert.deepEqual(await findBrokenWords(page), [], "words are broken");
  const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.equal(excess, 0, `the page is ${excess} px wider than the screen`);
}

/** The lists of runs stand next to each other where there is room, and else below each other. */
async function checkRuns(browser: Browser, url: string, screen: BrowserContextOptions) {
  const { page } = await open(browser, url, screen);
  const lists = v.parse(
    v.array(v.object({ x: v.number(), y: v.number() })),
    await page.evaluate(
      "[...document.querySelectorAll('.runs > div')].map((list) => list.getBoundingClientRect().toJSON())",
    ),
  );
  assert.ok(lists.length >= 3, "the demo has too few runs");
  const [rows, columns] = [new Set(lists.map(({ y }) => y)), new Set(lists.map(({ x }) => x))];
  const isWide = (screen.viewport?.width ?? 0) > 1000;
  assert.deepEqual([rows.size, columns.size], isWide ? [1, lists.length] : [lists.length, 1]);
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
    const isIcon = request.url().startsWith("data:image/svg+xml,");
    if (request.url() !== `${url}/` && !isIcon) trouble.push(`${request.url()} was asked for`);
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

/** Words of more than one line, of those that anyone could be expected to fit on a line. */
async function findBrokenWords(page: Page): Promise<string[]> {
  return v.parse(v.array(v.string()), await page.evaluate(FIND_BROKEN_WORDS));
}

const FIND_BROKEN_WORDS = `(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const { 0: word, index } of walker.currentNode.data.matchAll(/[^\\s-]{1,20}/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, index);
      range.setEnd(walker.currentNode, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
    }
  }
  return broken;
})()`;

const Content = v.object({
  pools: v.array(v.array(v.string())),
  states: v.array(v.string()),
  needs: v.record(v.string(), v.string()),
  billing: v.string(),
});

const READ_CONTENT = `(() => {
  const text = (element) => element.innerText.replaceAll(/\\s+/g, " ").trim();
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  return {
    pools: all(".pools li").map((pool) => all("span", pool).map(text)),
    states: all("dd").map(text),
    // Which runs wait though their stack does not, no metric says.
    needs: Object.fromEntries(all(".card h3:not(#to-review)").map((heading) => [
      text(heading).replace(/ [\\d,]+$/, ""),
      text(heading.querySelector("b")),
    ])),
    billing: text(document.querySelector("[aria-labelledby=billing] p")),
  };
})()`;

async function readFigures(page: Page): Promise<Figures> {
  const { pools, states, needs, billing } = v.parse(Content, await page.evaluate(READ_CONTENT));
  return {
    pools: pools.sort(),
    states: states.flatMap(readStates).sort(),
    needs,
    billing: billing.replace(/^.*?\), /, ""),
  };
}

/** A group's states, written as `12 FINISHED` or `15 FINISHED 12, STOPPED 3`. */
function readStates(group: string): string[][] {
  const [, amount = "", names = ""] = /^([\d,]+) (.*)$/.exec(group) ?? [];
  const several = [...names.matchAll(/([A-Z_]+) ([\d,]+)(?:, |$)/g)];
  return several.length === 0
    ? [[names, amount]]
    : several.map(([, state = "", count = ""]) => [state, count]);
}
