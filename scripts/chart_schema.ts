import * as v from "valibot";
import { flagsOf } from "../src/cli/flags.ts";
import type { GeneratedFiles } from "./generated_files.ts";

const SCHEMA = "examples/helm/spacelift-promex/values.schema.json";

/** The values of the chart by the flags that they stand for, which `config` therefore lacks. */
export const VALUES_OF_FLAGS: ReadonlyMap<string, string> = new Map([
  ["api-endpoint", "apiEndpoint"],
  ["api-key-id", "apiKeyId"],
  ["api-key-secret", "extraEnv"],
  ["api-key-secret-file", "apiKeySecretName"],
  ["ca-cert-path", "caCert"],
  ["listen-address", "listenAddress"],
  ["web.config.file", "webConfig"],
  ["webhook-listen-address", "webhook"],
  ["webhook-secret", "webhook"],
  ["webhook-secret-file", "webhook"],
]);

const Schema = v.looseObject({ properties: v.looseObject({ config: v.unknown() }) });

/** The schema of the chart's values, with that of `config` made from the table of flags. */
export async function chartSchema(
  read: (path: string) => Promise<string> = Deno.readTextFile,
): Promise<GeneratedFiles> {
  const schema = v.parse(Schema, JSON.parse(await read(SCHEMA)));
  const flags = flagsOf("serve").filter(({ name }) => !VALUES_OF_FLAGS.has(name));
  schema.properties.config = {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      flags.map(({ name, help, kind }) => [name, { description: help, ...kind.json }]),
    ),
  };
  return new Map([[SCHEMA, `${JSON.stringify(schema, null, 2)}\n`]]);
}
