import * as v from "valibot";
import type { Transport } from "../spacelift/transport.ts";

const BODY = v.pipe(v.string(), v.parseJson(), v.object({ query: v.string() }));

/** A transport that records what it sends. */
export class RecordingTransport implements Transport {
  /** Every document, once. */
  readonly documents = new Set<string>();
  /** The number of requests sent. */
  requests = 0;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  fetch(...[input, init, maxReplyBytes]: Parameters<Transport["fetch"]>): Promise<Response> {
    this.requests++;
    const body = v.safeParse(BODY, init?.body);
    if (body.success) this.documents.add(body.output.query);
    return this.#transport.fetch(input, init, maxReplyBytes);
  }

  close(): void {
    this.#transport.close();
  }
}
