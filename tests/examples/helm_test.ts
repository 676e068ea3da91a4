import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import config from "../../deno.json" with { type: "json" };
import { runCommand } from "../../scripts/run_command.ts";
import { environmentVariable } from "../../src/cli/flag.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { CHART, deployment, ignore, kinds, only, render, REQUIRED, setFlags } from "./chart.ts";
import { checkHardening, readContainer } from "./manifests.ts";

/** All values that the vendor's chart documents. */
const VENDOR_VALUES = {
  replicaCount: "1",
  "image.repository": "public.ecr.aws/spacelift/promex",
  "image.tag": "v0.7.0",
  "image.digest": "",
  "image.pullPolicy": "IfNotPresent",
  listenAddress: ":9953",
  "labels.a": "b",
  "annotations.a": "b",
  "podAnnotations.a": "b",
  "imagePullSecrets[0].name": "a",
  "nodeSelector.a": "b",
  ...REQUIRED,
  "caCert.enabled": "true",
  "caCert.secretName": "ca",
  "caCert.secretKey": "ca.crt",
  "caCert.mountPath": "/certs",
  "extraEnv[0].name": "A",
  "extraEnv[0].value": "b",
  "extraEnvFrom[0].configMapRef.name": "a",
};

const Labels = v.record(v.string(), v.string());

/** The parts of a Deployment by which others find its pods. */
const PodTemplate = v.looseObject({
  spec: v.looseObject({
    selector: v.object({ matchLabels: Labels }),
    template: v.looseObject({
      metadata: v.looseObject({ labels: Labels }),
      spec: v.looseObject({
        containers: v.tuple([
          v.looseObject({
            ports: v.unknown(),
            readinessProbe: v.looseObject({ httpGet: v.looseObject({}) }),
          }),
        ]),
      }),
    }),
  }),
});

const Groups = v.object({ groups: v.array(v.unknown()) });

Deno.test({ name: "helm: the chart passes the linter", ignore }, async () => {
  await runCommand("helm", ["lint", "--strict", CHART, ...setFlags(REQUIRED)]);
});

