import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import type { RawScript } from "../support/raw_server.ts";
import { delivers, type FaultRow } from "./fault_row.ts";
import type { Stage } from "./stage.ts";

const NEVER: RawScript = ({ closed }) => closed;

/** Scrapers that leave; the next scrape has to be as good as if they had never been there. */
export const CLIENT_FAULTS: readonly FaultRow[] = [
  {
    name: "leaves before it has asked",
    before: async ({ port }) => (await RawClient.connect(port))[Symbol.dispose](),
    outcome: delivers(),
  },
  {
    name: "leaves within its question",
    async before({ port }) {
      using client = await RawClient.connect(port);
      client.send("GET /metrics HTT");
    },
    outcome: delivers(),
  },
  ...["apiKeyUser", "PrometheusExporter_Usage"].map((operation): FaultRow => ({
    name: `leaves while the API is asked for ${operation}`,
    operation,
    raw: NEVER,
    rawTimes: 1,
    async before(stage) {
      using _client = await RawClient.get(stage.port, "/metrics");
      await asked(stage);
    },
    outcome: delivers(),
    after: ({ log }) => assert.doesNotMatch(log.text, /"level":"warn"/, "Leaving is no failure"),
  })),
  {
    name: "leaves while the API's reply trickles in",
    rawTimes: 1,
    raw: async (connection) => {
      connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{");
      await connection.closed;
    },
    async before(stage) {
      using _client = await RawClient.get(stage.port, "/metrics");
      await asked(stage);
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    outcome: delivers(),
  },
  {
    name: "leaves within the answer",
    async before({ port }) {
      using client = await RawClient.get(port, "/metrics");
      await client.until("HTTP/1.1 200");
    },
    outcome: delivers(),
  },
  {
    name: "asks twice and leaves before the second answer",
    raw: NEVER,
    rawTimes: 1,
    async before(stage) {
      using client = await RawClient.get(stage.port, "/health");
      await client.until("ready");
      client.send("GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n");
      await asked(stage);
    },
    outcome: delivers(),
  },
];

async function asked({ proxy }: Stage): Promise<void> {
  await eventually(() => proxy?.met === 1, "The API was not asked");
}
