import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Chunk, gzipBody, plainBody, segment } from "../../src/metrics/gzip.ts";
import { joinBytes } from "../support/join_bytes.ts";
import { runTool } from "../support/run_tool.ts";

const ROCKET = "\u{1f680}\u00e9\n";

const encode = (text: string) => new TextEncoder().encode(text);
const prepare = (text: string) => segment(encode(text));

/** Text that repeats itself, as expositions do, so that it is really compressed. */
const text = fc.tuple(fc.string({ unit: "binary", maxLength: 50 }), fc.nat(200)).map(
  ([text, times]) => text.repeat(times),
);
const chunks: fc.Arbitrary<{ text: string; prepared: boolean }[]> = fc.array(
  fc.record({ text, prepared: fc.boolean() }),
);

Deno.test("plainBody() and gzipBody() hold the same bytes, whatever was compressed before", () => {
  fc.assert(fc.property(chunks, (given) => {
    const chunks: Chunk[] = given.map(({ text, prepared }) => (prepared ? prepare : encode)(text));
    const expected = encode(given.map(({ text }) => text).join(""));
    assert.deepEqual(joinBytes(plainBody(chunks)), expected);
    assert.deepEqual(new Uint8Array(gunzipSync(joinBytes(gzipBody(chunks)))), expected);
  }));
});

Deno.test("gzipBody() makes one member, as decoders that stop after the first need it", async () => {
  const chunks = [
    encode("a".repeat(1000)),
    prepare("b".repeat(1000)),
    encode(""),
    prepare(""),
    encode(ROCKET),
  ];
  const stream = new Blob([joinBytes(gzipBody(chunks))]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const decoded = await new Response(stream).text();
  assert.equal(decoded, "a".repeat(1000) + "b".repeat(1000) + ROCKET);
});

Deno.test("gzip itself finds nothing wrong with a body", async () => {
  const body = joinBytes(
    gzipBody([encode("x".repeat(100_000)), prepare(`${ROCKET}y`.repeat(10_000)), encode("z")]),
  );
  const { code, stderr } = await runTool("gzip", ["-tv"], { stdin: body });
  assert.equal(code, 0, stderr);
});

Deno.test("gzipBody() of nothing is a whole, empty gzip", () => {
  assert.equal(gunzipSync(joinBytes(gzipBody([]))).length, 0);
});

Deno.test("gzipBody() compresses about as well as compressing everything at once", () => {
  const lines = Array.from(
    { length: 1000 },
    (_, index) => `spacelift_worker_pool_workers{worker_pool_id="01H${index}"} ${index % 7}\n`,
  ).join("");
  const [head, body, end] = [encode("# HELP\n"), prepare(lines), encode("# EOF\n")];
  const chunks = [head, body, head, body, end];
  const whole = gzipSync(joinBytes(plainBody(chunks)), { level: 6 }).length;
  const joined = joinBytes(gzipBody(chunks)).length;
  assert.ok(joined < 2 * whole, `${joined} bytes instead of ${whole}`);
});
