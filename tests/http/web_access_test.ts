import assert from "node:assert/strict";
import { WebAccess } from "../../src/http/web_access.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** A web configuration known by the length of its header. */
function version(length: number): string {
  return `http_server_config: {headers: {X-Frame-Options: ${"x".repeat(length)}}}\n`;
}

Deno.test("WebAccess reads again at once, one reading after another, when it is hurried", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using folder = await tempFolder({ "web.yml": version(1) });
  const file = new URL("web.yml", folder.url);
  const access = await WebAccess.open(file.pathname, clock);
  const route = access.guard(() => new Response());
  const seen: (number | undefined)[] = [];
  const listener = {
    onTls: () => assert.fail("there is no certificate"),
    onReload: async () => {
      const { headers } = await route(new Request("http://exporter.invalid/"));
      seen.push(headers.get("x-frame-options")?.length);
      if (seen.length > 1) return;
      await Deno.writeTextFile(file, version(3));
      access.hurry();
    },
  };
  const stopping = new AbortController();
  const watching = access.watch(listener, stopping.signal);
  await Deno.writeTextFile(file, version(2));
  access.hurry();
  access.hurry();
  await eventually(async () => {
    await clock.advance(0);
    return seen.length === 2;
  }, () => log.text);
  assert.deepEqual(seen, [2, 3]);
  assert.equal(log.text.match(/was read again/g)?.length, 2, log.text);
  stopping.abort();
  await watching;
  assert.equal(clock.pending, 0, "a timer is left");
});
