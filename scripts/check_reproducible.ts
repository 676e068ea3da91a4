/**
 * Builds the last commit twice, in two folders with two caches and in two time zones, and compares
 * the checksums of everything a release consists of.
 *
 *     deno task check-reproducible [--target linux-amd64]...
 *
 * Without `--target` it builds every target whose base can be had.
 */
import config from "../deno.json" with { type: "json" };
import { runCommand } from "./run_command.ts";
import { say } from "./say.ts";

const SURROUNDINGS = [
  { TZ: "UTC", LC_ALL: "C" },
  { TZ: "Pacific/Auckland", LC_ALL: "C.UTF-8" },
];

const directory = await Deno.makeTempDir({ prefix: "spacelift-promex-" });
try {
  const [first = "", second = ""] = await Promise.all(
    SURROUNDINGS.map((env, index) => checksumsOfBuild(`${directory}/${index}`, env)),
  );
  say(first.trimEnd());
  if (first !== second) {
    say(`The second build differs:\n${second.trimEnd()}`);
    Deno.exit(1);
  }
  say("Both builds gave the same bytes");
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function checksumsOfBuild(folder: string, env: Record<string, string>): Promise<string> {
  await runCommand("git", ["clone", "--quiet", ".", `${folder}/sources`]);
  await runCommand(Deno.execPath(), ["task", "snapshot", ...Deno.args], {
    cwd: `${folder}/sources`,
    env: { ...env, DENO_DIR: `${folder}/cache` },
  });
  const name = `spacelift-promex_${config.version}_SHA256SUMS`;
  return await Deno.readTextFile(`${folder}/sources/dist/${name}`);
}
