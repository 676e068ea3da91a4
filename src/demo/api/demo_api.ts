import { type Clock, systemClock } from "../../clock.ts";
import type { Account } from "./account.ts";
import { ApiKey } from "./api_key.ts";
import { GraphqlEngine } from "./engine.ts";
import { type GraphqlCall, parseGraphqlCall } from "./graphql_call.ts";
import { Resolvers } from "./resolvers.ts";
import { buildDemoSchema } from "./schema.ts";

/** The options of a simulated API. */
export interface DemoApiOptions {
  /** Gives the account's present content; called for each request. */
  account: () => Account;
  /** Default `demo-key`. */
  apiKeyId?: string;
  /** Default `demo-secret`. */
  apiKeySecret?: string;
  /** Default 36,000, the API's own ten hours. */
  tokenLifetimeSeconds?: number;
  /** Time of tokens. */
  clock?: Clock;
}

const GRAPHQL_PATH = "/graphql";

/** A simulated Spacelift API without a network; a server may wrap `answer`. */
export class DemoApi {
  readonly apiKey: ApiKey;
  /** Another one makes this the API of another version. */
  engine: GraphqlEngine = new GraphqlEngine(buildDemoSchema());
  readonly #account: () => Account;
  readonly #clock: Clock;

  constructor(options: DemoApiOptions) {
    const { apiKeyId = "demo-key", apiKeySecret = "demo-secret" } = options;
    this.apiKey = new ApiKey(apiKeyId, apiKeySecret, options.tokenLifetimeSeconds ?? 36_000);
    this.#account = options.account;
    this.#clock = options.clock ?? systemClock;
  }

  /** Answers as the API does; HTTP 400 also when the client leaves before it has sent everything. */
  async answer(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== GRAPHQL_PATH) {
      return new Response("Not found", { status: 404 });
    }
    const call = parseGraphqlCall(await request.text().catch(() => ""));
    if (call === undefined) return new Response("Not a GraphQL request", { status: 400 });
    return Response.json(this.#execute(call, this.accepts(request)));
  }

  /** Whether the request bears a token that is good now. */
  accepts(request: Request): boolean {
    const [, jwt = ""] = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    return this.apiKey.accepts(jwt, this.#now());
  }

  #execute(call: GraphqlCall, isAccepted: boolean): unknown {
    const resolvers = new Resolvers({
      account: this.#account(),
      viewerId: isAccepted ? this.apiKey.id : null,
      exchange: (id, secret) => this.apiKey.exchange(id, secret, this.#now()),
    });
    return this.engine.execute(call, resolvers);
  }

  /** Unix seconds. */
  #now(): number {
    return this.#clock.wall() / 1000;
  }
}
