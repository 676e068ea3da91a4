/**
 * The GitHub account that publishes releases and images. Nothing else decides it: after a change
 * `deno task docs` writes it wherever people copy it from.
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

/** A text with an account in every place that names one. */
export function writeOwner(text: string, owner: string): string {
  return text.replace(PLACE, owner);
}
