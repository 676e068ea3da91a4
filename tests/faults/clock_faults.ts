import assert from "node:assert/strict";
import { FakeClock } from "../support/fake_clock.ts";
import { delivers, fails, type FaultRow, USAGE } from "./fault_row.ts";
import type { Stage } from "./stage.ts";

const DAY = 24 * 3600_000;
const STEPS = { "back by a day": -DAY, "forward by a day": DAY };

/** Steps of the exporter's wall clock; tokens, memory and pauses live by the monotonic one. */
export const CLOCK_FAULTS: readonly FaultRow[] = Object.entries(STEPS).flatMap(
  ([name, step]): FaultRow[] => [
    {
      name: `${name} while a token is held`,
      stage: fakeTime(),
      async before(stage) {
        await stage.scrape();
        clockOf(stage).stepWall(step);
      },
      outcome: delivers(),
      after: ({ demo }) =>
        assert.equal(demo.requests.count("apiKeyUser"), 1, "A step needs no new token"),
    },
    {
      name: `${name} before the first exchange`,
      stage: fakeTime(),
      before: (stage) => clockOf(stage).stepWall(step),
      outcome: delivers(),
    },
    {
      name: `${name} while data is remembered`,
      stage: fakeTime("--max-staleness=2m"),
      async before(stage) {
        await stage.scrape();
        clockOf(stage).stepWall(step);
        await clockOf(stage).advance(119_999);
        stage.demo.faults.set(USAGE, { status: 500 });
      },
      outcome: {
        ...fails("unreachable", /HTTP 500$/),
        remembered: ["usage"],
      },
    },
    {
      name: `${name} while data is too old to be remembered`,
      stage: fakeTime("--max-staleness=2m"),
      async before(stage) {
        await stage.scrape();
        clockOf(stage).stepWall(step);
        await clockOf(stage).advance(120_000);
        stage.demo.faults.set(USAGE, { status: 500 });
      },
      outcome: fails("unreachable", /HTTP 500$/),
    },
    {
      name: `${name} while Retry-After runs`,
      stage: fakeTime(),
      async before(stage) {
        const header = { "retry-after": "60" };
        stage.demo.faults.set(USAGE, { status: 429, headers: header }, { times: 1 });
        await stage.scrape();
        clockOf(stage).stepWall(step);
        await clockOf(stage).advance(59_999);
      },
      outcome: fails("rate_limited", /HTTP 429$/),
      async after(stage) {
        assert.equal(stage.demo.requests.count(USAGE), 1, "The API was asked too early");
        await clockOf(stage).advance(1);
        assert.equal((await stage.scrape()).status, 200);
        assert.equal(stage.demo.requests.count(USAGE), 2, "The API was not asked again");
      },
    },
  ],
);

/** The exporter lives by a clock of its own, the API by the machine's. */
function fakeTime(...flags: string[]) {
  return { clock: () => new FakeClock(Date.now()), flags };
}

function clockOf({ clock }: Stage): FakeClock {
  assert.ok(clock instanceof FakeClock);
  return clock;
}
