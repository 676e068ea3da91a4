import assert from "node:assert/strict";
import * as v from "valibot";
import { parse, stringify } from "yaml";
import { VALUES_OF_FLAGS } from "../../scripts/chart_schema.ts";
import { tryCommand } from "../../scripts/run_command.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { tempFile } from "../support/temp_file.ts";
import { CHART, deployment, ignore, kinds, render, REQUIRED, setFlags, template } from "./chart.ts";
import { DeploymentParts } from "./manifests.ts";

const ClosedSchema = v.looseObject({
  additionalProperties: v.literal(false),
  properties: v.record(v.string(), v.unknown()),
});

const REFUSED: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{ apikeySecretName: "a" }, /apikeySecretName/],
  [{ "serviceMonitor.enable": "true" }, /'enable'/],
  [{ "serviceMonitor.enabled": "maybe" }, /serviceMonitor\/enabled/],
  [{ listenAddress: "127.0.0.1:9999" }, /listenAddress/],
  [{ "serviceMonitor.enabled": "true", "podMonitor.enabled": "true" }, /scraped twice/],
  [{ "serviceMonitor.enabled": "true", "service.enabled": "false" }, /Set service\.enabled/],
  [{ "oidc.enabled": "true", "oidc.audience": "a" }, /either oidc.enabled or apiKeySecretName/],
  [{ "oidc.enabled": "true", apiKeySecretName: "" }, /Set oidc\.audience/],
  [{ "webConfig.tls": "true" }, /Set webConfig\.secretName/],
  [{ "webhook.enabled": "true" }, /Set webhook\.secretName/],
  [{ "webhook.ingress.enabled": "true" }, /Set webhook\.enabled/],
  [
    { "webhook.enabled": "true", "webhook.secretName": "a", "webhook.port": "9953" },
    /Set webhook\.port/,
  ],
  [
    { "webhook.enabled": "true", "webhook.secretName": "a", "webhook.ingress.enabled": "true" },
    /Set webhook\.ingress\.host/,
  ],
  [{ "config.stacks-detials": "true" }, /config.*'stacks-detials'/],
  [{ "config.stacks-details": "yes" }, /config\/stacks-details/],
  [{ "config.stacks-limit": "0" }, /config\/stacks-limit/],
  [{ "config.scrape-timeout": "5" }, /config\/scrape-timeout/],
  [{ "config.log\\.level": "loud" }, /config\/log\.level/],
  [{ "config.api-key-secret": "a" }, /config.*'api-key-secret'/],
];

for (const [values, message] of REFUSED) {
  Deno.test({ name: `helm: ${JSON.stringify(values)} is refused`, ignore }, async () => {
    const args = ["template", "test", CHART, ...setFlags({ ...REQUIRED, ...values })];
    const { code, stderr } = await tryCommand("helm", args);
    assert.notEqual(code, 0, "the chart was rendered");
    assert.match(stderr, message);
  });
}

