import assert from "node:assert/strict";
import { switchedOff } from "../../src/app/switched_off.ts";
import { settingsOf } from "../support/settings_of.ts";

Deno.test("nothing is switched off by default", () => {
  assert.deepEqual(switchedOff(settingsOf([])), []);
});

Deno.test("what is switched off is named by the flags that switch it off", () => {
  const flags = [
    "--no-collector.usage",
    "--no-exporter-metrics",
    "--no-partial-scrapes",
    "--max-staleness=0",
  ];
  assert.deepEqual(switchedOff(settingsOf(flags)), flags);
});
