import assert from "node:assert/strict";
import { BackgroundRequests } from "../../src/collectors/background_requests.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { Instruments } from "../../src/metrics/instruments.ts";
import { MAX_VALUES } from "../../src/spacelift/costly_json.ts";
import { MAX_REPLY_BYTES } from "../../src/spacelift/endpoint.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { settingsOf } from "../support/settings_of.ts";
import { SIGNAL, startClient } from "../support/start_client.ts";

const DOCUMENT = Deno.readTextFileSync(new URL("../../docs/operation.md", import.meta.url));
const MIB = 1024 * 1024;

/** The bound that the documents give for a collector, or else for any other, in bytes. */
function documentedBound(name: string): number {
  const rows = DOCUMENT.split("\n").filter((line) => /^\|.*\| \d+ MiB +\|/.test(line));
  const of = (what: string) => rows.find((line) => line.split("|")[1]?.includes(what));
  const row = of(`\`${name}\``) ?? of("any other");
  return Number(/(\d+) MiB/.exec(row ?? "")?.[1]) * MIB;
}

for (const { name, schedule, start } of COLLECTORS) {
  // What is asked in the background may try again.
  if (schedule !== undefined) continue;
  Deno.test(`a reply to ${name} is read no further than documented`, async () => {
    const clock = new FakeClock();
    await using demo = startSimulatedApi({ account: saasAccount(), clock });
    using test = startClient(demo.url, { clock });
    await test.session.token(SIGNAL);
    const instruments = new Instruments();
    const collect = start({
      client: test.client,
      clock,
      instruments,
      settings: settingsOf([]),
      hints: undefined,
      requests: new BackgroundRequests(clock),
      spaces: new Map(),
      hurry: () => {},
    });
    const bound = documentedBound(name);
    demo.faults.set("*", { body: " ".repeat(bound) });
    await assert.rejects(collect(SIGNAL), { message: "The API's reply is not a GraphQL result" });
    demo.faults.set("*", { body: " ".repeat(bound + 1) });
    await assert.rejects(collect(SIGNAL), {
      message: `The API's reply is larger than ${bound} bytes`,
    });
  });
}

Deno.test("docs/operation.md says how long a reply to a page of stacks may be", () => {
  assert.equal(documentedBound("stacks"), MAX_REPLY_BYTES);
});

Deno.test("docs/operation.md says how much a reply may hold", () => {
  const text = DOCUMENT.replaceAll(/\s+/g, " ");
  assert.ok(text.includes(`more than ${MAX_VALUES.toLocaleString("en")} values`));
});
