import assert from "node:assert/strict";
import { environmentVariable } from "../../src/cli/flag.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import config from "../../deno.json" with { type: "json" };
import {
  checkHardening,
  checkManifest,
  type Manifest,
  parseManifests,
  readContainer,
} from "./manifests.ts";

const FOLDER = "examples/kubernetes";
const FILES = [
  "deployment-oidc.yaml",
  "deployment.yaml",
  "podmonitor.yaml",
  "scaledobject.yaml",
  "secret.yaml",
  "service.yaml",
  "servicemonitor.yaml",
];
const DEPLOYMENTS = ["deployment-oidc.yaml", "deployment.yaml"];

Deno.test("kubernetes: every manifest is tested, and kustomize knows the plain ones", async () => {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).sort();
  assert.deepEqual(names, [...FILES, "kustomization.yaml"].sort());
  const kustomization = await Deno.readTextFile(`${FOLDER}/kustomization.yaml`);
  const resources = [...kustomization.matchAll(/^ {2}- (.*)$/gm)].map(([, name]) => name);
  assert.deepEqual(resources, ["secret.yaml", "deployment.yaml", "service.yaml"]);
});

for (const file of FILES) {
  Deno.test(`kubernetes: ${file} matches the schemas of its kinds`, async () => {
    const manifests = await read(file);
    assert.ok(manifests.length > 0, "the file is empty");
    manifests.forEach(checkManifest);
  });
}

Deno.test("kubernetes: a wrong manifest is noticed", () => {
  const wrong = parseManifests(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {}",
  );
  assert.throws(() => wrong.forEach(checkManifest), /must have required property selector/);
});

for (const file of DEPLOYMENTS) {
  Deno.test(`kubernetes: ${file} gives no more rights than needed`, async () => {
    checkHardening(await deploymentIn(file));
  });

  Deno.test(`kubernetes: ${file} sets only variables that the exporter reads`, async () => {
    const { env, image } = readContainer(await deploymentIn(file));
    const known = new Set(flagsOf("serve").map(({ name }) => environmentVariable(name)));
    assert.deepEqual([...env.keys()].filter((name) => !known.has(name)), []);
    assert.ok(image.endsWith(`:${config.version}`), `${image} is not version ${config.version}`);
  });
}

Deno.test("kubernetes: the secret's file is where the exporter looks for it", async () => {
  const text = await Deno.readTextFile(`${FOLDER}/deployment.yaml`);
  const [, mountPath] = /mountPath: (.*)/.exec(text) ?? [];
  const [, path] = /^ {16}path: (.*)/m.exec(text) ?? [];
  const { env } = readContainer(await deploymentIn("deployment.yaml"));
  assert.equal(env.get("SPACELIFT_PROMEX_API_KEY_SECRET_FILE"), `${mountPath}/${path}`);
});

async function read(file: string): Promise<Manifest[]> {
  return parseManifests(await Deno.readTextFile(`${FOLDER}/${file}`));
}

async function deploymentIn(file: string): Promise<Manifest> {
  const found = (await read(file)).find(({ kind }) => kind === "Deployment");
  assert.ok(found, `${file} has no Deployment`);
  return found;
}
