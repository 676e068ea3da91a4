import assert from "node:assert/strict";
import { openSecretFile, readCaCertificates, readSecretFile } from "../../src/app/credentials.ts";
import { quote, UsageError } from "../../src/cli/usage_error.ts";
import { captureLog } from "../support/capture_log.ts";

const CANARY = "canary-5f2b";

const REAL = await Deno.readTextFile(new URL("../support/tls/ca.pem", import.meta.url));

function pem(body: string): string {
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

async function withFile(
  content: string | Uint8Array<ArrayBuffer>,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, typeof content === "string" ? encode(content) : content);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

const GOOD_SECRETS: Readonly<Record<string, string>> = {
  "on one line": CANARY,
  "with a line end": `${CANARY}\n`,
  "with a Windows line end": `${CANARY}\r\n`,
  "with a byte order mark": `\ufeff${CANARY}`,
  "with space around it": `  ${CANARY}\t\n\n`,
};

for (const [name, content] of Object.entries(GOOD_SECRETS)) {
  Deno.test(`secret file: a secret ${name} is read`, async () => {
    await withFile(content, async (path) => {
      assert.equal((await readSecretFile(path)).reveal(), CANARY);
    });
  });
}

const BAD_SECRETS: Readonly<Record<string, readonly [string | Uint8Array<ArrayBuffer>, string]>> = {
  "an empty file": ["", "the file is empty"],
  "a blank file": [" \n\t\n", "the file is empty"],
  "two lines": [`${CANARY}\n${CANARY}`, "the file is not a single line of text"],
  "a NUL": [`${CANARY}\0${CANARY}`, "the file is not a single line of text"],
  "bytes that are not UTF-8": [
    new Uint8Array([0xff, 0xfe, 0x41]),
    "the file is not a single line of text",
  ],
  "65537 bytes": [CANARY.padEnd(65_537, "x"), "the file is larger than 64 KiB"],
};

for (const [name, [content, problem]] of Object.entries(BAD_SECRETS)) {
  Deno.test(`secret file: ${name} is refused`, async () => {
    await withFile(content, async (path) => {
      await assert.rejects(
        readSecretFile(path),
        new UsageError(`Cannot use --api-key-secret-file ${quote(path)}: ${problem}`),
      );
    });
  });
}

Deno.test("secret file: 65536 bytes are read", async () => {
  const secret = "x".repeat(65_536);
  await withFile(secret, async (path) => {
    assert.equal((await readSecretFile(path)).reveal(), secret);
  });
});

Deno.test("secret file: a missing file is refused", async () => {
  await assert.rejects(readSecretFile("/nowhere/secret"), {
    name: "UsageError",
    message: 'Cannot read --api-key-secret-file "/nowhere/secret": there is no such file',
  });
});

Deno.test("secret file: a folder is refused", async () => {
  const path = await Deno.makeTempDir();
  try {
    await assert.rejects(readSecretFile(path), {
      message: `Cannot read --api-key-secret-file ${quote(path)}: it is a directory`,
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("secret file: a device is refused unread", async () => {
  await assert.rejects(readSecretFile("/dev/null"), {
    message:
      'Cannot read --api-key-secret-file "/dev/null": it is neither a regular file nor a pipe',
  });
});

Deno.test("secret file: a file is read again for each use", async () => {
  await withFile("first", async (path) => {
    const secret = await openSecretFile(path);
    assert.equal((await secret()).reveal(), "first");
    await Deno.writeTextFile(path, "second");
    assert.equal((await secret()).reveal(), "second");
  });
});

Deno.test({
  name: "secret file: a pipe is read once, and what it gave is remembered",
  ignore: Deno.build.os === "windows",
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const path = `${directory}/pipe`;
      await new Deno.Command("mkfifo", { args: [path] }).output();
      const [secret] = await Promise.all([
        openSecretFile(path),
        Deno.writeTextFile(path, `${CANARY}\n`),
      ]);
      assert.equal((await secret()).reveal(), CANARY);
      assert.equal((await secret()).reveal(), CANARY);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("CA file: every certificate is read, and nothing beside them", async () => {
  const windows = REAL.trimEnd().replaceAll("\n", "\r\n") + "\n";
  await withFile(`# one\n${REAL}# two\r\n${windows}`, async (path) => {
    assert.deepEqual(await readCaCertificates(path), [REAL, windows]);
  });
});

const BAD_CERTIFICATES: Readonly<Record<string, readonly [string, string]>> = {
  "an empty file": ["", "the file contains no certificate in PEM format"],
  "a private key": [
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    "the file contains no certificate in PEM format",
  ],
  "a certificate without content": [pem(""), "every certificate in it is damaged"],
  "base64 of something else": [pem("QUJD"), "every certificate in it is damaged"],
  "base64 that begins as a certificate does": [pem("MAA="), "every certificate in it is damaged"],
  "a certificate without its end": [
    `-----BEGIN CERTIFICATE-----\nMIIB\n${pem("MIIB")}`,
    "every certificate in it is damaged",
  ],
};

for (const [name, [content, problem]] of Object.entries(BAD_CERTIFICATES)) {
  Deno.test(`CA file: ${name} is refused`, async () => {
    await withFile(content, async (path) => {
      await assert.rejects(
        readCaCertificates(path),
        new UsageError(`Cannot use --ca-cert-path ${quote(path)}: ${problem}`),
      );
    });
  });
}

Deno.test("CA file: the good certificates are used, and the log names the damaged ones", async () => {
  using log = captureLog();
  await withFile(pem("MI!B") + REAL + pem("QUJD"), async (path) => {
    assert.deepEqual(await readCaCertificates(path), [REAL]);
    const [record, ...more] = log.records.map((line) => JSON.parse(line));
    const { level, msg, file, certificates } = record ?? {};
    assert.deepEqual({ level, msg, file, certificates, more }, {
      level: "warn",
      msg: "Ignoring damaged certificates",
      file: path,
      certificates: [1, 3],
      more: [],
    });
  });
});

Deno.test("CA file: a device is refused unread", async () => {
  await assert.rejects(readCaCertificates("/dev/null"), {
    message: 'Cannot read --ca-cert-path "/dev/null": it is neither a regular file nor a pipe',
  });
});

Deno.test("CA file: a missing file is refused", async () => {
  await assert.rejects(readCaCertificates("/nowhere/ca.pem"), {
    name: "UsageError",
    message: 'Cannot read --ca-cert-path "/nowhere/ca.pem": there is no such file',
  });
});
