import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Transport } from "../spacelift/transport.ts";

const BODY = v.pipe(v.string(), v.parseJson(), v.object({ query: v.string() }));

/** A transport that records what it sends. */
export class RecordingTransport implements Transport {
  /** Every document, once. */
  readonly documents = new Set<string>();
  /** The number of requests sent. */
  requests = 0;
  /** Monotonic time of the last good reply. */
  lastReply = -Infinity;
  readonly #transport: Transport;
  readonly #clock: Clock;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  async fetch(...[input, init, maxReplyBytes]: Parameters<Transport["fetch"]>): Promise<Response> {
    this.requests++;
    const body = v.safeParse(BODY, init?.body);
    if (body.success) this.documents.add(body.output.query);
    const reply = await this.#transport.fetch(input, init, maxReplyBytes);
    this.lastReply = this.#clock.monotonic();
    return reply;
  }

  close(): void {
    this.#transport.close();
  }
}
