/**
 * Writes the generated dashboard into examples/, or with `--check` reports whether it is out of date.
 * With addresses of your own, prints alerts.yaml with them in place of the placeholders instead.
 *
 *     deno task examples [--check]
 *     deno task --quiet examples --base-url https://wiki.acme.com/spacelift \
 *       --grafana-url https://grafana.acme.com > alerts.yaml
 */
import { parseArgs } from "node:util";
import { alertsWithAddresses } from "./alert_addresses.ts";
import { dashboardFile } from "./dashboard.ts";
import { writeFiles } from "./generated_files.ts";

async function main(args: readonly string[]): Promise<number> {
  const { values: { check, ...addresses } } = parseArgs({
    args: [...args],
    options: {
      check: { type: "boolean", default: false },
      "base-url": { type: "string" },
      "grafana-url": { type: "string" },
    },
  });
  if (Object.keys(addresses).length === 0) return await writeFiles(dashboardFile(), args);
  const text = await Deno.readTextFile("examples/prometheus/alerts.yaml");
  const alerts = alertsWithAddresses(text, {
    runbook: addresses["base-url"],
    grafana: addresses["grafana-url"],
  });
  await new Response(alerts).body?.pipeTo(Deno.stdout.writable);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
