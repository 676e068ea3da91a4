/**
 * A simulated account in a process of its own, so that it costs the measured ones nothing:
 *
 *     deno run --allow-net --allow-env=NODE_ENV account.ts STACKS POOLS WORKERS DELAY
 *
 * DELAY is how long each answer takes, in milliseconds. Prints its URL; then, for each line that it
 * reads, how often each operation was asked for.
 */
import { DemoApi } from "../../src/demo/api/demo_api.ts";
import { parseGraphqlCall } from "../../src/demo/api/graphql_call.ts";
import { generateAccount } from "../../src/demo/life/generate_account.ts";
import { Random } from "../../src/demo/life/random.ts";
import { inherited } from "./subject.ts";

/** How large a simulated account is. */
export interface AccountSize {
  readonly stacks: number;
  readonly workerPools: number;
  /** 4 unless given. */
  readonly workersPerPool?: number;
  /** How long each answer takes, in milliseconds; 0 unless given. */
  readonly delay?: number;
}

/** A simulated account in a process of its own. */
export class Account implements AsyncDisposable {
  readonly url: string;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  private constructor(
    process: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    url: string,
  ) {
    this.#process = process;
    this.#lines = lines;
    this.#input = process.stdin.getWriter();
    this.url = url;
  }

  /** Starts an account of this size; every reply is made once and then sent from memory. */
  static async start(
    { stacks, workerPools, workersPerPool = 4, delay = 0 }: AccountSize,
  ): Promise<Account> {
    const script = new URL(import.meta.url).pathname;
    const size = [stacks, workerPools, workersPerPool, delay].map(String);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-net", "--allow-env=NODE_ENV", script, ...size],
      env: inherited(),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    return new Account(process, lines, value.trim());
  }

  /** How often each operation has been requested so far. */
  async requests(): Promise<Map<string, number>> {
    await this.#input.write(new TextEncoder().encode("\n"));
    const { value = "{}" } = await this.#lines.read();
    const counts: unknown = JSON.parse(value);
    if (typeof counts !== "object" || counts === null) return new Map();
    return new Map(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}

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
