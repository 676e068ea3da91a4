import { runCommand } from "../run_command.ts";

/**
 * Signs a file with every key that the environment offers and returns the names of the signatures'
 * files. `GPG_FINGERPRINT` names a key of GPG's key ring; `COSIGN_PRIVATE_KEY` holds one for cosign;
 * in a GitHub workflow that may ask for an identity, cosign needs no key.
 */
export async function sign(path: string): Promise<string[]> {
  const signatures = [];
  const fingerprint = Deno.env.get("GPG_FINGERPRINT");
  if (fingerprint) {
    const signature = `${path}.sig`;
    const key = ["--local-user", fingerprint];
    await runCommand("gpg", [
      "--batch",
      "--yes",
      ...key,
      "--output",
      signature,
      "--detach-sign",
      path,
    ]);
    signatures.push(signature);
  }
  const hasKey = Boolean(Deno.env.get("COSIGN_PRIVATE_KEY"));
  if (hasKey || Deno.env.get("ACTIONS_ID_TOKEN_REQUEST_URL")) {
    const signature = `${path}.sigstore.json`;
    const key = hasKey ? ["--key", "env://COSIGN_PRIVATE_KEY"] : [];
    await runCommand("cosign", ["sign-blob", "--yes", ...key, "--bundle", signature, path]);
    signatures.push(signature);
  }
  return signatures;
}
