import { type Clock, sleep } from "../../clock.ts";
import { log } from "../../log.ts";
import type { Secret } from "../../secret.ts";
import { SIGNATURE_HEADER, signBody } from "../../webhook_signature.ts";
import type { Random } from "../life/random.ts";
import type { Run, Stack } from "./account.ts";

/** The maximum number of queued deliveries; further ones are lost, as some real ones are. */
const MAX_WAITING = 1000;

/** How often a delivery is attempted. */
const TRIES = 4;

/** From one try to the next, in milliseconds. */
const PAUSE = 1000;

/** The share of deliveries in trouble to which each fault happens. */
const CHANCE = { lost: 0.1, late: 0.2, twice: 0.1, answerLost: 0.1 };

/** How long the receiver may take, in milliseconds. */
const TIME_LIMIT = 5000;

/**
 * Sends signed webhooks on runs, one after another, each up to four times. In trouble some are
 * lost, delayed, sent twice, or resent because their answer is lost.
 */
export class WebhookSender implements AsyncDisposable {
  readonly #url: URL;
  readonly #secret: () => Promise<Secret>;
  readonly #clock: Clock;
  readonly #trouble: Random | undefined;
  readonly #waiting: string[] = [];
  /** Deliveries that others overtake. */
  readonly #late: string[] = [];
  readonly #stopping = new AbortController();
  #sending: Promise<void> | undefined;

  /** `trouble` decides what goes wrong; without it nothing does. */
  constructor(options: {
    url: URL;
    secret: () => Promise<Secret>;
    clock: Clock;
    trouble?: Random | undefined;
  }) {
    this.#url = options.url;
    this.#secret = options.secret;
    this.#clock = options.clock;
    this.#trouble = options.trouble;
  }

  /** Sends the last transition of a run as soon as those before it are sent. */
  send(run: Run, stack: Stack | undefined): void {
    for (const text of this.#inTrouble(JSON.stringify(webhookPayload(run, stack)))) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(text);
    }
    if (this.#waiting.length > 0) this.#sending ??= this.#sendAll();
  }

  /** What to send instead of one delivery. */
  #inTrouble(text: string): string[] {
    const random = this.#trouble;
    if (random === undefined) return [text];
    const overtaken = this.#late.splice(0, random.integer(0, this.#late.length));
    if (random.chance(CHANCE.lost)) return overtaken;
    if (random.chance(CHANCE.late)) {
      this.#late.push(text);
      return overtaken;
    }
    return [text, ...overtaken, ...random.chance(CHANCE.twice) ? [text] : []];
  }

  /** Resolves when nothing is queued. */
  async sent(): Promise<void> {
    await this.#sending;
  }

  /** Drops everything queued. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (
      let text = this.#waiting.shift();
      text !== undefined && !this.#stopping.signal.aborted;
      text = this.#waiting.shift()
    ) {
      await this.#deliver(new TextEncoder().encode(text)).catch((error) => {
        if (!this.#stopping.signal.aborted) log.debug("Cannot deliver a webhook", { error });
      });
    }
    this.#sending = undefined;
  }

  async #deliver(body: Uint8Array<ArrayBuffer>): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 1;; tries++) {
      const headers = {
        "content-type": "application/json",
        [SIGNATURE_HEADER]: signBody(body, await this.#secret()),
      };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT)]);
      const init = { method: "POST", headers, body, signal: limit };
      const response = await fetch(this.#url, init).catch(() => undefined);
      await response?.body?.cancel();
      const isTaken = response !== undefined && response.status < 500 &&
        !(this.#trouble?.chance(CHANCE.answerLost) ?? false);
      if (isTaken || tries === TRIES) return;
      await sleep(this.#clock, PAUSE, signal);
    }
  }
}

/** The payload of Spacelift's default webhook for a run that has entered another state. */
export function webhookPayload(run: Run, stack: Stack | undefined): object {
  const last = run.history.at(-1);
  return {
    account: "demo",
    state: last?.state,
    stateVersion: run.history.length,
    timestamp: last?.timestamp,
    timestamp_millis: (last?.timestamp ?? 0) * 1000,
    event_source: "spacelift",
    event_type: "run_state_changed_event",
    run: {
      id: run.id,
      branch: "main",
      type: run.type,
      createdAt: run.createdAt,
      driftDetection: run.driftDetection,
    },
    stack: { id: run.stackId, name: stack?.name ?? "", labels: stack?.labels ?? [] },
  };
}
