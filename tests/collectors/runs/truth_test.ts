import assert from "node:assert/strict";
import { Random } from "../../../src/demo/life/random.ts";
import { captureLog } from "../../support/capture_log.ts";
import { ObservedAccount, Observer, type Truth } from "./observed_account.ts";

const INTERVAL = 1200;
const DAYS = 30;
const ROUNDS_PER_DAY = 86_400 / INTERVAL;

/** What befalls the exporters in a round, by chance. */
const CHANCE = { outage: 0.02, tokenLoss: 0.02, clockStep: 0.01, restart: 1 / ROUNDS_PER_DAY };

/** How many rounds an outage lasts at most; a failed round is tried again after seconds. */
const LONGEST_OUTAGE = 3;

/** Compares what an exporter found with the account's own books. */
function assertTrue(name: string, account: ObservedAccount, observer: Observer): void {
  const truth = account.truth(observer.since);
  const found = observer.found;
  assert.ok(found !== undefined, `${name} found nothing`);
  const inOrder = ({ counts }: Truth) => Object.fromEntries([...counts].sort());
  assert.deepEqual(inOrder(found), inOrder(truth), `${name}: the counts`);
  for (const kind of ["active", "queue", "wait"] as const) {
    assert.equal(found[kind], truth[kind], `${name}: seconds (${kind})`);
  }
}

/** Lets everyone catch up while the account stands still: nothing ends any more. */
async function settle(account: ObservedAccount, observers: Iterable<Observer>): Promise<void> {
  account.outage = undefined;
  account.catchUp();
  for (let round = 0; round < 8; round++) {
    account.freeze(360);
    for (const observer of observers) await observer.round();
  }
}

Deno.test("runs: in 30 days of trouble each run that ended is counted once, with its seconds", async () => {
  using _log = captureLog();
  const random = new Random(7);
  const account = new ObservedAccount(1);
  const start = {
    "poll alone": () => new Observer(account, { random }),
    "a second replica": () => new Observer(account, { random }),
    "a third replica": () => new Observer(account, { random }),
    "hints alone": () => new Observer(account, { random, webhook: true, search: false }),
    "poll and hints": () => new Observer(account, { random, webhook: true }),
    "restarted": () => new Observer(account, { random, webhook: true }),
  };
  const observers = new Map(Object.entries(start).map(([name, begin]) => [name, begin()]));
  // A delivery comes once, twice or, where there is a poll as well, never; late or not.
  const late: (() => void)[] = [];
  account.listen(({ id: run, stackId: stack }) => {
    for (const [name, { hints }] of observers) {
      if (hints === undefined) continue;
      if (name !== "hints alone" && random.chance(0.3)) continue;
      const deliver = () => hints.add({ run, stack });
      if (random.chance(0.3)) late.push(deliver);
      else deliver();
      if (random.chance(0.1)) late.push(deliver);
    }
  });
  let outage = 0;
  let lives = 0;
  for (const observer of observers.values()) await observer.round();
  for (let round = 0; round < DAYS * ROUNDS_PER_DAY; round++) {
    account.live(INTERVAL);
    for (let n = random.integer(0, late.length); n > 0; n--) {
      late.splice(random.integer(0, late.length - 1), 1)[0]?.();
    }
    outage--;
    if (random.chance(CHANCE.outage)) outage = random.integer(1, LONGEST_OUTAGE);
    account.outage = outage > 0 ? random.pick([429, 502]) : undefined;
    if (random.chance(CHANCE.tokenLoss)) account.api.apiKey.revokeTokens();
    if (random.chance(CHANCE.clockStep)) account.clock.error = random.integer(-600_000, 600_000);
    for (const observer of observers.values()) await observer.round();
    if (random.chance(CHANCE.restart)) {
      const restarted = observers.get("restarted");
      assert.ok(restarted !== undefined);
      await settle(account, [restarted]);
      assertTrue("restarted", account, restarted);
      account.clock.error = 0;
      observers.set("restarted", start.restarted());
      await observers.get("restarted")?.round();
      lives++;
    }
  }
  for (const deliver of late) deliver();
  await settle(account, observers.values());
  assert.ok(lives > 10, `restarted ${lives} times`);
  assert.ok(account.ended.length > 10_000, `${account.ended.length} runs ended`);
  for (const [name, observer] of observers) assertTrue(name, account, observer);
});
