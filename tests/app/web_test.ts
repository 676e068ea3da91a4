import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { saasAccount } from "../support/accounts.ts";
import { eventually } from "../support/eventually.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { runProgram } from "../support/run_program.ts";
import { runTool } from "../support/run_tool.ts";
import { serveAccount } from "../support/serve_account.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { hasTool } from "../support/tools.ts";

const TLS_FOLDER = new URL("../support/tls/", import.meta.url);
const TLS = "tls_server_config: {cert_file: tls.crt, key_file: keys/tls.key}\n";

const ignore = !await hasTool("openssl", "version");

function users(password: string): string {
  return `basic_auth_users:\n  alice: ${bcrypt.hashSync(password, 4)}\n`;
}

/** Asks with curl, which shows the certificate's name, too: a client that is not of this runtime. */
async function curl(url: string, ...args: string[]) {
  const { code, stdout, stderr } = await runTool("curl", ["-sSki", "-m10", ...args, url]);
  return { code, stdout, stderr, status: Number(/^HTTP\/\S+ (\d+)/.exec(stdout)?.[1]) };
}

async function certificateName(host: string): Promise<string | undefined> {
  const { stdout } = await runTool("openssl", ["s_client", "-connect", host]);
  return /^subject=CN = (.*)$/m.exec(stdout)?.[1];
}

Deno.test("web configuration: TLS, passwords and headers, and new versions of each", {
  ignore,
}, async (t) => {
  const first = await makeCertificate({ name: "first" });
  const second = await makeCertificate({ name: "second" });
  await using folder = await tempFolder({
    "web.yml": `${TLS}${users("old")}http_server_config: {headers: {X-Frame-Options: deny}}\n`,
    "tls.crt": first.cert,
    "keys/tls.key": first.key,
  });
  const write = (name: string, text: string) => Deno.writeTextFile(new URL(name, folder.url), text);
  const web = new URL("web.yml", folder.url).pathname;
  await using test = serveAccount({
    account: saasAccount(),
    flags: ["--web.config.file", web],
  });
  const { host } = new URL(await test.program.listening());
  const url = `https://${host}/metrics`;
  await test.program.until("The API accepted the API key");

  await t.step("everything needs the password but questions for health", async () => {
    for (const path of ["/metrics", "/", "/elsewhere", "//health"]) {
      const { status, stdout } = await curl(`https://${host}${path}`);
      assert.equal(status, 401, path);
      assert.match(
        stdout,
        /^www-authenticate: Basic realm="spacelift-promex", charset="UTF-8"\r$/im,
      );
      assert.match(stdout, /^x-frame-options: deny\r$/im);
    }
    for (const path of ["/health", "/-/ready", "/readyz", "/-/healthy", "/healthz", "/livez"]) {
      assert.equal((await curl(`https://${host}${path}`)).status, 200, path);
    }
    assert.equal((await curl(url, "-ualice:old")).status, 200);
    assert.equal((await curl(`https://${host}/`, "-ualice:old")).status, 200);
    assert.equal((await curl(url, "-ualice:new")).status, 401);
    assert.equal((await curl(url, "-unobody:old")).status, 401);
  });

  await t.step("plain HTTP is not answered", async () => {
    assert.notEqual((await curl(`http://${host}/health`)).status, 200);
  });

  await t.step("health knows how to ask", async () => {
    const asked = await runProgram(["health", "-l", host, "--web.config.file", web]);
    assert.deepEqual(asked, {
      code: 0,
      stdout: "Countdown complete - ready to serve metrics!\n",
      stderr: "",
    });
  });

  await t.step("a broken version leaves the old one in place", async () => {
    const { stdout } = await curl(url, "-ualice:old");
    assert.match(stdout, /^spacelift_exporter_web_config_reload_success 1$/m);
    await write("tls.crt", second.cert);
    test.program.kill("SIGHUP");
    await test.program.until(
      "tls_server_config.key_file: it is not the key of the certificate in cert_file",
    );
    assert.equal(await certificateName(host), "first");
    const after = await curl(url, "-ualice:old");
    assert.match(after.stdout, /^spacelift_exporter_web_config_reload_success 0$/m);
  });

  await t.step("a new certificate is shown without a failed scrape", async () => {
    await write("keys/tls.key", second.key);
    test.program.kill("SIGHUP");
    await eventually(
      async () => await certificateName(host) === "second",
      () => test.program.output,
    );
    const { status, stdout } = await curl(url, "-ualice:old");
    assert.equal(status, 200);
    assert.match(stdout, /^spacelift_exporter_web_config_reload_success 1$/m);
    assert.match(stdout, /^spacelift_exporter_listener_restarts_total 0$/m);
  });

  await t.step("a new password takes the old one's place, without a signal as well", async () => {
    assert.equal((await curl(url, "-ualice:old")).status, 200);
    await write("web.yml", TLS + users("new"));
    await eventually(async () => (await curl(url, "-ualice:new")).status === 200, "the old stays");
    assert.equal((await curl(url, "-ualice:old")).status, 401);
  });

  await t.step("a folder in the place of the file changes nothing", async () => {
    await Deno.remove(web);
    await Deno.mkdir(web);
    test.program.kill("SIGHUP");
    await test.program.until('"error":"it is a directory"');
    assert.equal((await curl(url, "-ualice:new")).status, 200);
  });

  await t.step("no hash, password or key is logged", () => {
    assert.doesNotMatch(test.program.output, /\$2[aby]|PRIVATE|"new"|"old"/);
  });
});

