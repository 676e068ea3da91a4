import assert from "node:assert/strict";
import { ApiError } from "../../../src/spacelift/api_error.ts";
import { Fallback } from "../../../src/collectors/stacks/fallback.ts";
import { captureLog } from "../../support/capture_log.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const unsupported = new ApiError("unsupported", "Cannot query field");
const unreachable = new ApiError("unreachable", "Cannot reach the API");

/** A server that may come to know more, or less, and the documents it was sent. */
class Server {
  preferred: ApiError | undefined;
  smaller: ApiError | undefined;
  readonly asked: string[] = [];
  readonly clock = new FakeClock();
  readonly #fallback = new Fallback(this.clock);

  ask(): Promise<string> {
    return this.#fallback.run(
      () => this.#answer("preferred", this.preferred),
      () => this.#answer("smaller", this.smaller),
    );
  }

  #answer(document: string, error: ApiError | undefined): Promise<string> {
    this.asked.push(document);
    return error === undefined ? Promise.resolve(document) : Promise.reject(error);
  }
}

Deno.test("Fallback asks with the preferred document while the server knows it", async () => {
  const server = new Server();
  for (let n = 0; n < 2; n++) assert.equal(await server.ask(), "preferred");
  assert.deepEqual(server.asked, ["preferred", "preferred"]);
});

Deno.test("Fallback asks with the smaller one for an hour, then tries again", async () => {
  using log = captureLog();
  const server = new Server();
  server.preferred = unsupported;
  assert.equal(await server.ask(), "smaller");
  await server.clock.advance(3600_000 - 1);
  assert.equal(await server.ask(), "smaller");
  assert.deepEqual(server.asked, ["preferred", "smaller", "smaller"]);
  await server.clock.advance(1);
  server.preferred = undefined;
  assert.equal(await server.ask(), "preferred", "An upgraded server was not noticed");
  assert.equal(log.records.length, 1, log.text);
  assert.match(log.text, /"level":"info".*asking for fewer.*Cannot query field/);
});

Deno.test("Fallback does not take another failure for a missing field", async () => {
  const server = new Server();
  server.preferred = unreachable;
  await assert.rejects(server.ask(), unreachable);
  assert.deepEqual(server.asked, ["preferred"]);
});

Deno.test("Fallback remembers nothing while the smaller document fails too", async () => {
  const server = new Server();
  server.preferred = unsupported;
  for (const error of [unsupported, unreachable]) {
    server.smaller = error;
    await assert.rejects(server.ask(), error);
  }
  assert.deepEqual(server.asked, ["preferred", "smaller", "preferred", "smaller"]);
});
