/**
 * Writes the generated dashboard into examples/, and copies of it, of the rules and of the alerts into
 * the chart, or with `--check` reports which are out of date.
 * With addresses of your own, prints alerts.yaml with them instead of the placeholders. With
 * `--owner`, writes the GitHub account that publishes into every file that names it.
 *
 *     deno task examples [--check | --owner acme]
 *     deno task --quiet examples --base-url https://wiki.acme.com/spacelift \
 *       --grafana-url https://grafana.acme.com > alerts.yaml
 */
import { parseArgs } from "node:util";
import { alertsWithAddresses } from "./alert_addresses.ts";
import { chartFiles } from "./chart_files.ts";
import { chartSchema } from "./chart_schema.ts";
import { dashboardFile } from "./dashboard.ts";
import { writeFiles } from "./generated_files.ts";
import { filesWithOwner } from "./owner.ts";

const OPTIONS = {
  check: { type: "boolean" },
  "base-url": { type: "string" },
  "grafana-url": { type: "string" },
  owner: { type: "string" },
} as const;

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    if (values.owner !== undefined) return await writeFiles(await filesWithOwner(values.owner), []);
    const addresses = { runbook: values["base-url"], grafana: values["grafana-url"] };
    if (addresses.runbook === undefined && addresses.grafana === undefined) {
      const files = [...dashboardFile(), ...await chartFiles(), ...await chartSchema()];
      return await writeFiles(new Map(files), args);
    }
    const text = await Deno.readTextFile("examples/prometheus/alerts.yaml");
    await new Response(alertsWithAddresses(text, addresses)).body?.pipeTo(Deno.stdout.writable);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await Deno.stderr.write(new TextEncoder().encode(`${error.message}\n`));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
