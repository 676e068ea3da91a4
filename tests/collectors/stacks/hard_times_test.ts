import assert from "node:assert/strict";
import { type Account, plainStack } from "../../../src/demo/api/account.ts";
import { Random } from "../../../src/demo/life/random.ts";
import { limitRate } from "../../api/rate_limit.ts";
import type { SimulatedApi } from "../../api/simulated_api.ts";
import {
  accountOf,
  DRIFT,
  ExporterSetup,
  familyOf,
  type Series,
  STACKS,
  StacksSetup,
} from "./stacks_setup.ts";

const SECOND = 1000;
const BY_STATE = "spacelift_current_stacks_count_by_state";
const EVERYONE = ["publicworkerpool", "workerpools", "usage", "aggregates", "stacks"];

function stacks(count: number): Account {
  return accountOf(...Array.from({ length: count }, (_, index) => plainStack(`s${index}`)));
}

/** Lets a share of an operation's requests fail, decided by a fixed seed. */
function failSometimes(
  api: SimulatedApi,
  operation: string,
  percent: { readonly http502: number; readonly reset: number },
  mayFail: (variables: Record<string, unknown>) => boolean = () => true,
): void {
  const random = new Random(1);
  const now = (share: number) => (variables: Record<string, unknown>) =>
    random.chance(share / 100) && mayFail(variables);
  api.faults.set(operation, { status: 502 }, { when: now(percent.http502) });
  api.faults.set(operation, { cutAfter: 10 }, { when: now(percent.reset) });
}

/** What scrapes every five seconds find until the first walk is there. */
async function untilWalked(setup: ExporterSetup, stacks: number): Promise<{
  readonly seconds: number;
  readonly scrapes: number;
  /** How many scrapes found a collector other than the walk without fresh data. */
  readonly failedScrapes: number;
}> {
  let failedScrapes = 0;
  for (let scrapes = 1; scrapes <= 200; scrapes++) {
    const series = await setup.scrape();
    if (othersFailed(series)) failedScrapes++;
    if (familyOf(series, BY_STATE).size >= stacks) {
      return { seconds: setup.clock.monotonic() / SECOND, scrapes, failedScrapes };
    }
    await setup.pass(5 * SECOND);
  }
  throw new Error("No walk was published");
}

function othersFailed(series: Series): boolean {
  const success = familyOf(series, "spacelift_scrape_collector_success");
  return [...success].some(([labels, value]) => value === 0 && !labels.includes("stacks"));
}

Deno.test("a limit of 60 requests in 10 s leaves scrapes theirs, and a walk arrives", async () => {
  await using setup = new ExporterSetup(stacks(5000), { collectors: EVERYONE });
  const { clock, server } = setup;
  const limited = limitRate(server, { requests: 60, windowMs: 10 * SECOND, clock });
  const { seconds, failedScrapes } = await untilWalked(setup, 5000);
  assert.equal(failedScrapes, 0);
  assert.ok(seconds < 60, `the walk took ${seconds} s`);
  assert.equal(server.requests.count(STACKS), 100 + limited.refused, "pages were asked for twice");
});

Deno.test("a tighter limit than anyone could know costs one refusal, and the walk goes on from its cursor", async () => {
  await using setup = new ExporterSetup(stacks(2000), { collectors: ["usage", "stacks"] });
  const { clock, server } = setup;
  const limited = limitRate(server, { requests: 20, windowMs: 10 * SECOND, clock });
  const { failedScrapes } = await untilWalked(setup, 2000);
  assert.ok(limited.refused <= 2, `${limited.refused} refusals`);
  assert.ok(failedScrapes <= 1, `${failedScrapes} failed scrapes`);
  assert.ok(server.requests.count(STACKS) <= 40 + limited.refused);
});

Deno.test("one page in a hundred that fails costs a walk over 5,000 stacks that page alone", async () => {
  await using setup = new StacksSetup(stacks(5000));
  failSometimes(setup.server, STACKS, { http502: 1, reset: 1 }, ({ after }) => after !== null);
  assert.equal(familyOf(await setup.walk(), BY_STATE).size, 5000);
  const pages = setup.server.requests.count(STACKS);
  assert.ok(pages > 100 && pages < 110, `${pages} pages for 100`);
});

Deno.test("20,000 stacks arrive through bad gateways, resets, a rate limit and short sessions, and no scrape fails", async () => {
  await using setup = new ExporterSetup(stacks(20_000), {
    collectors: EVERYONE,
    tokenLifetimeSeconds: 60,
  });
  const { clock, server } = setup;
  for (const operation of [STACKS, DRIFT]) {
    failSometimes(server, operation, { http502: 2, reset: 1 });
  }
  limitRate(server, { requests: 60, windowMs: 10 * SECOND, clock });
  const { seconds, scrapes, failedScrapes } = await untilWalked(setup, 20_000);
  assert.equal(failedScrapes, 0, `of ${scrapes}`);
  const pages = server.requests.count(STACKS);
  assert.ok(pages < 440, `${pages} pages for 400`);
  assert.ok(seconds < 180, `${seconds} s`);
});

Deno.test("a page that hangs, a lost session and a long Retry-After cost a walk no page but one each", async () => {
  await using setup = new ExporterSetup(stacks(6), {
    collectors: ["usage", "stacks"],
    flags: ["--stacks-page-size=1"],
  });
  const at = (position: number) => ({
    when: ({ after }: Record<string, unknown>) => after === btoa(`position:${position}`),
    times: 1,
  });
  const { faults, requests } = setup.server;
  faults.set(STACKS, { expireToken: true }, at(1));
  faults.set(STACKS, { status: 401 }, at(2));
  faults.set(STACKS, { status: 401 }, at(2));
  faults.set(STACKS, { status: 503, headers: { "retry-after": "120" } }, at(3));
  faults.set(STACKS, { errors: ["internal error"] }, at(4));
  faults.set(STACKS, { body: "<html>" }, at(5));
  await setup.pass(100 * SECOND);
  const waiting = await setup.scrape();
  assert.equal(waiting.get('spacelift_scrape_collector_success{collector="stacks"}'), 0);
  await setup.pass(60 * SECOND);
  const series = await setup.scrape();
  assert.equal(familyOf(series, BY_STATE).size, 6);
  assert.equal(series.get('spacelift_scrape_collector_success{collector="stacks"}'), 1);
  const cursors = requests.list(STACKS).map(({ variables }) => variables["after"]);
  assert.equal(cursors.filter((after) => after === null).length, 1, "the walk began again");
});

Deno.test("a walk is given up once it is too old to be served, and the next begins at the first page", async () => {
  await using setup = new ExporterSetup(stacks(2), {
    collectors: ["stacks"],
    flags: ["--stacks-page-size=1", "--stacks-max-staleness=2m"],
  });
  const { faults, requests } = setup.server;
  faults.set(STACKS, { status: 502 }, { when: ({ after }) => after !== null });
  const begun = () => requests.list(STACKS).filter(({ variables }) => variables["after"] === null);
  await setup.pass(90 * SECOND);
  assert.equal(begun().length, 1);
  await setup.pass(60 * SECOND);
  const [, second] = begun();
  assert.ok((second?.at ?? Infinity) < 150 * SECOND, "no new walk");
  faults.clear();
  await setup.pass(60 * SECOND);
  assert.equal(familyOf(await setup.scrape(), BY_STATE).size, 2);
});
