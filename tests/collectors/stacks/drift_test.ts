import assert from "node:assert/strict";
import * as v from "valibot";
import type { Stack } from "../../../src/collectors/stacks/query.ts";
import { StackDrift, STACKS_PER_REQUEST } from "../../../src/collectors/stacks/drift.ts";
import { ApiError, type Reason, REASONS } from "../../../src/spacelift/api_error.ts";
import type { Operation } from "../../../src/spacelift/endpoint.ts";
import { FakeClock } from "../../support/fake_clock.ts";

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
  /** What a request for these stacks fails with, if it does. */
  trouble: (ids: readonly string[]) => unknown = () => undefined;

  constructor(limit = 200) {
    this.drift = new StackDrift({ limit, clock: this.clock });
  }

  refresh(ids: readonly string[]): Promise<ApiError | undefined> {
    return this.refreshStacks(ids.map((id) => stack(id)));
  }

  refreshStacks(stacks: readonly Stack[]): Promise<ApiError | undefined> {
    const query = <T>(operation: Operation<T>, variables: Record<string, string>) =>
      this.#answer(operation, variables);
    return this.drift.refresh(stacks, query);
  }

  count(id: string): number | undefined {
    return this.drift.count(stack(id));
  }

  /** Those of the stacks whose drifted resources are known. */
  counted(ids: readonly string[]): string[] {
    return ids.filter((id) => this.count(id) !== undefined);
  }

  #answer<T>(operation: Operation<T>, variables: Record<string, string>): Promise<T> {
    const ids = Object.values(variables);
    this.asked.push(ids);
    this.documents.push(operation.document);
    const trouble = this.trouble(ids);
    if (trouble !== undefined) return Promise.reject(trouble);
    const reply = Object.entries(variables).map(([alias, id]) => [
      alias,
      id in this.replies ? this.replies[id] : TWO_DRIFTED,
    ]);
    return Promise.resolve(v.parse(operation.data, Object.fromEntries(reply)));
  }
}

const TWO_DRIFTED = { entities: [{ drifted: 1 }, { drifted: null }, { drifted: 2 }] };

function stack(id: string, entityCount: number | null = 3): Stack {
  return {
    id,
    name: id,
    space: "root",
    spaceDetails: null,
    state: "FINISHED",
    isDrifted: true,
    entityCount,
  };
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `stack-${index}`);
}

