import type { ExecutionResult } from "graphql";
import { type Clock, systemClock } from "../../clock.ts";
import type { Account } from "./account.ts";
import { ApiKey } from "./api_key.ts";
import { faultResponse } from "./fault_response.ts";
import { type Fault, Faults } from "./faults.ts";
import { type GraphqlCall, parseGraphqlCall } from "./graphql_call.ts";
import { GraphqlEngine } from "./engine.ts";
import { RequestLog } from "./request_log.ts";
import { Resolvers } from "./resolvers.ts";

/** What a simulated API serves, and how. */
export interface DemoServerOptions {
  /** The account, or what gives its present content. */
  account: Account | (() => Account);
  /** Default `127.0.0.1`. */
  hostname?: string;
  /** Default 0: any free port. */
  port?: number;
  /** PEM texts; with them the server speaks HTTPS. */
  tls?: { cert: string; key: string };
  /** Default `demo-key`. */
  apiKeyId?: string;
  /** Default `demo-secret`. */
  apiKeySecret?: string;
  /** Default 36,000, the API's own ten hours. */
  tokenLifetimeSeconds?: number;
  /** Root fields that the key may not read because it is a machine's. */
  refusedToMachines?: readonly string[];
  /** Fields that this server is too old to have, named like `Stack.isDrifted`. */
  missingFields?: readonly string[];
  /** Executes each call once and answers it from memory ever after, for benchmarks. */
  frozenReplies?: boolean;
  /** Time of tokens and of scripted delays. */
  clock?: Clock;
}

interface FrozenReply {
  call: GraphqlCall;
  body: Uint8Array<ArrayBuffer>;
}

const GRAPHQL_PATH = "/graphql";

/** Starts a simulated Spacelift API on its own port. */
export function startDemoServer(options: DemoServerOptions): DemoServer {
  return new DemoServer(options);
}

/** A simulated Spacelift API; everything about it can change while it runs. */
export class DemoServer implements AsyncDisposable {
  readonly apiKey: ApiKey;
  readonly faults: Faults = new Faults();
  readonly requests: RequestLog = new RequestLog();
  /** The endpoint to configure, without `/graphql`. */
  readonly url: string;
  account: Account | (() => Account);
  refusedToMachines: readonly string[];
  #engine: GraphqlEngine;
  readonly #frozen: Map<string, FrozenReply> | undefined;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(options: DemoServerOptions) {
    const { apiKeyId = "demo-key", apiKeySecret = "demo-secret" } = options;
    this.apiKey = new ApiKey(apiKeyId, apiKeySecret, options.tokenLifetimeSeconds ?? 36_000);
    this.account = options.account;
    this.refusedToMachines = options.refusedToMachines ?? [];
    this.#engine = new GraphqlEngine(options.missingFields ?? []);
    this.#frozen = options.frozenReplies ? new Map() : undefined;
    this.#clock = options.clock ?? systemClock;
    const { hostname = "127.0.0.1", port = 0 } = options;
    this.#server = Deno.serve({
      hostname,
      port,
      signal: this.#closing.signal,
      onListen: () => {},
      ...options.tls,
    }, (request, info) => this.#serve(request, info));
    const scheme = options.tls === undefined ? "http" : "https";
    this.url = `${scheme}://${hostname}:${this.#server.addr.port}`;
  }

  /** Turns the server into one that does not have these fields, as an upgrade or downgrade would. */
  setMissingFields(missingFields: readonly string[]): void {
    this.#engine = new GraphqlEngine(missingFields);
  }

  /** Drops every connection at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    const body = await readBody(request);
    if (body === undefined) return new Response(null, { status: 400 });
    try {
      return await this.#answer(request, info, body, signal);
    } catch (error) {
      if (signal.aborted) return new Response(null, { status: 503 });
      throw error;
    }
  }

  async #answer(
    request: Request,
    info: Deno.ServeHandlerInfo,
    body: string,
    signal: AbortSignal,
  ): Promise<Response> {
    const frozen = this.#frozen?.get(body);
    const call = frozen?.call ?? parseGraphqlCall(body);
    const path = new URL(request.url).pathname;
    this.#record(request, info, path, call);
    if (path !== GRAPHQL_PATH) return new Response("Not found", { status: 404 });
    if (call === undefined) return new Response("Not a GraphQL request", { status: 400 });
    const [, jwt = ""] = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    const fault = this.faults.take(call);
    if (fault !== undefined) return await this.#fail(fault, call, jwt, signal);
    if (frozen !== undefined && this.#accepts(jwt)) return jsonResponse(frozen.body);
    const reply = new TextEncoder().encode(JSON.stringify(this.#execute(call, jwt)));
    if (this.#accepts(jwt)) this.#frozen?.set(body, { call, body: reply });
    return jsonResponse(reply);
  }

  #record(
    request: Request,
    info: Deno.ServeHandlerInfo,
    path: string,
    call: GraphqlCall | undefined,
  ): void {
    const end = this.requests.enter({
      ...(call ?? { operation: "", operationName: undefined, document: "", variables: {} }),
      method: request.method,
      path,
      headers: Object.fromEntries(request.headers),
      at: this.#clock.monotonic(),
    });
    request.signal.addEventListener("abort", () => end("aborted"), { once: true });
    info.completed.then(() => end("answered"), () => end("aborted"));
  }

  #fail(fault: Fault, call: GraphqlCall, jwt: string, signal: AbortSignal): Promise<Response> {
    if (fault.expireToken) this.apiKey.revokeTokens(jwt);
    const reply = () => JSON.parse(JSON.stringify(this.#execute(call, jwt)));
    return faultResponse(fault, { clock: this.#clock, signal, reply });
  }

  #execute(call: GraphqlCall, jwt: string): ExecutionResult {
    const resolvers = new Resolvers({
      account: typeof this.account === "function" ? this.account() : this.account,
      viewerId: this.#accepts(jwt) ? this.apiKey.id : null,
      refusedToMachines: new Set(this.refusedToMachines),
      exchange: (id, secret) => this.apiKey.exchange(id, secret, this.#now()),
    });
    return this.#engine.execute(call, resolvers);
  }

  #accepts(jwt: string): boolean {
    return this.apiKey.accepts(jwt, this.#now());
  }

  /** Unix seconds. */
  #now(): number {
    return this.#clock.wall() / 1000;
  }
}

/** Gives undefined when the client leaves before it has sent everything. */
async function readBody(request: Request): Promise<string | undefined> {
  try {
    return await request.text();
  } catch {
    return undefined;
  }
}

function jsonResponse(body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
