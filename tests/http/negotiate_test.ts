import assert from "node:assert/strict";
import fc from "fast-check";
import { acceptsGzip, negotiateFormat } from "../../src/http/negotiate.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** `Accept` as real clients send it, and the Content-Type they must get. */
const RECORDED: Readonly<Record<string, readonly [string, string]>> = {
  "Prometheus 2.42": [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    OPENMETRICS,
  ],
  "Prometheus 2.53": [
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    OPENMETRICS,
  ],
  "Prometheus 3": [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    `${OPENMETRICS}; escaping=allow-utf-8`,
  ],
  "Prometheus 3 with native histograms": [
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    `${OPENMETRICS}; escaping=allow-utf-8`,
  ],
  "Prometheus 3 told to scrape text 0.0.4": ["text/plain;version=0.0.4;q=0.2,*/*;q=0.1", TEXT],
  "VictoriaMetrics": ["text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT],
  "Grafana Alloy": [
    "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=underscores;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    `${OPENMETRICS}; escaping=underscores`,
  ],
  "curl": ["*/*", TEXT],
  "Chromium": [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    TEXT,
  ],
};

for (const [client, [accept, contentType]] of Object.entries(RECORDED)) {
  Deno.test(`negotiateFormat() gives ${client} what it asks for`, () => {
    assert.deepEqual(negotiateFormat(accept), {
      format: contentType.startsWith("text") ? "text" : "openmetrics",
      contentType,
    });
  });
}

const OTHERS: readonly (readonly [string | null, string])[] = [
  [null, TEXT],
  ["", TEXT],
  [",;,q=", TEXT],
  ["application/json", TEXT],
  ["application/openmetrics-text", OPENMETRICS],
  ["Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9", OPENMETRICS],
  ['application/openmetrics-text;version="1.0.0"', OPENMETRICS],
  ["application/openmetrics-text;version=0.0.1", TEXT],
  ["application/openmetrics-text;q=0,text/plain;q=0.1", TEXT],
  ["application/openmetrics-text;q=0.000,*/*", TEXT],
  ["application/openmetrics-text;q=2", TEXT],
  ["application/openmetrics-text;q=-1", TEXT],
  ["application/openmetrics-text;q=0.4,text/plain;q=0.5", TEXT],
  ["text/plain;q=0.4,application/openmetrics-text;q=0.5", OPENMETRICS],
  ["text/*;q=0.4", TEXT],
  ["text/plain;version=0.0.4;escaping=dots", `${TEXT}; escaping=dots`],
  ["text/plain;escaping=a\u0000b", TEXT],
  ['text/plain;escaping="a, b"', TEXT],
];

for (const [accept, contentType] of OTHERS) {
  Deno.test(`negotiateFormat() answers ${JSON.stringify(accept)} with ${contentType}`, () => {
    assert.equal(negotiateFormat(accept).contentType, contentType);
  });
}

const piece = fc.constantFrom(
  "application/openmetrics-text",
  "text/plain",
  "*/*",
  "version=1.0.0",
  "version=0.0.4",
  "q=",
  "0.5",
  "escaping=",
  ";",
  ",",
  "=",
  '"',
  " ",
);
const header = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
);

Deno.test("negotiateFormat() answers whatever comes with one of two formats", () => {
  fc.assert(fc.property(header, (accept) => {
    const { format, contentType } = negotiateFormat(accept);
    const type = format === "text" ? TEXT : OPENMETRICS;
    assert.match(contentType.replace(type, ""), /^(?:; escaping=[a-z0-9-]+)?$/);
    new Headers({ "content-type": contentType });
  }));
});

const GZIP: readonly (readonly [string | null, boolean])[] = [
  ["gzip", true],
  ["gzip, deflate, br, zstd", true],
  ["x-gzip", true],
  ["GZIP;q=0.1", true],
  ["*", true],
  ["br, *;q=0.1", true],
  ["gzip;q=0.5, identity;q=0.5", true],
  [null, false],
  ["", false],
  ["identity", false],
  ["deflate, br", false],
  ["gzip;q=0", false],
  ["gzip;q=0, *", false],
  ["*;q=0", false],
  ["identity, gzip;q=0.5", false],
];

for (const [header, expected] of GZIP) {
  Deno.test(`acceptsGzip() is ${expected} for ${JSON.stringify(header)}`, () => {
    assert.equal(acceptsGzip(header), expected);
  });
}

Deno.test("acceptsGzip() decides about whatever comes", () => {
  fc.assert(fc.property(header, (header) => {
    assert.equal(typeof acceptsGzip(header), "boolean");
  }));
});
