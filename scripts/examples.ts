/**
 * Writes the dashboard and the rules for Prometheus with their runbook into examples/, or with
 * `--check` tells which of them are out of date.
 *
 *     deno task examples [--check]
 */
import { ruleFiles } from "./alerts.ts";
import { dashboardFile } from "./dashboard.ts";
import { writeFiles } from "./generated_files.ts";

const files = new Map([...dashboardFile(), ...ruleFiles()]);
if (import.meta.main) Deno.exit(await writeFiles(files, Deno.args));
