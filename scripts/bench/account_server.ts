/**
 * A simulated account in a process of its own, so that it costs the measured ones nothing:
 *
 *     deno run --allow-net --allow-env=NODE_ENV account_server.ts STACKS POOLS WORKERS DELAY
 *
 * DELAY is how long each answer takes, in milliseconds. Prints its URL; then, for each line that it
 * reads, how often each operation was asked for.
 */
import { DemoApi } from "../../src/demo/api/demo_api.ts";
import { generateAccount } from "../../src/demo/life/generate_account.ts";
import { Random } from "../../src/demo/life/random.ts";
import { FrozenApi } from "./frozen_api.ts";

const [stacks = 0, workerPools = 0, workersPerPool = 0, delayMs = 0] = Deno.args.map(Number);
const account = generateAccount(
  { stacks, workerPools, workersPerPool },
  new Random(1),
  Math.floor(Date.now() / 1000),
);
const api = new FrozenApi(new DemoApi({ account: () => account }));
const closing = new AbortController();
const options = { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen: () => {} };
const server = Deno.serve(options, async (request) => {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  return await api.answer(request);
});
await print(`http://127.0.0.1:${server.addr.port}`);
for await (const _line of Deno.stdin.readable) {
  await print(JSON.stringify(Object.fromEntries(api.counts)));
}
closing.abort();
await server.finished;

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
