import type { DemoApi } from "../../src/demo/api/demo_api.ts";
import { parseGraphqlCall } from "../../src/demo/api/graphql_call.ts";

interface FrozenReply {
  readonly operation: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Wraps a simulated API: each call is executed once and then answered from memory. */
export class FrozenApi {
  /** How often each operation was requested. */
  readonly counts: Map<string, number> = new Map();
  readonly #api: DemoApi;
  readonly #replies = new Map<string, FrozenReply>();

  constructor(api: DemoApi) {
    this.#api = api;
  }

  /** Answers as the API did the first time; without a good token, as it does now. */
  async answer(request: Request): Promise<Response> {
    const body = await request.text();
    const frozen = this.#replies.get(body);
    const operation = frozen?.operation ?? parseGraphqlCall(body)?.operation ?? "";
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
    const isAccepted = this.#api.accepts(request);
    if (frozen !== undefined && isAccepted) return jsonResponse(frozen.body);
    const { url, method, headers } = request;
    const response = await this.#api.answer(new Request(url, { method, headers, body }));
    if (!isAccepted || !response.ok) return response;
    const reply = await response.bytes();
    this.#replies.set(body, { operation, body: reply });
    return jsonResponse(reply);
  }
}

function jsonResponse(body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
