import { MATRIX } from "./matrix.ts";
import { runRow } from "./run_row.ts";

for (const [kind, rows] of Object.entries(MATRIX)) {
  for (const row of rows) {
    Deno.test(`faults: ${kind}: ${row.name}`, async () => {
      for (const partial of [true, false]) await runRow(row, partial);
    });
  }
}
