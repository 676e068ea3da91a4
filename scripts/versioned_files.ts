/** The files that name the exporter's version, all but the one that decides it. */
export const VERSIONED_FILES = [
  "README.md",
  "docs/install.md",
  "examples/helm/spacelift-promex/Chart.yaml",
  "examples/kubernetes/deployment.yaml",
  "examples/kubernetes/deployment-oidc.yaml",
] as const;

/** An image's tag, what the program prints, a variable of a shell, and a chart's two versions. */
const PLACE =
  /(?<=\bspacelift-promex(?::| version )|^version=|^(?:version|appVersion): "?)\d+\.\d+\.\d+(?:-[\w.]+)?/gm;

/** A text with a version in every place that names one. */
export function writeVersion(text: string, version: string): string {
  return text.replace(PLACE, version);
}
