import assert from "node:assert/strict";
import { readSystemCertificates } from "../../src/app/system_certificates.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { LISTED_PERMISSIONS, Program } from "../support/run_program.ts";
import { tempFolder } from "../support/temp_folder.ts";

const tlsFile = (name: string) => new URL(`../support/tls/${name}`, import.meta.url);
const CA = await Deno.readTextFile(tlsFile("ca.pem"));
const TLS = {
  cert: await Deno.readTextFile(tlsFile("server.pem")),
  key: await Deno.readTextFile(tlsFile("server.key")),
};
const { cert: OTHER } = await makeCertificate();
const DAMAGED = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

/** What is found, and what the log says meanwhile, when the variables name files of a folder. */
async function find(options: {
  files: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  bundles?: readonly string[];
}): Promise<{ found: string[]; log: string }> {
  const { files, env = {}, bundles = [] } = options;
  await using folder = await tempFolder(files);
  using log = captureLog();
  const inFolder = (path: string) => new URL(path, folder.url).pathname;
  const valueOf = (name: string) => env[name]?.split(":").map(inFolder).join(":");
  const found = await readSystemCertificates(valueOf, { bundles: bundles.map(inFolder) });
  return { found, log: log.text };
}

Deno.test("the system's certificates are those of the first bundle that has any", async () => {
  const files = { "empty": "", "one": CA, "two": OTHER };
  const bundles = ["missing", "empty", "one", "two"];
  assert.deepEqual(await find({ files, bundles }), { found: [CA], log: "" });
});

Deno.test("a system without a bundle is no trouble", async () => {
  assert.deepEqual(await find({ files: {}, bundles: ["missing"] }), { found: [], log: "" });
});

Deno.test("SSL_CERT_FILE takes the place of the system's bundle", async () => {
  const files = { "system": CA, "mine": OTHER };
  const env = { SSL_CERT_FILE: "mine" };
  assert.deepEqual(await find({ files, env, bundles: ["system"] }), { found: [OTHER], log: "" });
});

Deno.test("SSL_CERT_DIR adds what is in its folders, each certificate once", async () => {
  const files = { "system": CA, "a/ca.pem": CA, "a/README": "none", "b/sub/x": "", "b/o": OTHER };
  const env = { SSL_CERT_DIR: "a:b" };
  const expected = { found: [CA, OTHER], log: "" };
  assert.deepEqual(await find({ files, env, bundles: ["system"] }), expected);
});

for (
  const [variable, path, problem] of [
    ["SSL_CERT_FILE", "missing", "there is no such file"],
    ["SSL_CERT_FILE", "empty", "it contains no usable certificate in PEM format"],
    ["SSL_CERT_DIR", "missing", "No such file or directory"],
  ] as const
) {
  Deno.test(`${variable} that names something ${path} is worth a warning`, async () => {
    const { found, log } = await find({ files: { "empty": "" }, env: { [variable]: path } });
    assert.deepEqual(found, []);
    assert.match(log, new RegExp(`"level":"warn".*"Cannot use the path in ${variable}"`));
    assert.ok(log.includes(problem), log);
  });
}

Deno.test("a damaged certificate among the system's is named and left out", async () => {
  const { found, log } = await find({ files: { "all": CA + DAMAGED + OTHER }, bundles: ["all"] });
  assert.deepEqual(found, [CA, OTHER]);
  assert.match(
    log,
    /"Ignoring damaged certificates","file":"[^"]*all","certificates":\[2\]/,
  );
});

for (const variable of ["SSL_CERT_FILE", "SSL_CERT_DIR"]) {
  Deno.test(`the program trusts what ${variable} names`, async () => {
    await using api = startSimulatedApi({ account: saasAccount(), tls: TLS });
    await using folder = await tempFolder({ "ca.pem": CA });
    const path = variable === "SSL_CERT_FILE" ? "ca.pem" : ".";
    await using program = new Program(
      ["serve", "-e", api.url, "-k", "demo-key", "-s", "demo-secret", "-l", "127.0.0.1:0"],
      {
        surroundings: { [variable]: new URL(path, folder.url).pathname },
        permissions: LISTED_PERMISSIONS,
      },
    );
    await program.until("The API accepted the API key");
  });
}
