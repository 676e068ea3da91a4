import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { runCommand, tryCommand } from "../../scripts/run_command.ts";
import { environmentVariable } from "../../src/cli/flag.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { hasTool } from "../support/tools.ts";
import {
  checkHardening,
  checkManifest,
  type Manifest,
  parseManifests,
  readContainer,
} from "./manifests.ts";

const CHART = "examples/helm/spacelift-promex";

/** Values without a default. */
const REQUIRED = {
  apiEndpoint: "https://example.app.spacelift.io",
  apiKeyId: "key",
  apiKeySecretName: "spacelift-api-key",
};

const ignore = !await hasTool("helm", "version", { inCi: false });

Deno.test({ name: "helm: the chart passes the linter", ignore }, async () => {
  await runCommand("helm", ["lint", "--strict", CHART, ...setFlags(REQUIRED)]);
});

Deno.test(
  { name: "helm: plain values give a hardened Deployment and a Service", ignore },
  async () => {
    const manifests = await render({});
    assert.deepEqual(kinds(manifests), ["Deployment", "Service"]);
    checkHardening(deployment(manifests));
    const { image, env } = readContainer(deployment(manifests));
    assert.ok(image.endsWith(`:${config.version}`), `${image} is not version ${config.version}`);
    assert.deepEqual(Object.fromEntries(env), {
      SPACELIFT_PROMEX_API_ENDPOINT: REQUIRED.apiEndpoint,
      SPACELIFT_PROMEX_API_KEY_ID: REQUIRED.apiKeyId,
      SPACELIFT_PROMEX_API_KEY_SECRET_FILE: "/run/secrets/spacelift/api-key-secret",
      SPACELIFT_PROMEX_LISTEN_ADDRESS: ":9953",
    });
  },
);

Deno.test({ name: "helm: every value of the vendor's chart has its effect", ignore }, async () => {
  const manifests = await render({
    replicaCount: "2",
    "image.repository": "registry.example/promex",
    "image.digest": "sha256:abc",
    "image.pullPolicy": "Always",
    listenAddress: "0.0.0.0:9999",
    "labels.team": "platform",
    "annotations.note": "deployment-note",
    "podAnnotations.note": "pod-note",
    "imagePullSecrets[0].name": "pull-secret",
    "nodeSelector.disk": "ssd",
    "caCert.enabled": "true",
    "caCert.secretName": "own-ca",
    "extraEnv[0].name": "SPACELIFT_PROMEX_SCRAPE_TIMEOUT",
    "extraEnv[0].value": "10s",
    "extraEnvFrom[0].secretRef.name": "more-settings",
  });
  const found = deployment(manifests);
  const { image, env } = readContainer(found);
  assert.equal(image, "registry.example/promex@sha256:abc");
  assert.equal(env.get("SPACELIFT_PROMEX_CA_CERT_PATH"), "/certs/ca.crt");
  assert.equal(env.get("SPACELIFT_PROMEX_SCRAPE_TIMEOUT"), "10s");
  const known = new Set(flagsOf("serve").map(({ name }) => environmentVariable(name)));
  assert.deepEqual([...env.keys()].filter((name) => !known.has(name)), []);
  const text = JSON.stringify(found);
  for (
    const part of [
      '"replicas":2',
      '"imagePullPolicy":"Always"',
      '"containerPort":9999',
      '"team":"platform"',
      '"note":"deployment-note"',
      '"note":"pod-note"',
      '"imagePullSecrets":[{"name":"pull-secret"}]',
      '"nodeSelector":{"disk":"ssd"}',
      '"secretName":"own-ca"',
      '"envFrom":[{"secretRef":{"name":"more-settings"}}]',
    ]
  ) {
    assert.ok(text.includes(part), `The Deployment lacks ${part}:\n${text}`);
  }
});

Deno.test({ name: "helm: both monitors can be switched on, the Service off", ignore }, async () => {
  const manifests = await render({
    "serviceMonitor.enabled": "true",
    "podMonitor.enabled": "true",
    "service.enabled": "false",
  });
  assert.deepEqual(kinds(manifests), ["Deployment", "PodMonitor", "ServiceMonitor"]);
});

for (const name of Object.keys(REQUIRED)) {
  Deno.test({ name: `helm: a missing ${name} is named`, ignore }, async () => {
    const values = Object.entries(REQUIRED).filter(([key]) => key !== name);
    const args = ["template", "test", CHART, ...setFlags(Object.fromEntries(values))];
    const { code, stderr } = await tryCommand("helm", args);
    assert.notEqual(code, 0, "the chart was rendered without it");
    assert.match(stderr, new RegExp(`Set ${name} to `));
  });
}

/** What the chart gives for some values; every object matches the schema of its kind. */
async function render(values: Readonly<Record<string, string>>): Promise<Manifest[]> {
  const flags = setFlags({ ...REQUIRED, ...values });
  const manifests = parseManifests(await runCommand("helm", ["template", "test", CHART, ...flags]));
  manifests.forEach(checkManifest);
  return manifests;
}

function setFlags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

function kinds(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind }) => kind).sort();
}

function deployment(manifests: readonly Manifest[]): Manifest {
  const found = manifests.find(({ kind }) => kind === "Deployment");
  assert.ok(found, "there is no Deployment");
  return found;
}
