import { lookup } from "node:dns/promises";
import { type Clock, secondsSince } from "../clock.ts";
import { describeError } from "../log.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import type { Step } from "./check_report.ts";
import type { AccountAccess } from "./exporter.ts";
import { explainTls } from "./tls_remedy.ts";

/** How to test the network; the time limit of each step is in milliseconds. */
export interface NetworkCheck {
  readonly account: AccountAccess;
  readonly clock: Clock;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves the API's host, connects to it and verifies its certificate, up to the first failure.
 */
export async function checkNetwork(check: NetworkCheck): Promise<Step[]> {
  const { url, caCertificates } = check.account;
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const port = Number(url.port || (isTls ? 443 : 80));
  const found = await attempt(check, {
    step: "name resolution",
    work: async () => {
      const addresses = await lookup(hostname, { all: true });
      return `${hostname} is ${addresses.map(({ address }) => address).join(", ")}`;
    },
    explain: (problem) => ({
      reason: /ENOTFOUND/.test(problem)
        ? `the host ${hostname} cannot be found`
        : `cannot look up the host ${hostname}`,
      remedy: "check the spelling of --api-endpoint, and this machine's DNS servers",
    }),
  });
  if (found.result === "failed") return [found];
  let connection: Deno.TcpConn | undefined;
  const connected = await attempt(check, {
    step: "connection",
    work: async (signal) => {
      connection = await Deno.connect({ hostname, port, signal });
      return `connected to port ${port}`;
    },
    explain: (problem) => ({
      reason: /refused/i.test(problem)
        ? `nothing listens on port ${port} there`
        : `cannot connect to port ${port}`,
      remedy: "check the host and port in --api-endpoint, and any firewall in between",
    }),
  });
  if (connection === undefined || connected.result === "failed" || !isTls) {
    connection?.close();
    return [found, connected];
  }
  const plain = connection;
  const trusted = await attempt(check, {
    step: "TLS",
    work: async (signal) => {
      const caCerts = [...caCertificates];
      using encrypted = await Deno.startTls(plain, { hostname, caCerts });
      const close = () => encrypted.close();
      signal.addEventListener("abort", close, { once: true });
      await encrypted.handshake();
      signal.removeEventListener("abort", close);
      return "the certificate is trusted";
    },
    explain: explainTls,
  });
  return [found, connected, trusted];
}

async function attempt({ clock, timeout, signal }: NetworkCheck, options: {
  step: string;
  work: (signal: AbortSignal) => Promise<string>;
  explain: (problem: string) => { readonly reason: string; readonly remedy: string };
}): Promise<Step> {
  const { step, work, explain } = options;
  const started = clock.monotonic();
  using limit = new TimeLimit(clock, timeout, signal);
  const tooLate = Promise.withResolvers<never>();
  const onAbort = () => tooLate.reject(limit.signal.reason);
  limit.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const message = await Promise.race([work(limit.signal), tooLate.promise]);
    return { step, result: "ok", seconds: secondsSince(clock, started), message };
  } catch (error) {
    signal.throwIfAborted();
    const problem = describeError(limit.signal.aborted ? limit.signal.reason : error);
    const seconds = secondsSince(clock, started);
    const { reason, remedy } = explain(problem);
    return { step, result: "failed", seconds, message: `${reason}: ${problem}`, remedy };
  } finally {
    limit.signal.removeEventListener("abort", onAbort);
  }
}
