import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { serveAccount } from "../support/serve_account.ts";

const OPEN_FILES = 128;
const CONNECTIONS = 300;
const RESTARTS = /^spacelift_exporter_listener_restarts_total (\d+)$/m;

Deno.test("more idle connections than descriptors: scrapes are answered, restarts counted, the end is clean", async () => {
  await using test = serveAccount({ account: saasAccount(), openFiles: OPEN_FILES });
  const url = new URL(await test.program.listening());
  await test.program.until("The API accepted the API key");
  assert.match(await scrape(url), /^spacelift_exporter_listener_restarts_total 0$/m);
  const idle: Deno.Conn[] = [];
  try {
    for (let count = 0; count < CONNECTIONS; count++) {
      await repeat(async () => {
        idle.push(await Deno.connect({ hostname: url.hostname, port: Number(url.port) }));
      }, isBetweenListeners);
    }
    const restarts = Number(RESTARTS.exec(await scrape(url))?.[1]);
    assert.ok(restarts >= 1 && restarts <= CONNECTIONS / 50, `${restarts} restarts`);
    await test.program.until("The HTTP listener failed and is started again");
    test.program.kill("SIGTERM");
    assert.equal((await test.program.ended).code, 0, test.program.output);
  } finally {
    for (const connection of idle) connection.close();
  }
});

Deno.test("idle connections to the webhook that take every descriptor cost one request", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    openFiles: OPEN_FILES,
    flags: ["--webhook-listen-address=127.0.0.1:0", "--webhook-secret=secret"],
  });
  const url = new URL(await test.program.listening());
  await test.program.until("The API accepted the API key");
  const [, port] = /"at":"127\.0\.0\.1:(\d+)\/webhook"/.exec(test.program.output) ?? [];
  const idle: Deno.Conn[] = [];
  const isHealthy = async () => {
    try {
      const health = new URL("/-/healthy", url);
      const response = await fetch(health, { headers: { connection: "close" } });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
  try {
    do idle.push(await Deno.connect({ hostname: url.hostname, port: Number(port) })); while (
      idle.length < CONNECTIONS && await isHealthy()
    );
    assert.ok(idle.length < OPEN_FILES, "the webhook's listener failed first");
    for (let count = 0; count < 3; count++) {
      assert.match(await scrape(url), /^spacelift_exporter_listener_restarts_total 1$/m);
    }
  } finally {
    for (const connection of idle) connection.close();
  }
});

/** Scrapes once; a scrape that the restart of the listener cuts is sent again, as Prometheus would. */
function scrape(url: URL): Promise<string> {
  return repeat(async () => {
    const response = await fetch(new URL("/metrics", url), { headers: { connection: "close" } });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text;
  }, (error) => error instanceof TypeError);
}

/**
 * Whether a connection came after one listener closed (reset in its queue, at once or before it was
 * looked at) or before the next one listened (refused).
 */
function isBetweenListeners(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.NotConnected;
}

/** Works again after such an error, at most five times in a second. */
async function repeat<T>(
  work: () => Promise<T>,
  isSuch: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5 || !isSuch(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
