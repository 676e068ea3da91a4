import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import type { Instruments } from "../metrics/instruments.ts";
import { Secret } from "../secret.ts";
import { SharedTask } from "../shared_task.ts";
import { ApiError } from "./api_error.ts";
import type { Endpoint, Operation } from "./endpoint.ts";

/** An API key; the secret is read anew for each exchange, so that a rotated file is picked up. */
export interface ApiKey {
  readonly id: string;
  readonly secret: () => Promise<Secret>;
}

// https://docs.spacelift.io/integrations/api; no name on the wire, as the incumbent sends it.
const EXCHANGE = {
  name: "apiKeyUser",
  document:
    "mutation ($id:ID!$secret:String!){apiKeyUser(id: $id, secret: $secret){jwt,validUntil}}",
  data: v.object({
    apiKeyUser: v.nullable(v.object({
      jwt: v.nullish(v.string()),
      validUntil: v.nullish(v.number()),
    })),
  }),
} satisfies Operation<unknown>;

/** A token is renewed this long before it expires, in milliseconds, or after half of a shorter life. */
const RENEWAL_PADDING = 30_000;
/** How long a token is used whose expiry is missing, past or beyond belief, in milliseconds. */
const UNKNOWN_LIFETIME = 5 * 60_000;
/** The longest believable lifetime, in milliseconds; tokens of API keys live for ten hours. */
const MAX_LIFETIME = 7 * 24 * 3600_000;

/** Exchanges the API key for tokens: one exchange at a time, shared by everyone who needs it. */
export class Session {
  readonly #endpoint: Endpoint;
  readonly #key: ApiKey;
  readonly #clock: Clock;
  readonly #instruments: Instruments;
  readonly #exchange = new SharedTask((signal) => this.#exchangeKey(signal));
  #token: { value: Secret; renewAt: number } | undefined;

  constructor(
    options: { endpoint: Endpoint; key: ApiKey; clock: Clock; instruments: Instruments },
  ) {
    this.#endpoint = options.endpoint;
    this.#key = options.key;
    this.#clock = options.clock;
    this.#instruments = options.instruments;
  }

  /** A token that has not expired; throws `ApiError` when the key cannot be exchanged. */
  async token(signal: AbortSignal): Promise<Secret> {
    if (this.#token !== undefined && this.#clock.monotonic() < this.#token.renewAt) {
      return this.#token.value;
    }
    return await this.#exchange.join(signal);
  }

  /** A token other than the rejected one, which someone else may already have got. */
  async replace(rejected: Secret, signal: AbortSignal): Promise<Secret> {
    if (this.#token?.value === rejected) this.#token = undefined;
    return await this.token(signal);
  }

  async #exchangeKey(signal: AbortSignal): Promise<Secret> {
    this.#instruments.tokenExchanges.inc();
    try {
      const secret = await this.#readSecret();
      const { apiKeyUser } = await this.#endpoint.post(EXCHANGE, {
        signal,
        variables: { id: this.#key.id, secret: secret.reveal() },
        secrets: [secret],
      });
      if (!apiKeyUser?.jwt) {
        throw new ApiError(
          "unauthorized",
          "The API does not accept the API key: check its id and its secret",
        );
      }
      return this.#keep(new Secret(apiKeyUser.jwt), apiKeyUser.validUntil ?? undefined);
    } catch (error) {
      if (error instanceof ApiError) this.#instruments.tokenExchangeFailures.inc();
      throw error;
    }
  }

  async #readSecret(): Promise<Secret> {
    try {
      return await this.#key.secret();
    } catch (cause) {
      throw new ApiError("unauthorized", "Cannot read the API key's secret", { cause });
    }
  }

  /** Remembers a token by the monotonic clock, so that a step of the wall clock changes nothing. */
  #keep(value: Secret, validUntil: number | undefined): Secret {
    const lifetime = validUntil === undefined ? NaN : validUntil * 1000 - this.#clock.wall();
    const believable = lifetime > 0 && lifetime <= MAX_LIFETIME;
    const renewIn = believable
      ? Math.max(lifetime - RENEWAL_PADDING, lifetime / 2)
      : UNKNOWN_LIFETIME;
    this.#token = { value, renewAt: this.#clock.monotonic() + renewIn };
    this.#instruments.tokenExpiry = believable && validUntil !== undefined ? validUntil : null;
    log.debug("Exchanged the API key for a token", { validUntil, renewInSeconds: renewIn / 1000 });
    return value;
  }
}
