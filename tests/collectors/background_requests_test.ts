import assert from "node:assert/strict";
import { BackgroundRequests, TROUBLE_AFTER } from "../../src/collectors/background_requests.ts";
import { ApiError, type Reason } from "../../src/spacelift/api_error.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** Requests that fail as scripted; every pause is the longest there may be. */
class Setup {
  readonly clock = new FakeClock();
  readonly requests = new BackgroundRequests(this.clock, () => 1);
  /** When requests were sent, in seconds. */
  readonly sent: number[] = [];
  readonly troubles: string[] = [];
  readonly stopping = new AbortController();
  /** The error of each request in turn; when there is none it is answered. */
  errors: (Error | undefined)[] = [];

  send(patience: number, isTransient = (_: ApiError) => true): Promise<string> {
    return this.requests.send(() => {
      this.sent.push(this.clock.monotonic() / 1000);
      const error = this.errors.shift();
      return error === undefined ? Promise.resolve("answer") : Promise.reject(error);
    }, {
      signal: this.stopping.signal,
      patience,
      isTransient,
      onTrouble: ({ reason }, lost) => this.troubles.push(`${reason} ${lost / 1000}`),
    });
  }
}

function failure(reason: Reason, retryAfter?: number): ApiError {
  return new ApiError(reason, "Failed on purpose", { retryAfter });
}

Deno.test("a request that fails is tried again after growing pauses", async () => {
  const setup = new Setup();
  setup.errors = [failure("unreachable"), failure("timeout"), failure("bad_response")];
  const sent = setup.send(60_000);
  await setup.clock.advance(60_000);
  assert.equal(await sent, "answer");
  assert.deepEqual(setup.sent, [0, 1, 3, 7]);
  assert.deepEqual(setup.troubles, [], "a few seconds are no trouble");
});

Deno.test("the last answer is one without an error", async () => {
  const setup = new Setup();
  assert.equal(setup.requests.lastAnswer, -Infinity);
  setup.errors = [failure("graphql"), failure("rate_limited")];
  const sent = setup.send(60_000);
  await setup.clock.advance(2_999);
  assert.equal(setup.requests.lastAnswer, -Infinity, "an error counts as an answer");
  await setup.clock.advance(1);
  await sent;
  assert.equal(setup.requests.lastAnswer, 3_000);
});

Deno.test("a request that fails for long is told to be in trouble, at each try", async () => {
  const setup = new Setup();
  setup.errors = Array.from({ length: 7 }, () => failure("unreachable"));
  const sent = setup.send(600_000);
  await setup.clock.advance(600_000);
  assert.equal(await sent, "answer");
  assert.deepEqual(setup.sent, [0, 1, 3, 7, 15, 31, 61, 91]);
  assert.deepEqual(setup.troubles, ["unreachable 31", "unreachable 30", "unreachable 30"]);
});

Deno.test("patience ends with the request's own error, before a try that would come too late", async () => {
  const setup = new Setup();
  const errors = Array.from({ length: 4 }, () => failure("unreachable"));
  setup.errors = [...errors];
  const sent = assert.rejects(setup.send(14_999), (error) => error === errors[3]);
  await setup.clock.advance(60_000);
  await sent;
  assert.deepEqual(setup.sent, [0, 1, 3, 7]);
  assert.equal(setup.clock.pending, 0);
});

Deno.test("a wait that a time limit ends fails with what it waited for", async () => {
  const setup = new Setup();
  setup.errors = [failure("rate_limited", 120_000)];
  const isTrouble = ({ reason }: ApiError) => reason === "rate_limited";
  const retrying = assert.rejects(setup.send(600_000), isTrouble);
  await setup.clock.advance(1_000);
  const held = assert.rejects(setup.send(600_000), isTrouble);
  setup.stopping.abort(failure("timeout"));
  await Promise.all([retrying, held]);
});

Deno.test("without patience, or for a failure that does not pass, nothing is tried again", async () => {
  const setup = new Setup();
  setup.errors = [failure("timeout"), failure("unsupported"), new RangeError("A bug")];
  await assert.rejects(setup.send(0), failure("timeout"));
  await assert.rejects(setup.send(60_000, ({ reason }) => reason !== "unsupported"));
  await assert.rejects(setup.send(60_000), RangeError);
  assert.equal(setup.sent.length, 3);
});

Deno.test("Retry-After is obeyed, and a long one is told at once", async () => {
  const setup = new Setup();
  setup.errors = [failure("rate_limited", 120_000), failure("unreachable", 500)];
  const sent = setup.send(600_000);
  await setup.clock.advance(600_000);
  assert.equal(await sent, "answer");
  assert.deepEqual(setup.sent, [0, 120, 122]);
  assert.equal(setup.troubles[0], "rate_limited 120");
});

Deno.test("whoever asks next obeys a Retry-After that the last one could not wait for", async () => {
  const setup = new Setup();
  setup.errors = [failure("unreachable", 120_000)];
  await assert.rejects(setup.send(TROUBLE_AFTER));
  await setup.clock.advance(20_000);
  const sent = setup.send(0);
  await setup.clock.advance(99_999);
  assert.deepEqual(setup.sent, [0], "asked too early");
  await setup.clock.advance(1);
  assert.equal(await sent, "answer");
  assert.deepEqual(setup.troubles, ["unreachable 100"]);
});

Deno.test("a stop ends a wait at once", async () => {
  const setup = new Setup();
  setup.errors = [failure("unreachable")];
  const sent = assert.rejects(setup.send(60_000), /stop/);
  await setup.clock.advance(0);
  setup.stopping.abort(new Error("stop"));
  await sent;
  assert.equal(setup.clock.pending, 0, "A timer is left");
});
