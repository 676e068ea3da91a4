import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import assert from "node:assert/strict";
import * as v from "valibot";
import { parseAllDocuments } from "yaml";

/** The part of a manifest that every object has. */
export const ManifestHead = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({ name: v.string() }),
});

/** An object of Kubernetes, checked as far as its head. */
export type Manifest = v.InferOutput<typeof ManifestHead>;

const Container = v.looseObject({
  image: v.string(),
  env: v.array(v.looseObject({ name: v.string(), value: v.optional(v.string()) })),
});

/** The part of a Deployment that tests look at. */
export const DeploymentParts = v.looseObject({
  spec: v.looseObject({
    template: v.looseObject({
      spec: v.looseObject({ containers: v.tuple([Container]) }),
    }),
  }),
});

/** The published schemas, as models that validate themselves. */
const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  "apps/v1 Deployment": Deployment,
  "keda.sh/v1alpha1 ScaledObject": ScaledObject,
  "monitoring.coreos.com/v1 PodMonitor": PodMonitor,
  "monitoring.coreos.com/v1 ServiceMonitor": ServiceMonitor,
  "monitoring.coreos.com/v1 PrometheusRule": PrometheusRule,
  "networking.k8s.io/v1 NetworkPolicy": NetworkPolicy,
  "v1 ConfigMap": ConfigMap,
  "networking.k8s.io/v1 Ingress": Ingress,
  "v1 Secret": Secret,
  "v1 Service": Service,
  "v1 ServiceAccount": ServiceAccount,
};

/** The objects in a YAML text. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    assert.deepEqual(document.errors, []);
    const content: unknown = document.toJS();
    return content === null ? [] : [v.parse(ManifestHead, content)];
  });
}

/** Throws unless an object is what the schema of its kind wants. */
export function checkManifest(manifest: Manifest): void {
  const model = MODELS[`${manifest.apiVersion} ${manifest.kind}`];
  assert.ok(model, `No schema for ${manifest.apiVersion} ${manifest.kind}`);
  const object: { validate(): void } = Reflect.construct(model, [manifest]);
  object.validate();
}

/** The only container of a Deployment, and its variables that have plain values. */
export function readContainer(manifest: Manifest): {
  image: string;
  env: ReadonlyMap<string, string | undefined>;
} {
  const [{ image, env }] = v.parse(DeploymentParts, manifest).spec.template.spec.containers;
  return { image, env: new Map(env.map(({ name, value }) => [name, value])) };
}

/** Throws unless a Deployment's pods have no more rights than the exporter needs. */
export function checkHardening(manifest: Manifest): void {
  const podSpec = v.parse(DeploymentParts, manifest).spec.template.spec;
  assert.equal(podSpec["automountServiceAccountToken"], false);
  assert.deepEqual(podSpec["securityContext"], {
    runAsNonRoot: true,
    runAsUser: 1983,
    runAsGroup: 1983,
    fsGroup: 1983,
    seccompProfile: { type: "RuntimeDefault" },
  });
  const [container] = podSpec.containers;
  assert.deepEqual(container["securityContext"], {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  const paths = { readinessProbe: "/health", livenessProbe: "/-/healthy" };
  for (const [probe, path] of Object.entries(paths)) {
    v.parse(
      v.looseObject({ httpGet: v.object({ path: v.literal(path), port: v.literal("metrics") }) }),
      container[probe],
    );
  }
}
