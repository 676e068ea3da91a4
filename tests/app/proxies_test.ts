import assert from "node:assert/strict";
import { bypassProxy, isException } from "../../src/app/proxies.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { RawServer } from "../support/raw_server.ts";
import { LISTED_PERMISSIONS, Program } from "../support/run_program.ts";

const API = "https://spacelift.corp.example/";

const EXCEPTIONS: readonly (readonly [string, string, boolean])[] = [
  [API, "", false],
  [API, "other.example", false],
  [API, "*", true],
  [API, "spacelift.corp.example", true],
  [API, "Spacelift.CORP.example", true],
  [API, "corp.example", true],
  [API, ".corp.example", true],
  [API, "*.corp.example", true],
  [API, "*.Corp.Example", true],
  [API, "*.spacelift.corp.example", false],
  [API, "lift.corp.example", false],
  [API, "spacelift.corp.example:443", true],
  [API, "*.corp.example:443", true],
  [API, "spacelift.corp.example:8443", false],
  [API, "a.example, *.corp.example", true],
  [API, "a.example *.corp.example", true],
  ["https://spacelift.corp.example:8443/", "corp.example:8443", true],
  ["https://spacelift.corp.example:8443/", "corp.example:443", false],
  ["http://spacelift.corp.example/", "corp.example:80", true],
  ["https://10.1.2.3/", "10.1.2.3:443", true],
  ["https://10.1.2.3/", "10.1.2.4", false],
  ["https://[fd00::1]/", "[fd00::1]:443", true],
  ["https://[fd00::1]/", "fd00::1", true],
  ["https://[fd00::1]/", "fd00::2", false],
];

for (const [url, exceptions, expected] of EXCEPTIONS) {
  Deno.test(`NO_PROXY="${exceptions}" ${expected ? "names" : "does not name"} ${url}`, () => {
    assert.equal(isException(new URL(url), exceptions), expected);
  });
}

const ADDITIONS: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
  [API, { NO_PROXY: "10.0.0.0/8" }, undefined],
  [API, { NO_PROXY: "*.corp.example" }, "*.corp.example,spacelift.corp.example"],
  [API, { no_proxy: "*.corp.example" }, "*.corp.example,spacelift.corp.example"],
  [API, { NO_PROXY: "", no_proxy: "corp.example" }, "corp.example,spacelift.corp.example"],
  ["http://127.0.0.1:8080/", {}, "127.0.0.1"],
  ["http://127.8.9.1:8080/", {}, "127.8.9.1"],
  ["http://localhost:8080/", { no_proxy: "a.example" }, "a.example,localhost"],
  ["http://[::1]:8080/", {}, "::1"],
  ["http://128.0.0.1/", {}, undefined],
  ["http://localhost.example/", {}, undefined],
];

for (const [url, environment, expected] of ADDITIONS) {
  Deno.test(`for ${url} and ${JSON.stringify(environment)} NO_PROXY becomes ${expected}`, () => {
    const written = new Map<string, string>();
    bypassProxy(new URL(url), {
      env: (name) => environment[name],
      setEnv: (name, value) => written.set(name, value),
    });
    assert.deepEqual([...written], expected === undefined ? [] : [["NO_PROXY", expected]]);
  });
}

Deno.test("neither demo nor serve asks a proxy for what is on the loopback interface", async () => {
  let asked = 0;
  await using proxy = await RawServer.start((connection) => {
    asked++;
    connection.end();
  });
  await using api = startSimulatedApi({ account: saasAccount() });
  const surroundings = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: "", no_proxy: "" };
  const account = ["-e", api.url, "-k", "demo-key", "-s", "demo-secret"];
  for (const args of [["demo"], ["serve", ...account]]) {
    const options = { surroundings, permissions: LISTED_PERMISSIONS };
    await using program = new Program([...args, "-l", "127.0.0.1:0"], options);
    await program.until("The API accepted the API key");
  }
  assert.equal(asked, 0, "the proxy was asked");
});
