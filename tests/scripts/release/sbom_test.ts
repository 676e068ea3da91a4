import assert from "node:assert/strict";
import { checkSbom, createSbom, type SbomInput } from "../../../scripts/release/sbom.ts";

const PACKAGES = [
  { name: "@logtape/logtape", version: "2.4.2", license: "MIT" },
  { name: "graphql", version: "16.15.0", license: "MIT" },
  { name: "graphql-request", version: "7.4.0", license: "MIT" },
  { name: "tdigest", version: "0.1.3", license: "MIT" },
];

const lock = await Deno.readTextFile("deno.lock");

const INPUT: SbomInput = {
  revision: { version: "1.2.3", commit: "a".repeat(40), time: 1_700_000_000 },
  denoVersion: "2.9.6",
  packages: PACKAGES,
  lock,
};

Deno.test("sbom: it is valid CycloneDX", async () => {
  await checkSbom(await createSbom(INPUT));
});

Deno.test("sbom: the schema is really asked", async () => {
  const text = await createSbom(INPUT);
  await assert.rejects(checkSbom(text.replace('"library"', '"book"')), /The SBOM is wrong/);
});

Deno.test("sbom: it names what is bundled, with the lock's hash, and what uses what", async () => {
  const { components, dependencies } = JSON.parse(await createSbom(INPUT));
  assert.deepEqual(components.map(({ purl }: { purl: string }) => purl), [
    "pkg:cargo/deno@2.9.6",
    "pkg:npm/%40logtape/logtape@2.4.2",
    "pkg:npm/graphql@16.15.0",
    "pkg:npm/graphql-request@7.4.0",
    "pkg:npm/tdigest@0.1.3",
  ]);
  const [, { hashes: [{ alg, content }] }] = components;
  assert.equal(alg, "SHA-512");
  assert.ok(lock.includes(`sha512-${Uint8Array.fromHex(content).toBase64()}`), "another hash");
  const request = dependencies.find(({ ref }: { ref: string }) => /graphql-request/.test(ref));
  assert.deepEqual(request.dependsOn, ["pkg:npm/graphql@16.15.0"]);
});

Deno.test("sbom: scanners can see Deno", async () => {
  const { components: [deno], dependencies: [exporter] } = JSON.parse(await createSbom(INPUT));
  assert.equal(deno.type, "application");
  assert.equal(deno.cpe, "cpe:2.3:a:deno:deno:2.9.6:*:*:*:*:*:*:*");
  assert.equal(exporter.dependsOn[0], deno.purl);
});

Deno.test("sbom: it is the same each time, and another one for another commit", async () => {
  assert.equal(await createSbom(INPUT), await createSbom(INPUT));
  const revision = { ...INPUT.revision, commit: "b".repeat(40) };
  const [first, second] = [
    JSON.parse(await createSbom(INPUT)),
    JSON.parse(await createSbom({ ...INPUT, revision })),
  ];
  assert.notEqual(first.serialNumber, second.serialNumber);
});

Deno.test("sbom: a package that the lock does not have is an error", async () => {
  const packages = [{ name: "left-pad", version: "1.0.0", license: "MIT" }];
  await assert.rejects(createSbom({ ...INPUT, packages }), {
    message: "The bundle holds left-pad@1.0.0, deno.lock does not",
  });
});