Deno.test("helm: the schema knows each value, and no other", async () => {
  const values: unknown = parse(await Deno.readTextFile(`${CHART}/values.yaml`));
  compareKeys(values, await readSchema());
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

/** Values that differ from their defaults, each of which shows in what the chart gives. */
const EVERY_VALUE = `
replicaCount: 3
nameOverride: other
fullnameOverride: whole
image: { repository: registry.example/promex, tag: v9, digest: "", pullPolicy: Always }
imagePullSecrets: [{ name: pull-secret }]
apiEndpoint: https://every.app.spacelift.io
apiKeyId: every-id
apiKeySecretName: every-secret
oidc: { enabled: false, audience: "", expirationSeconds: 3600 }
serviceAccount: { create: true, name: every-account, annotations: { a1: every-a1 } }
listenAddress: "0.0.0.0:9999"
caCert: { enabled: true, secretName: every-ca, secretKey: every.crt, mountPath: /every }
webConfig: { secretName: every-web, secretKey: every.yml, tls: true }
webhook:
  enabled: true
  secretName: every-hook
  port: 4717
  from: [{ podSelector: { matchLabels: { d1: every-d1 } } }]
  service: { type: LoadBalancer, labels: { d2: every-d2 }, annotations: { d3: every-d3 } }
  ingress:
    enabled: true
    className: every-class
    host: every.example
    tlsSecretName: every-tls
    annotations: { d4: every-d4 }
config: { stacks-page-size: 17 }
extraArgs: [--every-argument]
extraEnv: [{ name: EVERY_ENV, value: every-env }]
extraEnvFrom: [{ configMapRef: { name: every-env-from } }]
labels: { a2: every-a2 }
annotations: { a3: every-a3 }
podAnnotations: { a4: every-a4 }
podLabels: { a5: every-a5 }
nodeSelector: { a6: every-a6 }
tolerations: [{ key: every-toleration, operator: Exists }]
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: every-affinity }]
topologySpreadConstraints:
  - { maxSkew: 1, topologyKey: every-spread, whenUnsatisfiable: DoNotSchedule }
priorityClassName: every-priority
podSecurityContext: { runAsNonRoot: true, runAsUser: 4711 }
securityContext: { readOnlyRootFilesystem: true, runAsGroup: 4712 }
resources: { limits: { memory: 4713Mi } }
service: { enabled: true, labels: { a7: every-a7 }, annotations: { a8: every-a8 } }
networkPolicy:
  enabled: true
  from: [{ podSelector: { matchLabels: { a9: every-a9 } } }]
  egressPorts: [4714]
serviceMonitor:
  enabled: true
  interval: 47s
  scrapeTimeout: 41s
  labels: { b1: every-b1 }
  tlsConfig: { serverName: every-server }
  basicAuth: { username: { name: every-login, key: user } }
podMonitor: { enabled: false, interval: 30s, scrapeTimeout: 10s, labels: {}, tlsConfig: {}, basicAuth: {} }
prometheusRule: { enabled: true, labels: { b2: every-b2 } }
dashboard: { enabled: true, labels: { b3: every-b3 }, annotations: { b4: every-b4 } }
`;

/** Values of which only one of two can be given. */
const OTHER_VALUES = `
image: { digest: sha256:4715 }
oidc: { enabled: true, audience: every-audience, expirationSeconds: 4716 }
apiKeySecretName: ""
serviceMonitor: { enabled: false }
podMonitor:
  enabled: true
  interval: 48s
  scrapeTimeout: 42s
  labels: { c1: every-c1 }
  tlsConfig: { serverName: every-other-server }
  basicAuth: { username: { name: every-other-login, key: user } }
`;

Deno.test({ name: "helm: every value can be set, and each shows", ignore }, async () => {
  compareKeys(parse(EVERY_VALUE), await readSchema());
  await using every = await tempFile(EVERY_VALUE);
  await using other = await tempFile(OTHER_VALUES);
  const first = await template(["--values", every.path]);
  assert.deepEqual(kinds(first), [
    ...["ConfigMap", "Deployment", "Ingress", "NetworkPolicy", "PrometheusRule", "Service"],
    ...["Service", "ServiceAccount", "ServiceMonitor"],
  ]);
  const second = await template(["--values", every.path, "--values", other.path]);
  for (const [text, manifests] of [[EVERY_VALUE, first], [OTHER_VALUES, second]] as const) {
    const shown = JSON.stringify(manifests);
    for (const mark of text.match(/\b(?:every[-.]\w[\w-]*|47\d\d|4[1278]s)\b/g) ?? []) {
      assert.ok(shown.includes(mark), `${mark} shows nowhere`);
    }
  }
});

Deno.test({ name: "helm: a monitor of pods needs no service", ignore }, async () => {
  const manifests = await render({ "service.enabled": "false", "podMonitor.enabled": "true" });
  assert.deepEqual(kinds(manifests), ["Deployment", "PodMonitor", "ServiceAccount"]);
});

Deno.test("helm: every flag can be set by config or has a value of its own", async () => {
  const values = v.parse(
    v.record(v.string(), v.unknown()),
    parse(await Deno.readTextFile(`${CHART}/values.yaml`)),
  );
  for (const value of VALUES_OF_FLAGS.values()) assert.ok(value in values, `no value ${value}`);
  const names = [...Object.keys(await configSchema()), ...VALUES_OF_FLAGS.keys()];
  assert.deepEqual(names.sort(), flagsOf("serve").map(({ name }) => name).sort());
});

Deno.test({ name: "helm: the exporter understands whatever config may hold", ignore }, async () => {
  const config = Object.fromEntries(
    Object.entries(await configSchema()).map(([name, schema]) => [name, exampleOf(name, schema)]),
  );
  await using file = await tempFile(stringify({ config, extraArgs: ["--no-collector.usage"] }));
  const manifests = await template(["--values", file.path, ...setFlags(REQUIRED)]);
  const { containers } = v.parse(DeploymentParts, deployment(manifests)).spec.template.spec;
  const args = v.parse(v.array(v.string()), containers[0]["args"]);
  const environment = new Map([
    ["SPACELIFT_PROMEX_API_ENDPOINT", "https://example.app.spacelift.io"],
    ["SPACELIFT_PROMEX_API_KEY_ID", "key"],
    ["SPACELIFT_PROMEX_API_KEY_SECRET", "secret"],
  ]);
  const read = parseArguments(args, (name) => environment.get(name));
  assert.ok(read.command === "serve");
  assert.equal(read.settings.exporter.scrapeTimeout, 90_000);
  assert.equal(read.settings.exporter.isDevelopment, true);
  assert.equal(read.settings.stacks.limit, 100_000);
  assert.deepEqual(read.settings.stacks.space, ["one", "two, three"]);
  assert.ok(!read.settings.collectors.has("usage"));
  const given = args.flatMap((arg) => /^--(.+?)=/.exec(arg)?.[1] ?? []);
  assert.deepEqual([...new Set(given)], Object.keys(config));
});

/** What the schema says of each key of `config`. */
async function configSchema(): Promise<Readonly<Record<string, ConfigKey>>> {
  const { properties } = v.parse(ClosedSchema, await readSchema());
  return v.parse(
    v.record(v.string(), ConfigKey),
    v.parse(ClosedSchema, properties["config"]).properties,
  );
}

const ConfigKey = v.looseObject({
  type: v.optional(v.unknown()),
  enum: v.optional(v.array(v.string())),
  maximum: v.optional(v.number()),
});
type ConfigKey = v.InferOutput<typeof ConfigKey>;

/** A value that a schema allows, the largest of numbers. */
function exampleOf(name: string, { type, enum: words, maximum }: ConfigKey): unknown {
  if (words !== undefined) return words[0];
  switch (type) {
    case "boolean":
      return true;
    case "integer":
      return maximum;
    case "array":
      return ["one", "two, three"];
    default:
      if (name.endsWith("-url")) return "https://account.example";
      // What is remembered must last longer than it takes to come again.
      return name.endsWith("max-staleness") ? "1h" : "1m30s";
  }
}

async function readSchema(): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(`${CHART}/values.schema.json`));
}

/** What a chart that contains this one may set. */
const OF_PARENTS = ["enabled", "global"];

/** Throws unless a schema has the keys of some values, as far as it is closed; flags are no values. */
function compareKeys(values: unknown, schema: unknown, further = OF_PARENTS): void {
  const open = v.safeParse(ClosedSchema, schema);
  if (!open.success) return;
  const { properties } = open.output;
  const object = v.parse(v.record(v.string(), v.unknown()), values);
  assert.deepEqual(Object.keys(properties).sort(), [...Object.keys(object), ...further].sort());
  for (const [key, value] of Object.entries(object)) {
    if (key !== "config") compareKeys(value, properties[key], []);
  }
}
