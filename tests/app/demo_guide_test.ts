import assert from "node:assert/strict";
import { demoGuide, programName } from "../../src/app/demo_guide.ts";
import { parseArguments } from "../../src/cli/parse.ts";

const GUIDE = {
  url: "http://localhost:9953/",
  apiUrl: "http://127.0.0.1:40123",
  apiKeyId: "demo",
  secret: "demo-secret",
  trouble: false,
  size: { stacks: 300, workerPools: 4, seed: 1 },
};

Deno.test("the demo's guide names a page to open and says that the account is simulated", () => {
  const text = demoGuide(GUIDE);
  assert.match(text, /^ *This account is simulated: 300 stacks, 4 worker pools, seed 1\.$/m);
  assert.doesNotMatch(text, /fail in turn/);
  assert.match(demoGuide({ ...GUIDE, trouble: true }), /^ *Parts of its API fail in turn/m);
  assert.match(text, /^ *Open http:\/\/localhost:9953\/ for the status page/m);
});

Deno.test("the commands in the demo's guide are command lines for the simulated account", () => {
  const lines = demoGuide(GUIDE).split("\n").filter((line) => line.includes(" -e "));
  const commands = lines.map((line) => {
    const [, args = ""] = /^ *(?:.*deno\S* task start|spacelift-promex) (.+)$/.exec(line) ?? [];
    const parsed = parseArguments(args.split(" "), () => undefined);
    assert.ok("settings" in parsed && "account" in parsed.settings, line);
    assert.equal(parsed.settings.account.apiEndpoint.href, "http://127.0.0.1:40123/");
    return parsed.command;
  });
  assert.deepEqual(commands, ["check", "scrape", "serve"]);
});

Deno.test("the demo's guide shows no secret that somebody chose, and quotes an odd key id", () => {
  const text = demoGuide({ ...GUIDE, secret: undefined, apiKeyId: "it's mine" });
  assert.ok(text.includes("-k 'it'\\''s mine' -s YOUR_SECRET"), text);
});

Deno.test("the demo's guide names the program as whoever started it can start it again", () => {
  const npx = "/home/me/.npm/_npx/7a40/node_modules/deno/deno";
  const npxOfWindows = "C:\\Users\\me\\npm-cache\\_npx\\7a40\\node_modules\\deno\\deno.exe";
  const inNpx = `npx -y deno@${Deno.version.deno} task start`;
  assert.equal(programName({ standalone: false }, npx), inNpx);
  assert.equal(programName({ standalone: false }, npxOfWindows), inNpx);
  assert.equal(programName({ standalone: false }, "/usr/bin/deno"), "deno task start");
  assert.equal(programName({ standalone: true }, "/usr/bin/spacelift-promex"), "spacelift-promex");
});
