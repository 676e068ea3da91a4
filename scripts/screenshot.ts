/**
 * Writes the README's picture: the demo's status page, down to the exporter's inside.
 *
 *     deno task screenshot
 */
import { launchChromium } from "./chromium.ts";
import { startDemo } from "./running_demo.ts";

const PICTURE = "examples/status-page.png";
const WIDTH = 1280;
const MARGIN = 16;

await using demo = await startDemo();
await using browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: WIDTH, height: 800 },
  colorScheme: "light",
});
await demo.scrape();
await page.goto(demo.url);
const inside = await page.getByText("Inside the exporter").boundingBox();
if (inside === null) throw new Error("The status page does not show the exporter's inside");
await page.screenshot({
  path: PICTURE,
  fullPage: true,
  clip: { x: 0, y: 0, width: WIDTH, height: inside.y + inside.height + MARGIN },
});
