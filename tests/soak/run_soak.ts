/**
 * Scrapes an exporter 20 times a second for ten minutes, or for `--seconds`, while its API makes all
 * the trouble of the fault matrix at random; exits with 1 when it told something untrue, leaked or
 * ended.
 */
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { seconds: { type: "string", default: "600" } },
  });
  const { problems, scrapes, troubles, kinds, memory, latest } = await soak(Number(values.seconds));
  const { good, degraded, failed, left } = scrapes;
  say(`scrapes: ${good} good, ${degraded} degraded, ${failed} failed, ${left} left early`);
  say(`troubles: ${troubles} of ${kinds} kinds`);
  say(`latest answer: ${latest.toFixed(0)} ms past its deadline`);
  say(`resident memory by minute, MiB: ${memory.map((mib) => mib.toFixed(0)).join(" ")}`);
  for (const problem of problems) say(`PROBLEM: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
