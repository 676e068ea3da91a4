import { type Clock, systemClock } from "../../src/clock.ts";
import type { Account } from "../../src/demo/api/account.ts";
import type { ApiKey } from "../../src/demo/api/api_key.ts";
import { DemoApi, type DemoApiOptions } from "../../src/demo/api/demo_api.ts";
import { GraphqlEngine } from "../../src/demo/api/engine.ts";
import { type GraphqlCall, parseGraphqlCall } from "../../src/demo/api/graphql_call.ts";
import { faultResponse } from "./fault_response.ts";
import { Faults } from "./faults.ts";
import { limitedSchema, type SchemaLimits } from "./limited_schema.ts";
import { RequestLog } from "./request_log.ts";

/** What a simulated API serves, and how. */
export interface SimulatedApiOptions
  extends Omit<DemoApiOptions, "account">, Partial<SchemaLimits> {
  /** The account, or what gives its present content. */
  account: Account | (() => Account);
  /** Default `127.0.0.1`. */
  hostname?: string;
  /** Default 0: any free port. */
  port?: number;
  /** PEM texts; with them the server speaks HTTPS. */
  tls?: { cert: string; key: string };
  /** Time of tokens, of scripted delays and of the record. */
  clock?: Clock;
}

/** Starts a simulated API that can fail as it is told to and records what it was asked. */
export function startSimulatedApi(options: SimulatedApiOptions): SimulatedApi {
  return new SimulatedApi(options);
}

/** The demo's API on a port of its own; everything about it can change while it runs. */
export class SimulatedApi implements AsyncDisposable {
  readonly faults: Faults = new Faults();
  readonly requests: RequestLog = new RequestLog();
  /** The endpoint to configure, without `/graphql`. */
  readonly url: string;
  account: Account | (() => Account);
  readonly #api: DemoApi;
  #limits: SchemaLimits;
  readonly #clock: Clock;
  #held = 0;
  readonly #closing = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(options: SimulatedApiOptions) {
    const { hostname = "127.0.0.1", port = 0, clock = systemClock } = options;
    const { missingFields = [], refusedToMachines = [] } = options;
    this.account = options.account;
    this.#api = new DemoApi({ ...options, account: () => this.#readAccount() });
    this.#limits = this.#limit({ missingFields, refusedToMachines });
    this.#clock = clock;
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

  get apiKey(): ApiKey {
    return this.#api.apiKey;
  }

  /** How many requests wait because a fault has them wait. */
  get held(): number {
    return this.#held;
  }

  /** Turns the server into one that does not have these fields, as an upgrade or downgrade would. */
  setMissingFields(missingFields: readonly string[]): void {
    this.#limits = this.#limit({ ...this.#limits, missingFields });
  }

  /** Root fields that the key may not read because it is a machine's. */
  set refusedToMachines(refusedToMachines: readonly string[]) {
    this.#limits = this.#limit({ ...this.#limits, refusedToMachines });
  }

  /** Drops every connection at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #readAccount(): Account {
    return typeof this.account === "function" ? this.account() : this.account;
  }

  #limit(limits: SchemaLimits): SchemaLimits {
    this.#api.engine = new GraphqlEngine(limitedSchema(limits));
    return limits;
  }

  async #serve(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    const body = await request.text().catch(() => undefined);
    if (body === undefined) return new Response(null, { status: 400 });
    const call = parseGraphqlCall(body);
    const path = new URL(request.url).pathname;
    this.#record(request, info, path, call);
    const { method, headers } = request;
    const whole = new Request(request.url, { method, headers, body: body === "" ? null : body });
    if (path !== "/graphql" || call === undefined) return await this.#api.answer(whole);
    try {
      return await this.#answer(whole, call, signal);
    } catch (error) {
      if (signal.aborted) return new Response(null, { status: 503 });
      throw error;
    }
  }

  // With Deno's unstable feature `no-legacy-abort` a request's signal aborts only when its client
  // leaves; without it, after each answer too.
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

  async #answer(request: Request, call: GraphqlCall, signal: AbortSignal): Promise<Response> {
    const fault = this.faults.take(call);
    if (fault === undefined) return await this.#api.answer(request);
    if (fault.expireToken) {
      this.apiKey.revokeTokens(request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "");
    }
    const reply = async () => await (await this.#api.answer(request)).json();
    const hold = <T>(slow: Promise<T>) => this.#hold(slow);
    return await faultResponse(fault, { clock: this.#clock, signal, reply, hold });
  }

  async #hold<T>(slow: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await slow;
    } finally {
      this.#held--;
    }
  }
}
