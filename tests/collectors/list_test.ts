import assert from "node:assert/strict";
import { CATALOGUE } from "../../src/app/catalogue.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { OWN_FAMILIES } from "../../src/scrape/scraper.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/parse_exposition.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";

/** Flags that add families. */
const EVERYTHING = ["--stacks-details"];

/** Flags of which each value gives families that the other does not. */
const EITHER = ["--stacks-totals=false", "--stacks-totals=true"];

/** The names of the families that an account with a bit of everything can be served with. */
async function servedWith(flags: readonly string[]): Promise<Set<string>> {
  using _log = captureLog();
  const served = await Promise.all(EITHER.map((flag) => servedWithAll([...flags, flag])));
  return served.reduce((all, some) => all.union(some));
}

async function servedWithAll(flags: readonly string[]): Promise<Set<string>> {
  const account = saasAccount();
  await using test = startExporter({ account, flags: [...EVERYTHING, ...flags], background: true });
  for (const { name } of COLLECTORS.filter(({ schedule }) => schedule !== undefined)) {
    if (!test.settings.collectors.has(name)) continue;
    await eventually(() => test.peek(name)?.data !== undefined, `${name} delivers nothing`);
  }
  // As with a web configuration file that was read again.
  test.exporter.instruments.webConfigReloaded = true;
  // The family of failed requests has no series before the first of them.
  test.demo.faults.set("*", { errors: ["boom"] }, { times: 1 });
  await (await test.get()).body?.cancel();
  const response = await test.get();
  return new Set(parseExposition(await response.text(), "text").map(({ name }) => name));
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
