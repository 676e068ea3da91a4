/**
 * Plays every row of the fault matrix and prints what came of it as a table; exits with 1 when a row
 * went otherwise than expected.
 */
import { describeError } from "../src/log.ts";
import type { FaultRow } from "../tests/faults/fault_row.ts";
import { MATRIX } from "../tests/faults/matrix.ts";
import { runRow, type Times } from "../tests/faults/run_row.ts";
import { say } from "./say.ts";

const WIDTHS = [11, 58, 12, 7, 6, 22];
const HEADER = ["kind", "fault", "reason", "partial", "strict", "ms per scrape*", "result"];

async function main(): Promise<number> {
  const started = performance.now();
  let rows = 0;
  let failed = 0;
  print(HEADER);
  for (const [kind, row] of allRows()) {
    const { ms, problem } = await play(row);
    rows++;
    if (problem !== undefined) failed++;
    const { failed: reasons, partial, strict } = row.outcome;
    const reason = Object.values(reasons)[0] ?? "-";
    print([kind, row.name, reason, `${partial}`, `${strict}`, ms, problem ?? "ok"]);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  print(["* partial text, partial OpenMetrics, strict text, strict OpenMetrics"]);
  print([`${rows} rows, ${failed} failed, ${seconds} s`]);
  return failed === 0 ? 0 : 1;
}

function* allRows(): Generator<readonly [string, FaultRow]> {
  for (const [kind, rows] of Object.entries(MATRIX)) {
    for (const row of rows) yield [kind, row];
  }
}

async function play(row: FaultRow): Promise<{ ms: string; problem?: string }> {
  try {
    const times = [await runRow(row, true), await runRow(row, false)];
    return { ms: times.flatMap(milliseconds).join(" ") };
  } catch (error) {
    return { ms: "", problem: `FAILED: ${describeError(error).slice(0, 300)}` };
  }
}

function milliseconds(times: Times): string[] {
  return [...times.values()].map((ms) => ms.toFixed(0).padStart(4));
}

function print(cells: readonly string[]): void {
  say(cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join("  ").trimEnd());
}

if (import.meta.main) Deno.exit(await main());
