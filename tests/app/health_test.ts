import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { LISTED_PERMISSIONS, runProgram } from "../support/run_program.ts";
import { RawServer } from "../support/raw_server.ts";
import { serveAccount } from "../support/serve_account.ts";

Deno.test("health is 0 and says so while the exporter is well", async () => {
  await using test = serveAccount({ account: saasAccount() });
  const { host } = new URL(await test.program.listening());
  await test.program.until("The API accepted the API key");
  const { code, stdout, stderr } = await runProgram(["health", "--listen-address", host]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 0,
    stdout: "Countdown complete - ready to serve metrics!\n",
    stderr: "",
  });
});

Deno.test("health is 1 with one line until the API has accepted the key", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.faults.set("apiKeyUser", { status: 502 }),
  });
  const { host } = new URL(await test.program.listening());
  assert.deepEqual(await runProgram(["health", "--listen-address", host]), {
    code: 1,
    stdout: "",
    stderr: `The exporter at http://${host}/health is not healthy: HTTP 503: ` +
      "Not ready: the API has not accepted the API key yet\n",
  });
});

Deno.test("health is 1 with one line when nobody listens", async () => {
  const server = await RawServer.start(() => {});
  const { host } = new URL(server.url);
  await server.close();
  const { code, stdout, stderr } = await runProgram(["health", "-l", host]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    new RegExp(`^Cannot ask the exporter at http://${host}/health: [^\\n]+\\n$`),
  );
});

Deno.test("health is 1 when the exporter is shutting down", async () => {
  await using server = await RawServer.start(async (connection) => {
    await connection.request();
    connection.write("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nleave");
    connection.end();
  });
  const { code, stderr } = await runProgram(["health", "-l", new URL(server.url).host]);
  assert.equal(code, 1);
  assert.match(stderr, /is not healthy: HTTP 503: leave\n$/);
});

Deno.test("health prints no more than a line of what a foreign server answers", async () => {
  await using server = await RawServer.start(async (connection) => {
    await connection.request();
    connection.write("HTTP/1.1 404 Not Found\r\ncontent-length: 9000000\r\n\r\n<html>\n\x1b[31m");
    connection.write("x".repeat(70_000));
  });
  const { code, stdout, stderr } = await runProgram(["health", "-l", new URL(server.url).host]);
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
  assert.match(stderr, /is not healthy: HTTP 404: <html> \[31mx{189}\.\.\.\n$/);
});

Deno.test("health is 1 when no answer comes within the time-out", async () => {
  await using server = await RawServer.start(() => {});
  const args = ["health", "-l", new URL(server.url).host, "-t", "200ms"];
  const { code, stderr } = await runProgram(args);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot ask the exporter at .*\n$/);
});

Deno.test("health is 1 with one line when it is not told the port", async () => {
  assert.deepEqual(await runProgram(["health", "-l", ":0"]), {
    code: 1,
    stdout: "",
    stderr: 'Cannot ask --listen-address ":0": name the port that the exporter listens on\n',
  });
});

Deno.test("health asks the exporter itself, whatever proxy the environment names", async () => {
  await using test = serveAccount({ account: saasAccount() });
  const { host } = new URL(await test.program.listening());
  await test.program.until("The API accepted the API key");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...LISTED_PERMISSIONS, "main.ts", "health", "-l", host],
    env: { HTTP_PROXY: "http://127.0.0.1:9", http_proxy: "http://127.0.0.1:9" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
