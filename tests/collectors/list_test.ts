import assert from "node:assert/strict";
import { CATALOGUE } from "../../src/app/catalogue.ts";
import { webhookHandler } from "../../src/app/webhook.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { plainRun } from "../../src/demo/api/account.ts";
import { Secret } from "../../src/secret.ts";
import { signBody } from "../../src/webhook_signature.ts";
import { OWN_FAMILIES } from "../../src/scrape/scraper.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition } from "../support/parse_exposition.ts";
import { onlyCollectors, startExporter, type TestExporter } from "../support/start_exporter.ts";

/** Flags that add families. */
const EVERYTHING = ["--stacks-details", "--runs-details"];

const START = 1_800_000_000;

/** A run under way, and one that waited for a person and ended as the exporter started. */
const RUNS = [["QUEUED"], ["QUEUED", "UNCONFIRMED", "FINISHED"]].map((states, index) => ({
  ...plainRun(`r${index}`, "a", states),
  history: states.map((state) => ({
    state,
    terminal: state === "FINISHED",
    timestamp: START,
    username: null,
  })),
}));

/** Flags of which each value gives families that the other does not. */
const EITHER = ["--stacks-totals=false", "--stacks-totals=true"];

/** The names of the families that an account with a bit of everything can be served with. */
async function servedWith(flags: readonly string[]): Promise<Set<string>> {
  using _log = captureLog();
  const served = await Promise.all(EITHER.map((flag) => servedWithAll([...flags, flag])));
  return served.reduce((all, some) => all.union(some));
}

async function servedWithAll(flags: readonly string[]): Promise<Set<string>> {
  const account = { ...saasAccount(), runs: RUNS };
  await using test = startExporter({ account, flags: [...EVERYTHING, ...flags], background: true });
  for (const { name } of COLLECTORS.filter(({ schedule }) => schedule !== undefined)) {
    if (!test.settings.collectors.has(name)) continue;
    await eventually(() => test.peek(name)?.data !== undefined, `${name} delivers nothing`);
  }
  // As with a web configuration file that was read again.
  test.exporter.instruments.webConfigReloaded.set("", true);
  await deliverWebhook(test);
  // The family of failed requests has no series before the first of them.
  test.demo.faults.set("*", { errors: ["boom"] }, { times: 1 });
  await (await test.get()).body?.cancel();
  const response = await test.get();
  return new Set(parseExposition(await response.text(), "text").map(({ name }) => name));
}

/** Has the exporter take a webhook: its families exist only where one is listened for. */
async function deliverWebhook({ exporter }: TestExporter): Promise<void> {
  const secret = new Secret("secret");
  const clock = new FakeClock();
  const route = webhookHandler(exporter, { secret: () => Promise.resolve(secret), clock });
  const body = new TextEncoder().encode("{}");
  const headers = { "x-signature-256": signBody(body, secret) };
  await route(new Request("http://exporter.invalid/webhook", { method: "POST", headers, body }));
}

Deno.test("every family that is served is in the catalogue, and every one in it is served", async () => {
  assert.deepEqual([...await servedWith([])].toSorted(), [...CATALOGUE.keys()].toSorted());
});

for (const { name, families } of COLLECTORS) {
  Deno.test(`collector ${name} can be switched on alone, and serves its own families`, async () => {
    const own = new Set(OWN_FAMILIES.map(({ name }) => name));
    const served = [...await servedWith(onlyCollectors(name))].filter((family) => !own.has(family));
    assert.deepEqual(served.toSorted(), families.map(({ name }) => name).toSorted());
  });
}

Deno.test("no two collectors have the same name, and no two families", () => {
  const names = COLLECTORS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, names.join(", "));
  const families = new Set([...COLLECTORS.flatMap(({ families }) => families), ...OWN_FAMILIES]);
  assert.equal(families.size, CATALOGUE.size, "two families share a name");
});
