/**
 * A simulated account in a process of its own, so that it costs the measured ones nothing:
 *
 *     deno run --allow-net --allow-env=NODE_ENV frozen_api.ts STACKS POOLS WORKERS DELAY
 *
 * DELAY is how long each answer takes, in milliseconds. Prints its URL; then, for each line that it
 * reads, how often each operation was asked for.
 */
import { DemoApi } from "../../src/demo/api/demo_api.ts";
import { parseGraphqlCall } from "../../src/demo/api/graphql_call.ts";
import { generateAccount } from "../../src/demo/life/generate_account.ts";
import { Random } from "../../src/demo/life/random.ts";

interface FrozenReply {
  readonly operation: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Wraps a simulated API: each call is executed once and then answered from memory. */
export class FrozenApi {
  /** How often each operation was requested. */
  readonly counts: Map<string, number> = new Map();
  readonly #api: DemoApi;
  readonly #replies = new Map<string, FrozenReply>();

  constructor(api: DemoApi) {
    this.#api = api;
  }

  /** Answers as the API did the first time; without a good token, as it does now. */
  async answer(request: Request): Promise<Response> {
    const body = await request.text();
    const frozen = this.#replies.get(body);
    const operation = frozen?.operation ?? parseGraphqlCall(body)?.operation ?? "";
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
    const isAccepted = this.#api.accepts(request);
    if (frozen !== undefined && isAccepted) return jsonResponse(frozen.body);
    const { url, method, headers } = request;
    const response = await this.#api.answer(new Request(url, { method, headers, body }));
    if (!isAccepted || !response.ok) return response;
    const reply = await response.bytes();
    this.#replies.set(body, { operation, body: reply });
    return jsonResponse(reply);
  }
}

function jsonResponse(body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}

async function serve(args: readonly string[]): Promise<void> {
  const [stacks = 0, workerPools = 0, workersPerPool = 0, delayMs = 0] = args.map(Number);
  const size = { stacks, workerPools, workersPerPool };
  const account = generateAccount(size, new Random(1), Math.floor(Date.now() / 1000));
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
}

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) await serve(Deno.args);