Deno.test("web configuration: what is odd is warned of and works", { ignore }, async () => {
  const { cert, key } = await makeCertificate({ days: -1 });
  await using folder = await tempFolder({ "web.yml": TLS, "tls.crt": cert, "keys/tls.key": key });
  await Deno.chmod(new URL("keys/tls.key", folder.url), 0o644);
  const flags = ["--web.config.file", new URL("web.yml", folder.url).pathname];
  await using test = serveAccount({ account: saasAccount(), flags });
  const { host } = new URL(await test.program.listening());
  assert.match(test.program.output, /"level":"warn",[^\n]*"msg":"The certificate expired at 20/);
  assert.match(test.program.output, /"level":"warn",[^\n]*"msg":"Every user of this machine may/);
  await test.program.until("The API accepted the API key");
  assert.equal((await curl(`https://${host}/metrics`)).status, 200);
  const { code, stderr } = await runProgram(["health", "-l", host, ...flags]);
  assert.equal(code, 0, stderr);
});

Deno.test("web configuration: what cannot be used ends the program with one line", {
  ignore,
}, async (t) => {
  const one = await makeCertificate();
  const other = await makeCertificate();
  const files = { "tls.crt": one.cert, "keys/tls.key": one.key };
  const cases: readonly (readonly [string, Record<string, string>, string])[] = [
    ["no file", {}, "there is no such file"],
    ["a folder", { "web.yml/a": "" }, "it is a directory"],
    ["no YAML", { "web.yml": "a: [" }, "line 1 is not YAML"],
    ["no certificate", { "web.yml": TLS }, "tls_server_config.cert_file: there is no such file"],
    [
      "no key",
      { "web.yml": TLS, "tls.crt": one.cert },
      "tls_server_config.key_file: there is no such file",
    ],
    [
      "another's key",
      { ...files, "web.yml": TLS, "keys/tls.key": other.key },
      "tls_server_config.key_file: it is not the key of the certificate in cert_file",
    ],
    [
      "a key in the certificate's place",
      { ...files, "web.yml": TLS, "tls.crt": one.key },
      "tls_server_config.cert_file: it has no certificate in PEM format",
    ],
    [
      "a certificate in the key's place",
      { ...files, "web.yml": TLS, "keys/tls.key": one.cert },
      "tls_server_config.key_file: it has no private key in PEM format without a passphrase",
    ],
    [
      "a damaged certificate",
      { ...files, "web.yml": TLS, "tls.crt": one.cert.replace(/\n.{9}/, "\n") },
      "tls_server_config.cert_file: the certificate is damaged",
    ],
    [
      "a damaged key",
      { ...files, "web.yml": TLS, "keys/tls.key": one.key.replace(/\n.{9}/, "\n") },
      "tls_server_config.key_file: the key is damaged or has a passphrase",
    ],
    [
      "a key with a passphrase in the old format",
      {
        ...files,
        "web.yml": TLS,
        "keys/tls.key": one.key.replaceAll("PRIVATE", "EC PRIVATE")
          .replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"),
      },
      "tls_server_config.key_file: the key is damaged or has a passphrase",
    ],
    [
      "a certificate of version 1",
      {
        "web.yml": TLS,
        "tls.crt": await Deno.readTextFile(new URL("version1.pem", TLS_FOLDER)),
        "keys/tls.key": await Deno.readTextFile(new URL("version1.key", TLS_FOLDER)),
      },
      "tls_server_config.cert_file: TLS needs an X.509 certificate of version 3",
    ],
  ];
  for (const [name, content, problem] of cases) {
    await t.step(name, async () => {
      await using folder = await tempFolder({ ...content, "there": "" });
      const path = new URL("web.yml", folder.url).pathname;
      const line = `Cannot use --web.config.file ${JSON.stringify(path)}: ${problem}\n`;
      const args = ["demo", "-l", "127.0.0.1:0", "--log.level=error", "--web.config.file", path];
      assert.deepEqual(await runProgram(args), { code: 1, stdout: "", stderr: line });
    });
  }
});

Deno.test("web configuration: a pipe, which would block the second reading, is refused", {
  ignore: ignore || !await hasTool("mkfifo", "--version"),
}, async (t) => {
  const { cert, key } = await makeCertificate();
  const cases = { "web.yml": "", "keys/tls.key": "tls_server_config.key_file: " };
  for (const [name, prefix] of Object.entries(cases)) {
    await t.step(name, async () => {
      const files = { "web.yml": TLS, "tls.crt": cert, "keys/tls.key": key };
      await using folder = await tempFolder(files);
      const pipe = new URL(name, folder.url).pathname;
      await Deno.remove(pipe);
      await runTool("mkfifo", [pipe]);
      const path = new URL("web.yml", folder.url).pathname;
      const { code, stderr } = await runProgram(["demo", "-l", ":0", "--web.config.file", path]);
      const problem = `${prefix}it is a pipe, which cannot be read again`;
      assert.equal(stderr, `Cannot use --web.config.file ${JSON.stringify(path)}: ${problem}\n`);
      assert.equal(code, 1);
    });
  }
});
