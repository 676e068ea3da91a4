import { readCaCertificates } from "../../src/app/credentials.ts";
import { allFail, BODY_CANARY, delivers, fails, type FaultRow } from "./fault_row.ts";

const TLS_FOLDER = new URL("../support/tls/", import.meta.url);
const TLS = {
  cert: Deno.readTextFileSync(new URL("server.pem", TLS_FOLDER)),
  key: Deno.readTextFileSync(new URL("server.key", TLS_FOLDER)),
};
const trustTheCa = () => readCaCertificates(new URL("ca.pem", TLS_FOLDER).pathname);

const HURRIED = { flags: ["--scrape-timeout=250ms"] };
// A scraper that says nothing is answered in half of so short a time.
const NOT_IN_TIME = /^The API did not answer within 125ms$/;
const UNREACHABLE = /^Cannot reach the API: /;

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const BEGUN_BODY = `${HEAD}content-length: 1000\r\n\r\n{"data":{"${BODY_CANARY}`;

/** Trouble below HTTP: names, connections, certificates, and bytes that do not come. */
export const NETWORK_FAULTS: readonly FaultRow[] = [
  {
    name: "connection refused",
    stage: { url: closedPort },
    outcome: allFail("unreachable", /Cannot reach the API: .*Connection refused/i),
  },
  {
    name: "name not found",
    stage: { url: () => "http://name-of-nobody.invalid" },
    outcome: allFail("unreachable", /Cannot reach the API: .*dns error/),
  },
  {
    name: "TLS not trusted",
    stage: { demo: { tls: TLS } },
    outcome: allFail("unreachable", /Cannot reach the API: .*invalid peer certificate/),
  },
  {
    name: "TLS trusted by --ca-cert-path",
    stage: { demo: { tls: TLS }, caCertificates: trustTheCa },
    outcome: delivers(),
  },
  {
    name: "TLS for another name",
    stage: {
      demo: { tls: TLS, hostname: "127.0.0.2" },
      caCertificates: trustTheCa,
    },
    outcome: allFail("unreachable", /Cannot reach the API: .*not valid for name/),
  },
  {
    name: "no TLS where it is expected",
    stage: { url: ({ url }) => url.replace("http:", "https:") },
    outcome: allFail("unreachable", UNREACHABLE),
  },
  {
    name: "accepts and never answers",
    operation: "*",
    raw: ({ closed }) => closed,
    stage: HURRIED,
    outcome: allFail("timeout", NOT_IN_TIME),
  },
  {
    name: "never answers one question",
    raw: ({ closed }) => closed,
    stage: HURRIED,
    outcome: fails("timeout", NOT_IN_TIME),
  },
  {
    name: "answers after the deadline",
    raw: async (connection) => {
      await connection.pause(60_000);
      connection.write(`${HEAD}content-length: 2\r\n\r\n{}`);
    },
    stage: HURRIED,
    outcome: fails("timeout", NOT_IN_TIME),
  },
  {
    name: "resets before the headers",
    raw: (connection) => connection.reset(),
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "closes before the headers",
    raw: (connection) => connection.end(),
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "resets within the headers",
    raw: async (connection) => {
      connection.write("HTTP/1.1 200 OK\r\ncontent-ty");
      await connection.pause(10);
      connection.reset();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "resets after the headers",
    raw: async (connection) => {
      connection.write(BEGUN_BODY);
      await connection.pause(10);
      connection.reset();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "stops after the headers",
    raw: async (connection) => {
      connection.write(BEGUN_BODY);
      await connection.closed;
    },
    stage: HURRIED,
    outcome: fails("timeout", NOT_IN_TIME),
  },
  {
    name: "body that trickles past the deadline",
    fault: () => ({ trickle: { bytes: 1, everyMs: 20 } }),
    stage: HURRIED,
    outcome: fails("timeout", NOT_IN_TIME),
  },
  {
    name: "headers that trickle past the deadline",
    raw: async (connection) => {
      let isOpen = true;
      connection.closed.then(() => isOpen = false);
      connection.write("HTTP/1.1 200 OK\r\nx-");
      while (isOpen) {
        connection.write("a");
        await connection.pause(20);
      }
    },
    stage: HURRIED,
    outcome: fails("timeout", NOT_IN_TIME),
  },
  {
    name: "body cut short of its length",
    raw: (connection) => {
      connection.write(BEGUN_BODY);
      connection.end();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "body cut short within a chunk",
    raw: (connection) => {
      connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{"data":`);
      connection.end();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "speaks something other than HTTP",
    raw: (connection) => {
      connection.write(`220 ${BODY_CANARY} ESMTP\r\n`);
      connection.end();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
  {
    name: "headers of a megabyte",
    raw: (connection) => {
      connection.write(`${HEAD}x-long: ${BODY_CANARY.repeat(100_000)}\r\n\r\n{}`);
      connection.end();
    },
    outcome: fails("unreachable", UNREACHABLE),
  },
];

function closedPort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${listener.addr.port}`;
}
