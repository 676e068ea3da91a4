import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { startExporter } from "../support/start_exporter.ts";

const USAGE = "PrometheusExporter_Usage";
/** Sunday, 6 November 1994, 08:48:37 GMT: a minute before the date that RFC 9110 uses. */
const WALL = Date.UTC(1994, 10, 6, 8, 48, 37);

/** How long each header keeps the exporter from asking, in seconds. */
const HOLDS: Readonly<Record<string, number>> = {
  "60": 60,
  "Sun, 06 Nov 1994 08:49:37 GMT": 60,
  "Sunday, 06-Nov-94 08:49:37 GMT": 60,
  "Sun Nov  6 08:49:37 1994": 60,
  "300": 300,
  "301": 300,
  "999999999999": 300,
  "Mon, 07 Nov 1994 08:49:37 GMT": 300,
};

for (const status of [429, 503]) {
  for (const [header, seconds] of Object.entries(HOLDS)) {
    Deno.test(`${status} with Retry-After: ${header} is a pause of ${seconds} s`, async () => {
      using _log = captureLog();
      const clock = new FakeClock(WALL);
      await using test = startExporter({ account: saasAccount(), clock });
      test.demo.faults.set(USAGE, { status, headers: { "retry-after": header } }, { times: 1 });
      const reason = status === 429 ? "rate_limited" : "unreachable";
      const scrape = async () => {
        const text = await (await test.get()).text();
        const series = seriesOf(parseExposition(text, "text"));
        const labels = `{collector="usage",reason="${reason}"}`;
        return {
          success: series.get('spacelift_scrape_collector_success{collector="usage"}'),
          failures: series.get(`spacelift_scrape_collector_failures_total${labels}`),
          asked: test.demo.requests.count(USAGE),
        };
      };
      assert.deepEqual(await scrape(), { success: 0, failures: 1, asked: 1 });
      await clock.advance(seconds * 1000 - 1);
      assert.deepEqual(await scrape(), { success: 0, failures: 2, asked: 1 }, "Asked too early");
      const neighbour = test.demo.requests.count("PrometheusExporter_Aggregates");
      assert.equal(neighbour, 2, "Another collector was kept from asking");
      await clock.advance(1);
      assert.deepEqual(await scrape(), { success: 1, failures: 2, asked: 2 }, "Not asked again");
    });
  }
}
