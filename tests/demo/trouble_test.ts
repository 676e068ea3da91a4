import assert from "node:assert/strict";
import { Trouble } from "../../src/demo/trouble.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { captureLog } from "../support/capture_log.ts";

const DOCUMENTS = {
  key: 'mutation{apiKeyUser(id:"i",secret:"s"){jwt}}',
  usage: "query PrometheusExporter_Usage{usage{usedSeats}}",
  pools: "query PrometheusExporter_WorkerPools{workerPools{id}}",
  metrics: "query A{metrics{averageRunDuration{value}}}",
  stacks: "query S{viewer{id},searchStacks(input:{}){pageInfo{hasNextPage}}}",
};

type Part = keyof typeof DOCUMENTS;

const PARTS: readonly Part[] = ["key", "usage", "pools", "metrics", "stacks"];

/** What a client sees of a part of the API at one moment. */
async function probe(trouble: Trouble, part: Part): Promise<string> {
  const leaving = new AbortController();
  const request = new Request("http://api.invalid/graphql", {
    method: "POST",
    body: JSON.stringify({ query: DOCUMENTS[part] }),
    signal: leaving.signal,
  });
  let seen = "hangs";
  const answered = trouble.answer(request, async (whole) => {
    assert.match(await whole.text(), /^{"query":/, "the request is not whole");
    return new Response("well");
  }).then(async (response) => {
    if (seen === "left") return;
    seen = response.status === 200 ? await response.text() : `HTTP ${response.status}`;
    if (seen.includes("unauthorized")) seen = "refuses";
    if (response.status === 429) assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
  });
  for (let turn = 0; turn < 3 && seen === "hangs"; turn++) await settle();
  const now = seen;
  if (seen === "hangs") seen = "left";
  leaving.abort();
  await answered;
  return now;
}

/** What parts look like every ten seconds. */
async function watch(
  seed: number,
  seconds: number,
  parts = PARTS,
): Promise<Partial<Record<Part, string>>[]> {
  const clock = new FakeClock();
  const trouble = new Trouble({ seed, clock });
  const stopping = new AbortController();
  const running = trouble.run(stopping.signal);
  const seen: Partial<Record<Part, string>>[] = [];
  for (let second = 0; second < seconds; second += 10) {
    const moment: Partial<Record<Part, string>> = {};
    for (const part of parts) moment[part] = await probe(trouble, part);
    seen.push(moment);
    await clock.advance(10_000);
  }
  stopping.abort();
  await running;
  assert.equal(clock.pending, 0, "a timer is left");
  return seen;
}

Deno.test("trouble: every kind comes by turns, each for a minute or two, with healthy times between", async () => {
  using log = captureLog();
  const seen = await watch(3, 1200);
  const kinds = new Set(seen.flatMap((parts) => Object.values(parts)));
  assert.deepEqual([...kinds].sort(), ["HTTP 429", "HTTP 502", "hangs", "refuses", "well"]);

  const isWell = seen.map((parts) => Object.values(parts).every((state) => state === "well"));
  const lengths = isWell.map(String).join(" ").match(/(\w+)( \1)*/g) ?? [];
  for (const [index, length] of lengths.slice(1, -1).entries()) {
    const tens = length.split(" ").length;
    const [least, most] = index % 2 === 0 ? [6, 13] : [4, 10];
    assert.ok(tens >= least && tens <= most, `${length} lasted for ${tens} times ten seconds`);
  }
  assert.ok(lengths.length > 8, `only ${lengths.length} changes in twenty minutes`);
  assert.equal(isWell[0], true, "trouble from the start");
  assert.ok(isWell.indexOf(false) <= 3, "nothing happens in the first half minute");
  assert.match(log.text, /"msg":"Trouble begins: The [^"]+ (answers|does|refuses|limits)/);
  assert.match(log.text, /"msg":"Trouble ends: the API is well"/);
});

Deno.test("trouble: the whole API comes first, then every part before any comes again", async () => {
  for (const seed of [1, 2, 3]) {
    using log = captureLog();
    await watch(seed, 1200, []);
    const parts = [
      ...log.text.matchAll(/Trouble begins: (The [^"]+?) (?:answers|does|refuses|limits)/g),
    ]
      .map(([, part]) => part);
    assert.equal(parts[0], "The whole API");
    assert.equal(new Set(parts.slice(1, 6)).size, 5, parts.join(", "));
  }
});

Deno.test("trouble: a part of the API fails while the others are well", async () => {
  const seen = (await watch(3, 600, ["usage", "stacks"]))
    .filter((parts) => new Set(Object.values(parts)).size > 1);
  assert.ok(seen.length > 5, "no part ever fails alone");
});

Deno.test("trouble: the exchange of the key is never refused, which would end the exporter", async () => {
  // With this seed the first trouble is that the whole API refuses the key.
  const seen = await watch(8, 120, ["key", "usage", "metrics"]);
  const refused = seen.filter(({ usage, metrics }) => usage === "refuses" && metrics === "refuses");
  assert.ok(refused.length > 0, "the whole API is never refused");
  assert.ok(refused.every(({ key }) => key === "well"), "the exchange is refused");
});

Deno.test("trouble: the same seed gives the same troubles, another one gives others", async () => {
  const look = (seed: number) => watch(seed, 300, ["usage", "metrics"]);
  const [one, again, other] = [await look(1), await look(1), await look(2)];
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, other);
});
