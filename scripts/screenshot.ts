/**
 * Writes the README's picture: the upper part of the demo's status page, down to the stacks' states.
 *
 *     deno task screenshot
 */
import { launchChromium } from "./chromium.ts";
import { startDemo } from "./running_demo.ts";

const PICTURE = "examples/status-page.png";
const WIDTH = 1100;
const MARGIN = 16;

await using demo = await startDemo("--seed=1");
await using browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: WIDTH, height: 800 },
  colorScheme: "light",
});
await demo.scrape();
await page.goto(demo.url);
const states = await page.getByRole("table", { name: "Stacks by state" }).boundingBox();
if (states === null) throw new Error("The status page has no table of the stacks' states");
await page.screenshot({
  path: PICTURE,
  fullPage: true,
  clip: { x: 0, y: 0, width: WIDTH, height: states.y + states.height + MARGIN },
});
