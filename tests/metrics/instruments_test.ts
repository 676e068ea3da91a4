import assert from "node:assert/strict";
import { writeExposition } from "../../src/metrics/exposition.ts";
import { plainBody } from "../../src/metrics/gzip.ts";
import { INSTRUMENT_FAMILIES, Instruments } from "../../src/metrics/instruments.ts";
import { joinBytes } from "../support/join_bytes.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";

Deno.test("instruments are read back as they were counted, in both formats", () => {
  const instruments = new Instruments();
  instruments.apiRequests.inc({ operation: "a" }, 2);
  instruments.apiRequests.inc({ operation: "b" });
  instruments.apiRequestFailures.inc({ operation: "a", reason: "timeout" });
  instruments.apiRequestDuration.observe({ operation: "a" }, 0.3);
  instruments.apiRequestDuration.observe({ operation: "a" }, 60);
  instruments.tokenExchanges.inc();
  instruments.tokenExpiry = 1_800_036_000;
  for (const [format, one] of [["text", "1"], ["openmetrics", "1.0"]] as const) {
    const series = readSeries(instruments, format);
    const expected = {
      'spacelift_exporter_api_requests_total{operation="a"}': 2,
      'spacelift_exporter_api_requests_total{operation="b"}': 1,
      'spacelift_exporter_api_request_failures_total{operation="a",reason="timeout"}': 1,
      'spacelift_exporter_api_request_duration_seconds_bucket{le="0.25",operation="a"}': 0,
      'spacelift_exporter_api_request_duration_seconds_bucket{le="0.5",operation="a"}': 1,
      [`spacelift_exporter_api_request_duration_seconds_bucket{le="${one}",operation="a"}`]: 1,
      'spacelift_exporter_api_request_duration_seconds_bucket{le="+Inf",operation="a"}': 2,
      'spacelift_exporter_api_request_duration_seconds_sum{operation="a"}': 60.3,
      'spacelift_exporter_api_request_duration_seconds_count{operation="a"}': 2,
      "spacelift_exporter_token_exchanges_total": 1,
      "spacelift_exporter_token_exchange_failures_total": 0,
      "spacelift_exporter_token_expiry_timestamp_seconds": 1_800_036_000,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(series.get(name), value, `${name} in ${format}`);
    }
  }
});

Deno.test("reading instruments changes nothing about them", () => {
  const instruments = new Instruments();
  instruments.apiRequests.inc({ operation: "a" });
  const [first] = instruments.read();
  const [second] = instruments.read();
  assert.deepEqual(second, first);
});

Deno.test("two sets of instruments do not share their counts", () => {
  const counted = new Instruments();
  counted.tokenExchanges.inc();
  const fresh = readSeries(new Instruments(), "text");
  assert.equal(fresh.get("spacelift_exporter_token_exchanges_total"), 0);
});

Deno.test("the process's own figures are true ones, not the zeros of missing permissions", () => {
  const series = readSeries(new Instruments(), "text");
  const cpu = series.get("process_cpu_seconds_total") ?? 0;
  const memory = series.get("process_resident_memory_bytes") ?? 0;
  const start = series.get("process_start_time_seconds") ?? 0;
  assert.ok(cpu > 0.01 && cpu < 3600, `${cpu} s of CPU time`);
  assert.ok(memory > 2 ** 24 && memory < 2 ** 34, `${memory} bytes of memory`);
  assert.ok(Math.abs(Date.now() / 1000 - start) < 3600, `started at ${start}`);
});

Deno.test("every family that instruments deliver is declared", () => {
  const delivered = new Instruments().read().map(({ family }) => family.name);
  assert.deepEqual(delivered, INSTRUMENT_FAMILIES.map(({ name }) => name));
});

function readSeries(
  instruments: Instruments,
  format: "text" | "openmetrics",
): Map<string, number> {
  const bytes = joinBytes(plainBody(writeExposition(instruments.read(), format)));
  const written = new TextDecoder().decode(bytes);
  return seriesOf(parseExposition(written, format));
}
