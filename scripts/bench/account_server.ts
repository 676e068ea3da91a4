/**
 * A simulated account in a process of its own, so that it costs the measured ones nothing:
 *
 *     deno run --allow-net --allow-env=NODE_ENV account_server.ts STACKS POOLS WORKERS DELAY
 *
 * DELAY is how long each answer takes, in milliseconds. Prints its URL; then, for each line that it reads, how often each operation was asked for.
 */
import { generateAccount } from "../../src/demo/life/generate_account.ts";
import { Random } from "../../src/demo/life/random.ts";
import { startDemoServer } from "../../src/demo/api/server.ts";

const [stacks = 0, workerPools = 0, workersPerPool = 0, delayMs = 0] = Deno.args.map(Number);
const account = generateAccount(
  { stacks, workerPools, workersPerPool },
  new Random(1),
  Math.floor(Date.now() / 1000),
);
await using server = startDemoServer({ account, frozenReplies: true });
if (delayMs > 0) server.faults.set("*", { delayMs });
await print(server.url);
for await (const _line of Deno.stdin.readable) {
  const operations = new Set(server.requests.list().map(({ operation }) => operation));
  const counts = [...operations].map((name) => [name, server.requests.count(name)]);
  await print(JSON.stringify(Object.fromEntries(counts)));
}

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
