import type { GeneratedFiles } from "./generated_files.ts";

/**
 * The GitHub account that publishes releases and images. Nothing else decides it;
 * `deno task examples --owner NAME` changes it here and wherever people copy it from.
 */
export const OWNER = "OWNER";

/** The placeholder until somebody publishes. */
export const PLACEHOLDER = "OWNER";

/** The files that name the account, all but the one that decides it. */
export const OWNED_FILES = [
  "README.md",
  "docs/install.md",
  "docs/kubernetes.md",
  "examples/helm/spacelift-promex/values.yaml",
  "examples/kubernetes/deployment.yaml",
  "examples/kubernetes/deployment-oidc.yaml",
  "examples/kubernetes/kustomization.yaml",
] as const;

/** In an image's name, an address of the repository, and its short name. */
const PLACE = /(?<=\bghcr\.io\/|\bgithub\.com\/|--repo )[\w-]+(?=\/spacelift-promex\b)/g;

const ACCOUNT = /^(?=.{1,39}$)[a-z\d]+(?:-[a-z\d]+)*$/i;
const DECIDING_FILE = "scripts/owner.ts";

/** A text with an account in every place that names one. */
export function writeOwner(text: string, owner: string): string {
  return text.replace(PLACE, owner);
}

/** All files that name the account, with another one; throws for what cannot be an account. */
export async function filesWithOwner(owner: string): Promise<GeneratedFiles> {
  if (!ACCOUNT.test(owner)) throw new Error(`"${owner}" cannot be the name of a GitHub account`);
  const files = new Map<string, string>();
  for (const path of OWNED_FILES) {
    files.set(path, writeOwner(await Deno.readTextFile(path), owner));
  }
  const deciding = await Deno.readTextFile(DECIDING_FILE);
  files.set(DECIDING_FILE, deciding.replace(/(?<=^export const OWNER = ")[^"]*/m, owner));
  return files;
}
