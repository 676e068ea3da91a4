import assert from "node:assert/strict";
import { StackDrift, STACKS_PER_REQUEST } from "../../src/collectors/stack_drift.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import type { Operation } from "../../src/spacelift/endpoint.ts";
import { FakeClock } from "../support/fake_clock.ts";
import * as v from "valibot";

const MINUTE = 60_000;

type Reply = Record<string, { entities: { drifted: number | null }[] | null } | null>;

/** Counts drift against scripted replies; every stack has two drifted resources unless told. */
class Setup {
  readonly clock: FakeClock = new FakeClock();
  readonly drift: StackDrift;
  /** The ids of each request. */
  readonly asked: string[][] = [];
  readonly documents: string[] = [];
  replies: Reply = {};
  /** Requests for this stack fail. */
  failing: string | undefined;

  constructor(limit = 200) {
    this.drift = new StackDrift({ limit, maxAge: 10 * MINUTE, clock: this.clock });
  }

  refresh(ids: readonly string[]): Promise<void> {
    return this.drift.refresh(ids, (operation, variables) => this.#answer(operation, variables));
  }

  #answer<T>(operation: Operation<T>, variables: Record<string, string>): Promise<T> {
    this.asked.push(Object.values(variables));
    this.documents.push(operation.document);
    if (Object.values(variables).includes(this.failing ?? "")) {
      return Promise.reject(new ApiError("timeout", "Too slow"));
    }
    const reply = Object.entries(variables).map(([alias, id]) => [
      alias,
      id in this.replies ? this.replies[id] : TWO_DRIFTED,
    ]);
    return Promise.resolve(v.parse(operation.data, Object.fromEntries(reply)));
  }
}

const TWO_DRIFTED = { entities: [{ drifted: 1 }, { drifted: null }, { drifted: 2 }] };

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `stack-${index}`);
}

Deno.test("the document for three stacks asks for each of them by an alias", async () => {
  const setup = new Setup();
  await setup.refresh(["a", "b", "c"]);
  assert.deepEqual(setup.documents, [
    "query PrometheusExporter_StackDrift($s0:ID!,$s1:ID!,$s2:ID!){s0:stack(id:$s0){entities{drifted}},s1:stack(id:$s1){entities{drifted}},s2:stack(id:$s2){entities{drifted}}}",
  ]);
});

Deno.test("resources with a time of drift are counted, those without are in sync", async () => {
  const setup = new Setup();
  setup.replies = { none: { entities: [{ drifted: null }] } };
  await setup.refresh(["two", "none"]);
  assert.equal(setup.drift.count("two"), 2);
  assert.equal(setup.drift.count("none"), 0);
});

Deno.test("nothing drifted means no request", async () => {
  const setup = new Setup();
  await setup.refresh([]);
  assert.deepEqual(setup.asked, []);
});

Deno.test(`a request is for ${STACKS_PER_REQUEST} stacks, the last one for the rest`, async () => {
  const setup = new Setup();
  await setup.refresh(ids(2 * STACKS_PER_REQUEST + 1));
  assert.deepEqual(
    setup.asked.map((asked) => asked.length),
    [STACKS_PER_REQUEST, STACKS_PER_REQUEST, 1],
  );
});

Deno.test("a count that the API does not give is not known", async () => {
  const setup = new Setup();
  setup.replies = { gone: null, unlisted: { entities: null } };
  await setup.refresh(["gone", "unlisted", "seen"]);
  assert.deepEqual(["gone", "unlisted", "seen", "never asked"].map((id) => setup.drift.count(id)), [
    undefined,
    undefined,
    2,
    undefined,
  ]);
});

Deno.test("beyond the limit those asked for longest ago come first", async () => {
  const setup = new Setup(2);
  const rounds = [];
  for (let round = 0; round < 4; round++) {
    await setup.refresh(["a", "b", "c"]);
    rounds.push(setup.asked.splice(0));
    await setup.clock.advance(MINUTE);
  }
  assert.deepEqual(rounds, [[["a", "b"]], [["c", "a"]], [["b", "a"]], [["c", "a"]]]);
});

Deno.test("a limit of 0 asks nothing and knows nothing", async () => {
  const setup = new Setup(0);
  await setup.refresh(["a"]);
  assert.deepEqual(setup.asked, []);
  assert.equal(setup.drift.count("a"), undefined);
});

Deno.test("a count is forgotten once it is too old and cannot be had anew", async () => {
  const setup = new Setup();
  await setup.refresh(["a"]);
  setup.replies = { a: null };
  await setup.clock.advance(10 * MINUTE - 1);
  await setup.refresh(["a"]);
  assert.equal(setup.drift.count("a"), 2, "within ten minutes");
  await setup.clock.advance(1);
  await setup.refresh(["a"]);
  assert.equal(setup.drift.count("a"), undefined, "after ten minutes");
});

Deno.test("a stack that drifts no more is forgotten, and counted anew when it does again", async () => {
  const setup = new Setup();
  await setup.refresh(["a"]);
  await setup.refresh([]);
  assert.equal(setup.drift.count("a"), undefined);
});

Deno.test("what was counted before a failure is kept", async () => {
  const setup = new Setup();
  setup.failing = `stack-${STACKS_PER_REQUEST}`;
  await assert.rejects(setup.refresh(ids(STACKS_PER_REQUEST + 1)), ApiError);
  assert.equal(setup.drift.count("stack-0"), 2);
  assert.equal(setup.drift.count(`stack-${STACKS_PER_REQUEST}`), undefined);
});

Deno.test("stacks that cannot be counted do not block the others for ever", async () => {
  const setup = new Setup();
  setup.failing = "stack-0";
  const all = ids(3 * STACKS_PER_REQUEST);
  await assert.rejects(setup.refresh(all), ApiError);
  assert.deepEqual(all.filter((id) => setup.drift.count(id) !== undefined), []);
  await setup.clock.advance(MINUTE);
  await assert.rejects(setup.refresh(all), ApiError);
  const counted = all.filter((id) => setup.drift.count(id) !== undefined);
  assert.deepEqual(counted, all.slice(STACKS_PER_REQUEST));
});
