import assert from "node:assert/strict";
import { alertExcerpt } from "./alerts/alert_excerpt.ts";
import { alertTable } from "./alerts/alert_table.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("README: it tells when each alert fires and resolves, as the scenarios show", () => {
  const table = alertTable();
  assert.ok(README.includes(table), `README.md should have this table:\n\n${table}\n`);
});

Deno.test("README: its examples of alerts on stacks are those in the rules", () => {
  const excerpt = alertExcerpt("spacelift-stacks");
  assert.ok(README.includes(excerpt), `README.md should have these rules:\n\n${excerpt}\n`);
});
