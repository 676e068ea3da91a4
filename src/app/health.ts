import * as http from "node:http";
import { systemClock } from "../clock.ts";
import { formatDuration } from "../duration.ts";
import { formatListenAddress, reachable } from "../listen_address.ts";
import { describeError } from "../log.ts";
import type { Io } from "./io.ts";
import type { HealthSettings } from "../cli/parse.ts";
import { UsageError } from "../cli/usage_error.ts";

/** How much of an answer is printed, in characters: the server may not be an exporter. */
const MAX_LENGTH = 200;

/** Asks a running exporter for its health and returns the exit code: 0 when healthy, else 1. */
export async function health(settings: HealthSettings, io: Io): Promise<number> {
  if (settings.listenAddress.port === 0) {
    throw new UsageError(
      'Cannot ask --listen-address ":0": name the port that the exporter listens on',
    );
  }
  const cert = await readCertificate(settings.web.file);
  const scheme = cert === undefined ? "http" : "https";
  const url = `${scheme}://${formatListenAddress(reachable(settings.listenAddress))}/health`;
  try {
    const get = cert === undefined ? http.get : await createHttpsGet(cert);
    const { status, body } = await ask(get, url, settings.scrapeTimeout);
    if (status === 200) {
      io.stdout(`${body}\n`);
      return 0;
    }
    io.stderr(`The exporter at ${url} is not healthy: HTTP ${status}: ${body}\n`);
  } catch (error) {
    io.stderr(`Cannot ask the exporter at ${url}: ${describeError(error)}\n`);
  }
  return 1;
}

type Get = (
  url: string,
  options: http.RequestOptions,
  callback: (response: http.IncomingMessage) => void,
) => http.ClientRequest;

/** The certificate that the exporter presents, if any; throws `UsageError`. */
async function readCertificate(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { readForClient } = await import("./web.ts");
  return (await readForClient({ flag: "--web.config.file", path }, systemClock)).tls?.cert;
}

/**
 * Sends requests without verifying the certificate, which does not name the loopback interface and
 * may have expired: that is up to the scrapers to judge.
 */
async function createHttpsGet(cert: string): Promise<Get> {
  const https = await import("node:https");
  return (url, options, callback) =>
    // Without `ca` the system's certificates would be loaded, which needs a permission.
    https.get(url, { ...options, ca: [cert], rejectUnauthorized: false }, callback);
}

/** Uses `node:http` because `fetch` would go through a proxy that the environment names. */
function ask(
  get: Get,
  url: string,
  timeout: number,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const limit = new AbortController();
    const { signal } = limit;
    const cancel = systemClock.after(timeout, () => {
      limit.abort(new Error(`it did not answer within ${formatDuration(timeout)}`));
    });
    const fail = (error: unknown) => {
      cancel();
      reject(signal.aborted ? signal.reason : error);
    };
    const request = get(url, { signal, agent: false }, (response) => {
      beginningOf(response).then((body) => {
        cancel();
        resolve({ status: response.statusCode, body });
      }, fail);
    });
    request.once("error", fail);
  });
}

/** The beginning of a body, on one line; the rest is not read. */
async function beginningOf(response: http.IncomingMessage): Promise<string> {
  let body = "";
  for await (const text of response.setEncoding("utf8")) {
    body += text;
    if (body.length > MAX_LENGTH) break;
  }
  const line = body.replaceAll(/[\s\p{C}]+/gu, " ").trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}
