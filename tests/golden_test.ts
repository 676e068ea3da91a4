import assert from "node:assert/strict";
import { emptyAccount } from "../src/demo/api/account.ts";
import { saasAccount, selfHostedAccount } from "./support/accounts.ts";
import { parseExposition } from "./support/parse_exposition.ts";
import { startExporter, type TestExporter } from "./support/start_exporter.ts";

const GOLDEN = new URL("golden/", import.meta.url);

const FORMATS = [
  ["text", "txt", "text/plain"],
  ["openmetrics", "om.txt", "application/openmetrics-text"],
] as const;

/** What each recorded account is, and what its key may not read. */
const ACCOUNTS: Readonly<Record<string, () => TestExporter>> = {
  saas: () => startExporter({ account: saasAccount() }),
  self_hosted: () =>
    startExporter({
      account: selfHostedAccount(),
      demo: {
        refusedToMachines: ["usage", "metrics"],
        missingFields: [
          "PublicWorkerPool.schedulableRunsCount",
          "WorkerPool.schedulableRunsCount",
        ],
      },
    }),
  empty: () => startExporter({ account: emptyAccount() }),
  workerpools_only: () => {
    const test = startExporter({ account: saasAccount() });
    for (const operation of ["PublicWorkerPool", "Usage", "Aggregates"]) {
      test.demo.faults.set(`PrometheusExporter_${operation}`, { errors: ["unauthorized"] });
    }
    return test;
  },
};

for (const [name, start] of Object.entries(ACCOUNTS)) {
  for (const [format, extension, accept] of FORMATS) {
    Deno.test(`golden: ${name}.${extension} is what a scrape gives`, async () => {
      await using test = start();
      const response = await test.get({ accept });
      const written = await response.text();
      assert.equal(response.status, 200, written);
      parseExposition(written, format);
      const file = new URL(`${name}.${extension}`, GOLDEN);
      const masked = mask(written);
      if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, masked);
      assert.equal(masked, await Deno.readTextFile(file));
    });
  }
}

Deno.test("golden: no recorded exposition is left over", async () => {
  const recorded = (await Array.fromAsync(Deno.readDir(GOLDEN))).map(({ name }) => name);
  const expected = Object.keys(ACCOUNTS).flatMap((name) =>
    FORMATS.map(([, extension]) => `${name}.${extension}`)
  );
  assert.deepEqual(recorded.sort(), [...expected, "documents.json"].sort());
});

/** Puts `*` for what is another value in each process or release; time stands still in these tests. */
function mask(exposition: string): string {
  return exposition
    .replaceAll(/^(process_\w+) .*$/gm, "$1 *")
    .replaceAll(/\b(denoversion|version)="[^"]*"/g, '$1="*"');
}
