import { createHmac, randomBytes } from "node:crypto";
import bcrypt from "bcryptjs";
import { type Clock, sleep } from "../clock.ts";

/** What becomes of a request's name and password; `busy` when too many others are being checked. */
export type Verdict = "accepted" | "refused" | "busy";

/** How long a password that was verified needs no hashing after its last use, in milliseconds. */
const REMEMBERED_FOR = 5 * 60_000;

/** How many may be remembered: bcrypt ignores what follows 72 bytes, so one hash has many. */
const MAX_REMEMBERED = 100;

/** How many passwords may wait for their turn. */
const MAX_WAITING = 10;

/** Compares a password with a hash; resolves to whether they fit. */
export type Compare = (password: string, hash: string) => Promise<boolean>;

/**
 * Checks names and passwords of HTTP basic authentication against bcrypt hashes. Hashes are worked
 * out one after another, with a pause after each that does not fit, so that guessing leaves scrapes
 * their time; a password that fits is remembered, as a keyed hash, while it is used.
 */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>;
  readonly #clock: Clock;
  readonly #compare: Compare;
  /** What names without a hash are checked against: they must take as long as others. */
  readonly #decoy: string;
  readonly #secret = randomBytes(32);
  /** Until when passwords are remembered, by their fingerprints. */
  readonly #remembered = new Map<string, number>();
  readonly #waiting = new Map<string, Promise<boolean>>();
  #last: Promise<void> = Promise.resolve();

  constructor(
    users: ReadonlyMap<string, string>,
    clock: Clock,
    compare: Compare = bcrypt.compare,
  ) {
    this.#users = users;
    this.#clock = clock;
    this.#compare = compare;
    const byCost = [...users.values()].sort((a, b) => bcrypt.getRounds(b) - bcrypt.getRounds(a));
    this.#decoy = byCost[0] ?? "";
  }

  /** Checks the value of a request's `authorization` header. */
  async check(authorization: string | null): Promise<Verdict> {
    const given = readCredentials(authorization);
    if (given === undefined) return "refused";
    const fingerprint = createHmac("sha256", this.#secret).update(JSON.stringify(given))
      .digest("base64");
    if (this.#isRemembered(fingerprint)) return "accepted";
    let verified = this.#waiting.get(fingerprint);
    if (verified === undefined) {
      if (this.#waiting.size >= MAX_WAITING) return "busy";
      verified = this.#takeTurn(given);
      this.#waiting.set(fingerprint, verified);
      verified.finally(() => this.#waiting.delete(fingerprint)).catch(() => {});
    }
    if (!await verified) return "refused";
    this.#remember(fingerprint);
    return "accepted";
  }

  #takeTurn({ user, password }: Credentials): Promise<boolean> {
    const hash = this.#users.get(user);
    let took = 0;
    const verified = this.#last.then(async () => {
      const start = this.#clock.monotonic();
      const fits = await this.#compare(password, hash ?? this.#decoy);
      const isGood = fits && hash !== undefined;
      took = isGood ? 0 : this.#clock.monotonic() - start;
      return isGood;
    });
    this.#last = verified.then(() => this.#pause(took), () => {});
    return verified;
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(this.#clock, ms, new AbortController().signal);
  }

  #isRemembered(fingerprint: string): boolean {
    const until = this.#remembered.get(fingerprint);
    if (until === undefined) return false;
    this.#remembered.delete(fingerprint);
    if (this.#clock.monotonic() >= until) return false;
    this.#remember(fingerprint);
    return true;
  }

  /** The map's order is that of the last uses. */
  #remember(fingerprint: string): void {
    this.#remembered.delete(fingerprint);
    this.#remembered.set(fingerprint, this.#clock.monotonic() + REMEMBERED_FOR);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

function readCredentials(authorization: string | null): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const [, user, password] =
      /^([^:]*):(.*)$/s.exec(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? [];
    return user === undefined || password === undefined ? undefined : { user, password };
  } catch {
    return undefined;
  }
}
