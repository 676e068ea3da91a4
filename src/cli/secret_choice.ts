import type { Secret } from "../secret.ts";
import { environmentVariable } from "./flag.ts";
import { type Input, sourceOf } from "./read.ts";
import { UsageError } from "./usage_error.ts";

/** A secret, or the file that holds it. */
export type SecretChoice = { readonly secret: Secret } | { readonly file: string };

/** Throws `UsageError` unless exactly one of two flags sets a secret. */
export function requireSecret(names: readonly string[], input: Input): void {
  const sources = names.flatMap((name) => sourceOf(name, input) ?? []);
  if (sources.length > 1) {
    throw new UsageError(`Cannot use ${sources.join(" and ")} together: use one of them`);
  }
  if (sources.length === 1) return;
  throw new UsageError(
    `Missing ${names.map((name) => `--${name}`).join(" or ")}: use one of them, or set ` +
      names.map(environmentVariable).join(" or "),
  );
}

/** The secret, or its file, whichever was given. */
export function secretOf(
  { secret, file }: { secret: Secret | undefined; file: string | undefined },
): SecretChoice {
  return secret === undefined ? { file: file ?? "" } : { secret };
}
