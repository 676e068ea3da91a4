import { createHmac, randomBytes } from "node:crypto";
import bcrypt from "bcryptjs";
import { type Clock, sleep } from "../clock.ts";

/** The verdict on a request's name and password; `busy` when too many others are being checked. */
export type Verdict = "accepted" | "refused" | "busy";

/** How long a verified password is remembered after its last use, in milliseconds. */
const REMEMBERED_FOR = 5 * 60_000;

/**
 * How many passwords are remembered: bcrypt ignores everything after 72 bytes, so many match one
 * hash.
 */
const MAX_REMEMBERED = 100;

/** How many passwords may be queued. */
const MAX_WAITING = 10;

/** Compares a password with a hash; resolves to whether they match. */
export type Compare = (password: string, hash: string) => Promise<boolean>;

/**
 * Checks names and passwords of HTTP basic authentication against bcrypt hashes. Hashes are
 * computed one after another, with a pause after each mismatch, so that guessing does not starve
 * scrapes; a correct password is remembered, as a keyed hash, while it is in use.
 */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>;
  readonly #clock: Clock;
  readonly #compare: Compare;
  /** Unknown names are checked against this hash so that they take as long as known ones. */
  readonly #decoy: string;
  readonly #secret = randomBytes(32);
  /** When remembered passwords expire, by their fingerprints. */
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

  /** Keeps the map in order of last use. */
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
