import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { saasAccount } from "../support/accounts.ts";
import { eventually } from "../support/eventually.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { serveAccount } from "../support/serve_account.ts";
import { startPrometheus } from "../support/start_prometheus.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";

testWithPrometheus(
  "it scrapes by TLS with the right password only, while the certificate is renewed",
  async (tools) => {
    const [first, second] = [await makeCertificate(), await makeCertificate()];
    const users = `basic_auth_users: {prometheus: ${bcrypt.hashSync("right", 4)}}\n`;
    await using folder = await tempFolder({
      "web.yml": `tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n${users}`,
      "tls.crt": first.cert,
      "tls.key": first.key,
    });
    const write = (name: string, text: string) =>
      Deno.writeTextFile(new URL(name, folder.url), text);
    const flags = ["--web.config.file", new URL("web.yml", folder.url).pathname];
    await using test = serveAccount({ account: saasAccount(), flags });
    const { host } = new URL(await test.program.listening());
    const https = { scheme: "https", tls_config: { insecure_skip_verify: true } };
    const login = (password: string) => ({
      ...https,
      basic_auth: { username: "prometheus", password },
    });
    const jobs = {
      right: login("right"),
      http1: { ...login("right"), enable_http2: false },
      wrong: login("wrong"),
      none: https,
      plain: {},
    };
    const targets = Object.fromEntries(Object.keys(jobs).map((job) => [job, host]));
    await using prometheus = await startPrometheus(tools, { targets, jobs });
    const upOf = async (job: string) => (await prometheus.query(`up{job="${job}"}`))[0]?.value;
    for (const [job, up] of Object.entries({ right: 1, http1: 1, wrong: 0, none: 0, plain: 0 })) {
      await eventually(async () => await upOf(job) === up, `up is not ${up} for ${job}`);
    }
    const since = Date.now();
    await write("tls.crt", second.cert);
    await write("tls.key", second.key);
    test.program.kill("SIGHUP");
    await test.program.until("The web configuration was read again");
    await eventually(
      async () => {
        const scraped = await prometheus.query('timestamp(up{job=~"right|http1"})');
        return scraped.length === 2 && scraped.every(({ value }) => value * 1000 > since + 2000);
      },
      "nothing was scraped after the certificate had been renewed",
    );
    const seconds = Math.ceil((Date.now() - since) / 1000);
    const worst = await prometheus.query(`min_over_time(up{job=~"right|http1"}[${seconds}s])`);
    assert.deepEqual(worst.map(({ value }) => value), [1, 1], "a scrape failed");
  },
);
