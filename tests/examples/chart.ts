import assert from "node:assert/strict";
import { runCommand } from "../../scripts/run_command.ts";
import { hasTool } from "../support/tools.ts";
import { checkManifest, type Manifest, parseManifests } from "./manifests.ts";

/** The folder of the chart. */
export const CHART = "examples/helm/spacelift-promex";

/** Values without a default. */
export const REQUIRED: Readonly<Record<string, string>> = {
  apiEndpoint: "https://example.app.spacelift.io",
  apiKeyId: "key",
  apiKeySecretName: "spacelift-api-key",
};

/** Whether tests that need helm are left out. */
export const ignore = !await hasTool("helm", "version", { inCi: false });

/** What the chart gives for some values, in addition to those without a default. */
export async function render(values: Readonly<Record<string, string>>): Promise<Manifest[]> {
  return await template(setFlags({ ...REQUIRED, ...values }));
}

/** What the chart gives for some flags of helm; every object matches the schema of its kind. */
export async function template(flags: readonly string[]): Promise<Manifest[]> {
  const manifests = parseManifests(await runCommand("helm", ["template", "test", CHART, ...flags]));
  manifests.forEach(checkManifest);
  return manifests;
}

/** Values as flags of helm. */
export function setFlags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

/** The kinds of some objects, sorted. */
export function kinds(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind }) => kind).sort();
}

/** The only object of a kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  const [manifest] = found;
  assert.ok(manifest !== undefined && found.length === 1, `there is not one ${kind}`);
  return manifest;
}

/** The Deployment. */
export function deployment(manifests: readonly Manifest[]): Manifest {
  return only(manifests, "Deployment");
}
