import { type Clock, sleep } from "../../clock.ts";
import { log } from "../../log.ts";
import type { Secret } from "../../secret.ts";
import { SIGNATURE_HEADER, signBody } from "../../webhook_signature.ts";
import type { Run, Stack } from "./account.ts";

/** Deliveries that wait to be sent; further ones are lost, as some of the real ones are. */
const MAX_WAITING = 1000;

/** How often a delivery is tried that the receiver could not take. */
const TRIES = 4;

/** From one try to the next, in milliseconds. */
const PAUSE = 1000;

/** How long the receiver may take, in milliseconds. */
const TIME_LIMIT = 5000;

/** Sends signed webhooks on runs, one after another, each up to four times. */
export class WebhookSender implements AsyncDisposable {
  readonly #url: URL;
  readonly #secret: () => Promise<Secret>;
  readonly #clock: Clock;
  readonly #waiting: string[] = [];
  readonly #stopping = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(options: { url: URL; secret: () => Promise<Secret>; clock: Clock }) {
    this.#url = options.url;
    this.#secret = options.secret;
    this.#clock = options.clock;
  }

  /** Sends the last transition of a run as soon as those before it are sent. */
  send(run: Run, stack: Stack | undefined): void {
    if (this.#waiting.length === MAX_WAITING) return;
    this.#waiting.push(JSON.stringify(webhookPayload(run, stack)));
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when nothing waits to be sent. */
  async sent(): Promise<void> {
    await this.#sending;
  }

  /** Gives up what waits. */
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
      const isTaken = response !== undefined && response.status < 500;
      if (isTaken || tries === TRIES) return;
      await sleep(this.#clock, PAUSE, signal);
    }
  }
}

/** What Spacelift's default webhook says of a run that has come into another state. */
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
