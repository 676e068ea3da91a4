import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import type { Instruments } from "../metrics/instruments.ts";
import { Secret } from "../secret.ts";
import { SharedTask } from "../shared_task.ts";
import { ApiError } from "./api_error.ts";
import { type Endpoint, type Operation, SMALL_REPLY_BYTES } from "./endpoint.ts";
import { TimeLimit } from "./time_limit.ts";

/** An API key; the secret is reread for each exchange so that a rotated file is picked up. */
export interface ApiKey {
  readonly id: string;
  readonly secret: () => Promise<Secret>;
}

// https://docs.spacelift.io/integrations/api; no name on the wire, as Spacelift's own exporter sends it.
const EXCHANGE = {
  name: "apiKeyUser",
  document:
    "mutation ($id:ID!$secret:String!){apiKeyUser(id: $id, secret: $secret){jwt,validUntil}}",
  data: v.object({
    apiKeyUser: v.nullable(v.object({
      // It goes into a header, which allows no other characters.
      jwt: v.nullish(v.pipe(v.string(), v.regex(/^[\x21-\x7e]*$/))),
      validUntil: v.nullish(v.number()),
    })),
  }),
  maxReplyBytes: SMALL_REPLY_BYTES,
} satisfies Operation<unknown>;

type ExchangeReply = v.InferOutput<typeof EXCHANGE.data>;

/** The API rejected the key when asked to exchange it. */
export class KeyRejected extends ApiError {
  constructor(cause?: ApiError) {
    super("unauthorized", "The API does not accept the API key: check its id and its secret", {
      cause,
    });
  }
}

/**
 * A token is renewed this long before it expires, in milliseconds, or after half of a shorter
 * lifetime.
 */
const RENEWAL_PADDING = 30_000;
/** How long a renewal may take, in milliseconds. */
const RENEWAL_TIMEOUT = 10_000;
/** The pause after a failed renewal while the token is still valid, in milliseconds. */
const RENEWAL_PAUSE = 10_000;
/** How long a token is used if its expiry is missing, past or implausible, in milliseconds. */
const UNKNOWN_LIFETIME = 5 * 60_000;
/** The longest plausible lifetime, in milliseconds; tokens of API keys last ten hours. */
const MAX_LIFETIME = 7 * 24 * 3600_000;

interface Token {
  readonly value: Secret;
  /** Monotonic times. */
  renewAt: number;
  readonly expiresAt: number;
}

/** Exchanges the API key for tokens: one exchange at a time, shared by all callers. */
export class Session {
  readonly #endpoint: Endpoint;
  readonly #key: ApiKey;
  readonly #clock: Clock;
  readonly #instruments: Instruments;
  readonly #exchange = new SharedTask((signal) => this.#exchangeKey(signal));
  #wasAccepted = false;
  readonly #closing = new AbortController();
  #token: Token | undefined;
  #isRenewing = false;

  constructor(
    options: { endpoint: Endpoint; key: ApiKey; clock: Clock; instruments: Instruments },
  ) {
    this.#endpoint = options.endpoint;
    this.#key = options.key;
    this.#clock = options.clock;
    this.#instruments = options.instruments;
  }

  /** Whether the API has accepted the key at least once. */
  get wasAccepted(): boolean {
    return this.#wasAccepted;
  }

  /** A token that has not expired; throws `ApiError` when the key cannot be exchanged. */
  async token(signal: AbortSignal): Promise<Secret> {
    const token = this.#token;
    const now = this.#clock.monotonic();
    if (token === undefined || now >= token.expiresAt) return await this.#exchange.join(signal);
    // A renewal starts before the token expires, so a slow or failed attempt does no harm.
    if (now >= token.renewAt && !this.#isRenewing) this.#renew(token);
    return token.value;
  }

  /** A token other than the rejected one; another caller may already have obtained it. */
  async replace(rejected: Secret, signal: AbortSignal): Promise<Secret> {
    if (this.#token?.value === rejected) {
      this.#token = undefined;
      this.#instruments.tokenExpiry = null;
    }
    return await this.token(signal);
  }

  /** Aborts the renewal in progress, if any. */
  close(): void {
    this.#closing.abort();
  }

  /** Renews a token that is still valid and in use. */
  async #renew(token: Token): Promise<void> {
    this.#isRenewing = true;
    try {
      using limit = new TimeLimit(this.#clock, RENEWAL_TIMEOUT, this.#closing.signal);
      await this.#exchange.join(limit.signal);
    } catch (error) {
      const pause = error instanceof ApiError ? error.retryAfter : undefined;
      token.renewAt = this.#clock.monotonic() + (pause ?? RENEWAL_PAUSE);
      log.debug("Cannot renew the token yet", { error });
    } finally {
      this.#isRenewing = false;
    }
  }

  async #exchangeKey(signal: AbortSignal): Promise<Secret> {
    this.#instruments.tokenExchanges.inc();
    try {
      const secret = await this.#readSecret();
      this.#endpoint.hide(secret);
      const { apiKeyUser } = await this.#post(secret, signal);
      if (!apiKeyUser?.jwt) throw new KeyRejected();
      return this.#store(new Secret(apiKeyUser.jwt), apiKeyUser.validUntil ?? undefined);
    } catch (error) {
      if (error instanceof ApiError) this.#instruments.tokenExchangeFailures.inc();
      throw error;
    }
  }

  async #post(secret: Secret, signal: AbortSignal): Promise<ExchangeReply> {
    const variables = { id: this.#key.id, secret: secret.reveal() };
    try {
      return await this.#endpoint.post(EXCHANGE, { signal, variables });
    } catch (error) {
      if (error instanceof ApiError && error.reason === "unauthorized") {
        throw new KeyRejected(error);
      }
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

  /** Stores a token with monotonic times, so that steps of the wall clock do not matter. */
  #store(value: Secret, validUntil: number | undefined): Secret {
    const lifetime = validUntil === undefined ? NaN : validUntil * 1000 - this.#clock.wall();
    const believable = lifetime > 0 && lifetime <= MAX_LIFETIME;
    const renewIn = believable
      ? Math.max(lifetime - RENEWAL_PADDING, lifetime / 2)
      : UNKNOWN_LIFETIME;
    const now = this.#clock.monotonic();
    this.#wasAccepted = true;
    this.#endpoint.hide(value);
    this.#token = {
      value,
      renewAt: now + renewIn,
      expiresAt: believable ? now + lifetime : Infinity,
    };
    this.#instruments.tokenExpiry = believable && validUntil !== undefined ? validUntil : null;
    log.debug("Exchanged the API key for a token", { validUntil, renewInSeconds: renewIn / 1000 });
    return value;
  }
}