function failing(reason: Reason, id: string): (ids: readonly string[]) => ApiError | undefined {
  return (ids) => ids.includes(id) ? new ApiError(reason, "No count") : undefined;
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
  assert.equal(setup.count("two"), 2);
  assert.equal(setup.count("none"), 0);
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
  assert.deepEqual(["gone", "unlisted", "seen", "never asked"].map((id) => setup.count(id)), [
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
  assert.equal(setup.count("a"), undefined);
});

for (
  const [drifted, limit, walks] of [[1, 200, 5], [20, 10, 5], [30, 10, 6], [50, 10, 10]] as const
) {
  Deno.test(`with ${drifted} drifted stacks and a limit of ${limit} a count lives for ${walks} walks`, async () => {
    const setup = new Setup(limit);
    const all = ids(drifted);
    for (let walk = 0; walk < Math.ceil(drifted / limit); walk++) await setup.refresh(all);
    assert.deepEqual(setup.counted(all), all);
    setup.trouble = () => new ApiError("timeout", "No count");
    const last = all.at(-1) ?? "";
    for (let walk = 1; walk < walks; walk++) await setup.refresh(all);
    assert.equal(setup.count(last), 2, "before its time");
    await setup.refresh(all);
    assert.equal(setup.count(last), undefined, "after its time");
  });
}

Deno.test("no count is lost while all can be counted in turn", async () => {
  const setup = new Setup(20);
  const all = ids(500);
  let known = 0;
  for (let walk = 0; walk < 80; walk++) {
    await setup.refresh(all);
    const now = setup.counted(all).length;
    assert.equal(now, Math.min(20 * (walk + 1), 500), `walk ${walk}`);
    known = now;
  }
  assert.equal(known, 500);
});

Deno.test("stacks that have more or fewer resources than when they were asked for come first", async () => {
  const setup = new Setup(1);
  await setup.refresh(["a"]);
  await setup.refresh(["a", "b"]);
  const grown = [stack("a"), stack("b", 4)];
  await setup.refreshStacks(grown);
  await setup.refreshStacks(grown);
  assert.deepEqual(setup.asked, [["a"], ["b"], ["b"], ["a"]]);
});

Deno.test("stacks whose resources change all the time take turns", async () => {
  const setup = new Setup(2);
  for (let walk = 0; walk < 4; walk++) {
    await setup.refreshStacks(ids(4).map((id) => stack(id, walk)));
  }
  const [first, second] = [ids(4).slice(0, 2), ids(4).slice(2)];
  assert.deepEqual(setup.asked, [first, second, first, second]);
});

Deno.test("the oldest count is that of the stacks which are served", async () => {
  const setup = new Setup();
  const oldest = (...ids: string[]) => setup.drift.oldestCount(ids.map((id) => stack(id)));
  assert.equal(oldest("a"), null);
  await setup.refresh(["a"]);
  const first = setup.clock.wall() / 1000;
  await setup.clock.advance(MINUTE);
  setup.trouble = failing("timeout", "a");
  await setup.refresh(["a", "b"]);
  assert.equal(oldest("a", "b"), first, "a count that could not be renewed");
  setup.trouble = () => undefined;
  await setup.refresh(["a", "b"]);
  assert.equal(oldest("a", "b"), first + 60);
  assert.equal(oldest("c"), null);
});

Deno.test("a stack that drifts no more is forgotten, and counted anew when it does again", async () => {
  const setup = new Setup();
  await setup.refresh(["a"]);
  await setup.refresh([]);
  assert.equal(setup.count("a"), undefined);
});

Deno.test("a count is known no more once the stack has more or fewer resources", async () => {
  const setup = new Setup();
  await setup.refresh(["a"]);
  const known = [3, 4, 2, 0, null].map((entityCount) =>
    setup.drift.count(stack("a", entityCount)) !== undefined
  );
  assert.deepEqual(known, [true, false, false, false, false]);
});

Deno.test("what was counted before a failure is kept, and the failure told", async () => {
  const setup = new Setup();
  setup.trouble = failing("timeout", `stack-${STACKS_PER_REQUEST}`);
  const all = ids(STACKS_PER_REQUEST + 1);
  assert.equal((await setup.refresh(all))?.reason, "timeout");
  assert.deepEqual(setup.counted(all), all.slice(0, STACKS_PER_REQUEST));
});

Deno.test("nothing is told when everything could be counted", async () => {
  assert.equal(await new Setup().refresh(ids(2 * STACKS_PER_REQUEST)), undefined);
});

const ABOUT_STACKS: readonly Reason[] = ["graphql", "bad_response"];

for (const reason of ABOUT_STACKS) {
  Deno.test(`a stack whose count is ${reason} does not cost its neighbours theirs`, async () => {
    const setup = new Setup();
    const all = ids(STACKS_PER_REQUEST + 2);
    const [first, second] = [all.slice(0, STACKS_PER_REQUEST), all.slice(STACKS_PER_REQUEST)];
    setup.trouble = failing(reason, "stack-3");
    assert.equal((await setup.refresh(all))?.reason, reason, "The failure is not told");
    assert.deepEqual(setup.asked, [first, ...first.map((id) => [id]), second]);
    assert.deepEqual(setup.counted(all), all.filter((id) => id !== "stack-3"));
  });

  Deno.test(`when every stack of a batch is ${reason}, no further one is asked for`, async () => {
    const setup = new Setup();
    const all = ids(3 * STACKS_PER_REQUEST);
    const first = all.slice(0, STACKS_PER_REQUEST);
    setup.trouble = () => new ApiError(reason, "No count");
    assert.equal((await setup.refresh(all))?.reason, reason);
    assert.deepEqual(setup.asked, [first, ...first.map((id) => [id])]);
  });
}

for (const reason of REASONS.filter((reason) => !ABOUT_STACKS.includes(reason))) {
  Deno.test(`${reason} is about no stack and ends the counting at once`, async () => {
    const setup = new Setup();
    setup.trouble = failing(reason, "stack-0");
    const all = ids(3 * STACKS_PER_REQUEST);
    assert.equal((await setup.refresh(all))?.reason, reason);
    assert.deepEqual(setup.asked, [all.slice(0, STACKS_PER_REQUEST)]);
  });
}

Deno.test("trouble of the API while stacks are asked for one by one ends that", async () => {
  const setup = new Setup();
  const all = ids(3 * STACKS_PER_REQUEST);
  const troubles: readonly (Reason | undefined)[] = ["graphql", undefined, "rate_limited"];
  setup.trouble = () => {
    const reason = troubles[setup.asked.length - 1];
    return reason === undefined ? undefined : new ApiError(reason, "No count");
  };
  assert.equal((await setup.refresh(all))?.reason, "rate_limited");
  assert.deepEqual(setup.asked, [all.slice(0, STACKS_PER_REQUEST), ["stack-0"], ["stack-1"]]);
  assert.deepEqual(setup.counted(all), ["stack-0"]);
});

Deno.test("what is no error of the API, such as a stop, is thrown", async () => {
  const setup = new Setup();
  setup.trouble = () => new Error("stopping");
  await assert.rejects(setup.refresh(["a", "b"]), /^Error: stopping$/);
});

Deno.test("stacks that cannot be counted do not block the others for ever", async () => {
  const setup = new Setup();
  setup.trouble = failing("timeout", "stack-0");
  const all = ids(3 * STACKS_PER_REQUEST);
  await setup.refresh(all);
  assert.deepEqual(setup.counted(all), []);
  await setup.clock.advance(MINUTE);
  await setup.refresh(all);
  assert.deepEqual(setup.counted(all), all.slice(STACKS_PER_REQUEST));
});
