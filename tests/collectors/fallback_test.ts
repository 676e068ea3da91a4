import assert from "node:assert/strict";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { Fallback } from "../../src/collectors/fallback.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";

const HOUR = 3600_000;
const unsupported = new ApiError("unsupported", "Cannot query field");
const unreachable = new ApiError("unreachable", "Cannot reach the API");

type Size = "large" | "middle" | "small";

/** A server that may come to know more, or less, and the documents it was sent. */
class Server {
  readonly errors: Partial<Record<Size, ApiError>> = {};
  readonly asked: Size[] = [];
  readonly clock = new FakeClock();
  readonly #fallback = new Fallback(this.clock);

  ask(): Promise<Size> {
    return this.#fallback.run(
      [
        { ask: () => this.#answer("large"), leavesOut: "the icing" },
        { ask: () => this.#answer("middle"), leavesOut: "the cream" },
      ],
      () => this.#answer("small"),
    );
  }

  #answer(document: Size): Promise<Size> {
    this.asked.push(document);
    const error = this.errors[document];
    return error === undefined ? Promise.resolve(document) : Promise.reject(error);
  }
}

Deno.test("Fallback asks with the largest document while the server knows it", async () => {
  const server = new Server();
  for (let n = 0; n < 2; n++) assert.equal(await server.ask(), "large");
  assert.deepEqual(server.asked, ["large", "large"]);
});

Deno.test("Fallback asks with the next smaller one for an hour, then tries again", async () => {
  using log = captureLog();
  const server = new Server();
  server.errors.large = unsupported;
  assert.equal(await server.ask(), "middle");
  await server.clock.advance(HOUR - 1);
  assert.equal(await server.ask(), "middle");
  assert.deepEqual(server.asked, ["large", "middle", "middle"]);
  await server.clock.advance(1);
  delete server.errors.large;
  assert.equal(await server.ask(), "large", "An upgraded server was not noticed");
  assert.equal(log.records.length, 1, log.text);
  assert.match(log.text, /"level":"info".*leaving out the icing.*Cannot query field/);
});

Deno.test("Fallback goes down one step at a time, and logs each once", async () => {
  using log = captureLog();
  const server = new Server();
  server.errors.large = unsupported;
  assert.equal(await server.ask(), "middle");
  server.errors.middle = unsupported;
  assert.equal(await server.ask(), "small");
  assert.equal(await server.ask(), "small");
  assert.deepEqual(server.asked, ["large", "middle", "middle", "small", "small"]);
  await server.clock.advance(HOUR);
  assert.equal(await server.ask(), "small");
  assert.deepEqual(server.asked.slice(5), ["large", "middle", "small"]);
  const told = log.records.map((line) => /leaving out the \w+/.exec(line)?.[0]);
  assert.deepEqual(told, ["leaving out the icing", "leaving out the cream"]);
});

Deno.test("Fallback logs again what a server came to know and forgot", async () => {
  using log = captureLog();
  const server = new Server();
  for (const error of [unsupported, undefined, unsupported]) {
    if (error === undefined) delete server.errors.large;
    else server.errors.large = error;
    await server.ask();
    await server.clock.advance(HOUR);
  }
  assert.equal(log.records.length, 2, log.text);
});

Deno.test("Fallback does not take another failure for a missing field", async () => {
  const server = new Server();
  server.errors.large = unreachable;
  await assert.rejects(server.ask(), unreachable);
  assert.deepEqual(server.asked, ["large"]);
});

Deno.test("Fallback remembers nothing while the smallest document fails for another reason", async () => {
  using log = captureLog();
  const server = new Server();
  server.errors.large = unsupported;
  server.errors.middle = unsupported;
  server.errors.small = unreachable;
  const once: readonly Size[] = ["large", "middle", "small"];
  for (let n = 0; n < 2; n++) await assert.rejects(server.ask(), unreachable);
  assert.deepEqual(server.asked, [...once, ...once]);
  assert.deepEqual(log.records, []);
});

Deno.test("Fallback asks a server that refuses everything once each time, until it answers", async () => {
  using log = captureLog();
  const server = new Server();
  for (const size of ["large", "middle", "small"] as const) server.errors[size] = unsupported;
  for (let n = 0; n < 2; n++) await assert.rejects(server.ask(), unsupported);
  server.errors.small = unreachable;
  await assert.rejects(server.ask(), unreachable);
  assert.deepEqual(server.asked, ["large", "middle", "small", "small", "small"]);
  for (const size of ["large", "middle", "small"] as const) delete server.errors[size];
  for (let n = 0; n < 2; n++) assert.equal(await server.ask(), "large");
  assert.deepEqual(server.asked.slice(5), ["small", "large", "large"]);
  assert.deepEqual(log.records, []);
});
