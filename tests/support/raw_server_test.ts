import assert from "node:assert/strict";
import { type RawScript, RawServer } from "./raw_server.ts";

async function failureOf(script: RawScript): Promise<string> {
  await using server = await RawServer.start(script);
  try {
    const response = await fetch(server.url, { method: "POST", body: "question" });
    await response.text();
  } catch (error) {
    return `${error} ${error instanceof Error ? error.cause : ""}`;
  }
  return "no failure";
}

Deno.test("a raw server sends what its script writes and sees the whole request", async () => {
  const requests: string[] = [];
  await using server = await RawServer.start(async (connection) => {
    requests.push(await connection.request());
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nans");
    await connection.pause(5);
    connection.write("wer");
    connection.end();
  });
  const response = await fetch(server.url, { method: "POST", body: "question" });
  assert.equal(await response.text(), "answer");
  assert.match(requests.join(), /^POST \/ HTTP\/1\.1\r\n[^]*\r\n\r\nquestion$/);
});

Deno.test("a raw server can reset before, within and after the headers", async () => {
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n";
  for (const written of ["", head, `${head}\r\nbody`]) {
    const failure = await failureOf(async (connection) => {
      await connection.request();
      connection.write(written);
      await connection.pause(20);
      connection.reset();
    });
    assert.match(failure, /reset|error reading a body/i, `After ${JSON.stringify(written)}`);
  }
});

Deno.test("a raw server can break chunks and cut a body short", async () => {
  for (
    const answer of ["transfer-encoding: chunked\r\n\r\nxyz\r\n", "content-length: 9\r\n\r\nab"]
  ) {
    const failure = await failureOf(async (connection) => {
      await connection.request();
      connection.write(`HTTP/1.1 200 OK\r\n${answer}`);
      connection.end();
    });
    assert.match(failure, /error reading a body/, answer);
  }
});

Deno.test("a raw server that holds a connection tells when the client left", async () => {
  const left = Promise.withResolvers<void>();
  await using server = await RawServer.start(async (connection) => {
    await connection.closed;
    left.resolve();
  });
  await assert.rejects(fetch(server.url, { signal: AbortSignal.timeout(20) }), /timed out|timeout/);
  await left.promise;
});

Deno.test("a raw server closes while connections hang", async () => {
  const server = await RawServer.start((connection) => connection.pause(60_000));
  const refused = assert.rejects(fetch(server.url));
  while (server.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.close();
  await refused;
});
