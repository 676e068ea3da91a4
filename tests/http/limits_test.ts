import assert from "node:assert/strict";
import { plainText } from "../../src/http/routes.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const HOST = "Host: a\r\n";

/** What a client sends, and how it is answered; HTTP/1.1 unless the head says otherwise. */
const HEADS: Readonly<Record<string, { head: string; status: number }>> = {
  "a head of 60 KiB": { head: `${HOST}X: ${"a".repeat(60 * 1024)}\r\n`, status: 200 },
  "a head of more than 64 KiB": { head: `${HOST}X: ${"a".repeat(65 * 1024)}\r\n`, status: 400 },
  "128 headers": { head: HOST + headers(126), status: 200 },
  "129 headers": { head: HOST + headers(127), status: 400 },
  "no Host": { head: "", status: 200 },
  "two Hosts": { head: HOST + HOST, status: 400 },
  "a header without a colon": { head: `${HOST}nonsense\r\n`, status: 400 },
  "a length and chunks at once": {
    head: `${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`,
    status: 400,
  },
};

for (const [what, { head, status }] of Object.entries(HEADS)) {
  Deno.test(`a request with ${what} is answered with ${status}, and others after it with 200`, async () => {
    await using test = startTestServer(() => plainText(200, "hello\n"));
    using client = await RawClient.connect(test.port);
    client.send(`GET / HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    await client.closed;
    assert.match(client.received, new RegExp(`^HTTP/1\\.1 ${status} `));
    const response = await fetch(test.url);
    assert.equal(await response.text(), "hello\n");
  });
}

function headers(count: number): string {
  return Array.from({ length: count }, (_, index) => `X-${index}: a\r\n`).join("");
}
