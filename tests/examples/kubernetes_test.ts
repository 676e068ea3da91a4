import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
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
  "ingress.yaml",
  "podmonitor.yaml",
  "scaledobject.yaml",
  "service.yaml",
  "servicemonitor.yaml",
];
const DEPLOYMENTS = ["deployment-oidc.yaml", "deployment.yaml"];

Deno.test("kubernetes: every manifest is tested, and kustomize knows the plain ones", async () => {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).sort();
  assert.deepEqual(names, [...FILES, "kustomization.yaml"].sort());
  const { resources } = await readKustomization();
  assert.deepEqual(resources, ["deployment.yaml", "service.yaml"]);
});

Deno.test("kubernetes: kustomize makes what the Deployment refers to, under those names", async () => {
  const { images, configMapGenerator, secretGenerator } = await readKustomization();
  const deployment = await deploymentIn("deployment.yaml");
  const text = JSON.stringify(deployment);
  const { image } = readContainer(deployment);
  assert.equal(`${images[0].name}:${config.version}`, image);
  const [{ name, literals }] = configMapGenerator;
  assert.ok(text.includes(`"envFrom":[{"configMapRef":{"name":"${name}"}}]`), text);
  assert.deepEqual(literals.map((literal) => literal.split("=")[0]), [
    "SPACELIFT_PROMEX_API_ENDPOINT",
    "SPACELIFT_PROMEX_API_KEY_ID",
  ]);
  const [secret] = secretGenerator;
  const [key] = secret.files[0].split("=");
  assert.ok(text.includes(`"secretName":"${secret.name}"`), text);
  assert.ok(text.includes(`"items":[{"key":"${key}"`), text);
});

Deno.test("kubernetes: the secret has one name for its key, in whatever way it is installed", async () => {
  const files = [
    "docs/kubernetes.md",
    `${FOLDER}/kustomization.yaml`,
    `${FOLDER}/deployment.yaml`,
    "examples/helm/spacelift-promex/values.yaml",
    "examples/helm/spacelift-promex/templates/deployment.yaml",
    "examples/helm/spacelift-promex/templates/NOTES.txt",
  ];
  for (const file of files) {
    const text = await Deno.readTextFile(file);
    const keys = [
      ...text.matchAll(/(?:--from-file=|--from-literal=|- key: | - )(\w*SECRET\w*)(?:=|$)/gm),
    ].map(([, key]) => key);
    assert.ok(keys.length > 0, `${file} names no key`);
    assert.deepEqual(new Set(keys), new Set(["SPACELIFT_PROMEX_API_KEY_SECRET"]), file);
  }
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

const Kustomization = v.looseObject({
  resources: v.array(v.string()),
  images: v.tuple([v.object({ name: v.string(), newName: v.string() })]),
  configMapGenerator: v.tuple([v.object({ name: v.string(), literals: v.array(v.string()) })]),
  secretGenerator: v.tuple([
    v.looseObject({ name: v.string(), files: v.tuple([v.string()]) }),
  ]),
});

async function readKustomization(): Promise<v.InferOutput<typeof Kustomization>> {
  return v.parse(Kustomization, parse(await Deno.readTextFile(`${FOLDER}/kustomization.yaml`)));
}

Deno.test("kubernetes: nothing but the webhook is reached through the ingress", async () => {
  const text = await Deno.readTextFile(`${FOLDER}/ingress.yaml`);
  const paths = [...text.matchAll(/- path: (.*)\n +pathType: (.*)/g)]
    .map(([, path, type]) => `${path} ${type}`);
  assert.deepEqual(paths, ["/webhook Exact"]);
  assert.doesNotMatch(text, /9953|defaultBackend/);
});

async function read(file: string): Promise<Manifest[]> {
  return parseManifests(await Deno.readTextFile(`${FOLDER}/${file}`));
}

async function deploymentIn(file: string): Promise<Manifest> {
  const found = (await read(file)).find(({ kind }) => kind === "Deployment");
  assert.ok(found, `${file} has no Deployment`);
  return found;
}