Deno.test(
  { name: "helm: plain values give a hardened Deployment, a Service and its account", ignore },
  async () => {
    const manifests = await render({});
    assert.deepEqual(kinds(manifests), ["Deployment", "Service", "ServiceAccount"]);
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

Deno.test(
  { name: "helm: what the vendor's values give has the vendor's names", ignore },
  async () => {
    const manifests = await render({ ...VENDOR_VALUES });
    const found = deployment(manifests);
    assert.equal(found.metadata.name, "test-spacelift-promex");
    const labels = {
      "app.kubernetes.io/name": "spacelift-promex",
      "app.kubernetes.io/instance": "test",
    };
    const { selector, template } = v.parse(PodTemplate, found).spec;
    assert.deepEqual(selector.matchLabels, labels);
    for (const [name, value] of Object.entries(labels)) {
      assert.equal(template.metadata.labels[name], value);
    }
    const [{ ports, readinessProbe }] = template.spec.containers;
    assert.deepEqual(ports, [{ name: "metrics", containerPort: 9953 }]);
    const { path, port } = readinessProbe.httpGet;
    assert.deepEqual([path, port, readinessProbe["periodSeconds"]], ["/health", "metrics", 5]);
    checkHardening(found);
    const { env } = readContainer(found);
    assert.equal(env.get("SPACELIFT_PROMEX_CA_CERT_PATH"), "/certs/ca.crt");
    assert.match(JSON.stringify(found), /"key":"SPACELIFT_PROMEX_API_KEY_SECRET"/);
  },
);

Deno.test(
  { name: "helm: a monitor carries the labels that Prometheus selects by", ignore },
  async () => {
    for (const kind of ["ServiceMonitor", "PodMonitor"]) {
      const key = kind.charAt(0).toLowerCase() + kind.slice(1);
      const manifests = await render({
        [`${key}.enabled`]: "true",
        [`${key}.labels.release`]: "prometheus",
        [`${key}.basicAuth.username.name`]: "promex-login",
        [`${key}.basicAuth.username.key`]: "username",
        [`${key}.tlsConfig.insecureSkipVerify`]: "true",
        "webConfig.secretName": "promex-web",
        "webConfig.tls": "true",
      });
      const text = JSON.stringify(only(manifests, kind));
      assert.match(text, /"labels":{[^}]*"release":"prometheus"/);
      assert.match(text, /"scheme":"https","tlsConfig":{"insecureSkipVerify":true},"basicAuth":{/);
      assert.doesNotMatch(JSON.stringify(deployment(manifests)), /"release"/);
    }
  },
);

Deno.test(
  { name: "helm: a web configuration is mounted, and probes ask as it says", ignore },
  async () => {
    const manifests = await render({
      "webConfig.secretName": "promex-web",
      "webConfig.tls": "true",
    });
    const found = deployment(manifests);
    const path = "/etc/spacelift-promex/web/web.yml";
    assert.equal(readContainer(found).env.get("SPACELIFT_PROMEX_WEB_CONFIG_FILE"), path);
    const text = JSON.stringify(found);
    assert.equal(text.match(/"scheme":"HTTPS"/g)?.length, 2);
    assert.match(text, /"mountPath":"\/etc\/spacelift-promex\/web"/);
    assert.match(text, /"secret":{"secretName":"promex-web","defaultMode":440}/);
  },
);

Deno.test(
  { name: "helm: rules, alerts and dashboard are those of the examples", ignore },
  async () => {
    const manifests = await render({
      "prometheusRule.enabled": "true",
      "dashboard.enabled": "true",
    });
    const rule = v.parse(v.looseObject({ spec: Groups }), only(manifests, "PrometheusRule"));
    const expected: unknown[] = [];
    for (const file of ["rules", "alerts"]) {
      const text = await Deno.readTextFile(`examples/prometheus/${file}.yaml`);
      expected.push(...v.parse(Groups, parse(text)).groups);
    }
    assert.deepEqual(rule.spec.groups, expected);
    const { data } = v.parse(
      v.looseObject({ data: v.record(v.string(), v.string()) }),
      only(manifests, "ConfigMap"),
    );
    assert.deepEqual(
      JSON.parse(data["spacelift.json"] ?? ""),
      JSON.parse(await Deno.readTextFile("examples/example-dashboard.json")),
    );
  },
);

Deno.test(
  { name: "helm: a token of the service account can stand for the secret", ignore },
  async () => {
    const values = { "oidc.enabled": "true", "oidc.audience": "spacelift", apiKeySecretName: "" };
    const manifests = await render(values);
    const found = deployment(manifests);
    const text = JSON.stringify(found);
    assert.match(
      text,
      /"serviceAccountToken":{"audience":"spacelift","expirationSeconds":3600,"path":"api-key-secret"}/,
    );
    assert.match(text, /"serviceAccountName":"test-spacelift-promex"/);
    checkHardening(found);
  },
);

Deno.test({ name: "helm: the environment can bring the secret", ignore }, async () => {
  const manifests = await render({
    apiKeySecretName: "",
    "extraEnv[0].name": "SPACELIFT_PROMEX_API_KEY_SECRET",
    "extraEnv[0].valueFrom.secretKeyRef.name": "mine",
    "extraEnv[0].valueFrom.secretKeyRef.key": "secret",
  });
  const { env } = readContainer(deployment(manifests));
  assert.ok(env.has("SPACELIFT_PROMEX_API_KEY_SECRET"));
  assert.ok(!env.has("SPACELIFT_PROMEX_API_KEY_SECRET_FILE"));
});

Deno.test({ name: "helm: names, arguments, placement and a network policy", ignore }, async () => {
  const manifests = await render({
    nameOverride: "other",
    fullnameOverride: "whole",
    "extraArgs[0]": "--stacks-details",
    priorityClassName: "high",
    "topologySpreadConstraints[0].maxSkew": "1",
    "topologySpreadConstraints[0].topologyKey": "zone",
    "topologySpreadConstraints[0].whenUnsatisfiable": "ScheduleAnyway",
    "podLabels.pod": "label",
    "serviceAccount.annotations.note": "account-note",
    "service.labels.service": "label",
    "networkPolicy.enabled": "true",
    "networkPolicy.from[0].namespaceSelector.matchLabels.name": "monitoring",
    "networkPolicy.egressPorts[0]": "8443",
    "podSecurityContext.fsGroup": "1",
  });
  assert.deepEqual(new Set(manifests.map(({ metadata }) => metadata.name)), new Set(["whole"]));
  const text = JSON.stringify(manifests);
  for (
    const part of [
      '"app.kubernetes.io/name":"other"',
      '"args":["serve","--stacks-details"]',
      '"priorityClassName":"high"',
      '"topologySpreadConstraints":[{',
      '"pod":"label"',
      '"note":"account-note"',
      '"service":"label"',
      '"port":8443',
      '"from":[{"namespaceSelector":{"matchLabels":{"name":"monitoring"}}}]',
      '"fsGroup":1,',
    ]
  ) {
    assert.ok(text.includes(part), `The chart does not give ${part}:\n${text}`);
  }
});

Deno.test(
  { name: "helm: webhooks have a port, a secret and an ingress of their own", ignore },
  async () => {
    const plain = { "webhook.enabled": "true", "webhook.secretName": "hook" };
    const manifests = await render({
      ...plain,
      "webhook.from[0].namespaceSelector.matchLabels.name": "ingress",
      "webhook.ingress.enabled": "true",
      "webhook.ingress.host": "promex.example.com",
      "webhook.ingress.tlsSecretName": "promex-tls",
      "networkPolicy.enabled": "true",
    });
    const found = deployment(manifests);
    checkHardening(found);
    const { env } = readContainer(found);
    assert.equal(env.get("SPACELIFT_PROMEX_WEBHOOK_LISTEN_ADDRESS"), ":9954");
    const file = env.get("SPACELIFT_PROMEX_WEBHOOK_SECRET_FILE");
    assert.equal(file, "/run/secrets/spacelift-webhook/webhook-secret");
    const text = JSON.stringify(manifests);
    for (
      const part of [
        '"mountPath":"/run/secrets/spacelift-webhook"',
        '"items":[{"key":"SPACELIFT_PROMEX_WEBHOOK_SECRET","path":"webhook-secret"}]',
        '"ports":[{"name":"webhook","port":9954,"targetPort":"webhook"}]',
        '{"ports":[{"port":"webhook","protocol":"TCP"}],"from":[{"namespaceSelector":',
        '"tls":[{"hosts":["promex.example.com"],"secretName":"promex-tls"}]',
      ]
    ) {
      assert.ok(text.includes(part), `The chart does not give ${part}:\n${text}`);
    }
    assert.deepEqual(text.match(/"path":"\/[^"]*","pathType":"\w+"/g), [
      '"path":"/webhook","pathType":"Exact"',
    ]);
    assert.deepEqual(kinds(await render(plain)), [
      ...["Deployment", "Service", "Service", "ServiceAccount"],
    ]);
  },
);
