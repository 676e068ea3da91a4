import * as v from "valibot";
import type { Clock } from "../../src/clock.ts";
import { Instruments } from "../../src/metrics/instruments.ts";
import { Secret } from "../../src/secret.ts";
import { Client } from "../../src/spacelift/client.ts";
import { Endpoint, type Operation } from "../../src/spacelift/endpoint.ts";
import { type ApiKey, Session } from "../../src/spacelift/session.ts";
import { createTransport } from "../../src/spacelift/transport.ts";
import { FakeClock } from "./fake_clock.ts";

/** The parts that talk to an API, wired for one URL. */
export interface TestClient extends Disposable {
  readonly instruments: Instruments;
  readonly endpoint: Endpoint;
  readonly session: Session;
  readonly client: Client;
}

/** A document small enough for tests, and the shape of its data. */
export const USAGE: Operation<{ usage: { usedSeats: number } }> = {
  name: "PrometheusExporter_Usage",
  document: "query PrometheusExporter_Usage{usage{usedSeats}}",
  data: v.object({ usage: v.object({ usedSeats: v.number() }) }),
};

/** A signal for what nobody cuts short. */
export const SIGNAL: AbortSignal = new AbortController().signal;

/** Wires a client for the API at a URL, with the simulated account's default key. */
export function startClient(url: string, options: {
  clock?: Clock;
  key?: ApiKey;
  caCertificates?: readonly string[];
} = {}): TestClient {
  const { clock = new FakeClock(), caCertificates = [] } = options;
  const key = options.key ?? {
    id: "demo-key",
    secret: () => Promise.resolve(new Secret("demo-secret")),
  };
  const instruments = new Instruments();
  const transport = createTransport({ caCertificates, now: () => clock.wall() });
  const endpoint = new Endpoint({ accountUrl: new URL(url), transport, clock, instruments });
  const session = new Session({ endpoint, key, clock, instruments });
  const client = new Client({ endpoint, session, clock });
  return {
    instruments,
    endpoint,
    session,
    client,
    [Symbol.dispose]() {
      session.close();
      transport.close();
    },
  };
}
