import { writeExposition } from "../metrics/exposition.ts";
import { type Chunk, gzipBody, plainBody } from "../metrics/gzip.ts";
import { explainFailure, type Report } from "../scrape/collector_record.ts";
import type { Scraper } from "../scrape/scraper.ts";
import { acceptsGzip, negotiateFormat } from "./negotiate.ts";
import { plainText, type Route } from "./routes.ts";

/** The time reserved for sending the answer to Prometheus, in milliseconds. */
const MARGIN = 500;
const SHORTEST = 100;

/** The size of a body's pieces, in bytes: a slow reader holds no more than one. */
const PIECE_BYTES = 64 * 1024;

/**
 * Answers `GET /metrics`: the exposition, or status 500 with one line for each failing collector.
 */
export function metricsRoute(options: {
  scraper: Scraper;
  /** Milliseconds. */
  scrapeTimeout: number;
}): Route {
  return async ({ headers, signal }) => {
    const timeout = headers.get("x-prometheus-scrape-timeout-seconds");
    const deadline = scrapeDeadline(timeout, options.scrapeTimeout);
    const { families, reports } = await options.scraper.scrape(deadline, signal);
    if (families === undefined) return plainText(500, describeTrouble(reports));
    const { format, contentType } = negotiateFormat(headers.get("accept"));
    const chunks = writeExposition(families, format);
    return respondWith(chunks, acceptsGzip(headers.get("accept-encoding")), {
      "content-type": contentType,
      "vary": "Accept, Accept-Encoding",
    });
  };
}

/**
 * How long a scrape may take, in milliseconds: the scrape timeout, or less if Prometheus announces
 * a shorter wait in `X-Prometheus-Scrape-Timeout-Seconds`. A scraper without that header may wait
 * only as long as the scrape timeout, and sending the answer takes time too.
 */
export function scrapeDeadline(header: string | null, scrapeTimeout: number): number {
  if (header === null || !/^\d+(\.\d+)?$/.test(header.trim())) {
    return scrapeTimeout - Math.min(MARGIN, scrapeTimeout / 2);
  }
  return Math.min(scrapeTimeout, Math.max(Number(header) * 1000 - MARGIN, SHORTEST));
}

/** A response of known length whose body is sent piece by piece, as fast as the client reads. */
export function respondWith(
  chunks: readonly Chunk[],
  gzip: boolean,
  headers: Readonly<Record<string, string>>,
): Response {
  const parts = gzip ? gzipBody(chunks) : plainBody(chunks);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new Response(length <= PIECE_BYTES ? joined(parts, length) : inPieces(parts), {
    headers: {
      ...headers,
      "content-length": String(length),
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    },
  });
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** Views of the parts, created on demand: concurrent answers share the bytes. */
function inPieces(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let index = 0;
  let position = 0;
  return new ReadableStream({
    pull(controller) {
      while (position >= (parts[index]?.length ?? Infinity)) {
        index++;
        position = 0;
      }
      const part = parts[index];
      if (part === undefined) return controller.close();
      controller.enqueue(part.subarray(position, position + PIECE_BYTES));
      position += PIECE_BYTES;
    },
  }, { highWaterMark: 0 });
}

function describeTrouble(reports: readonly Report[]): string {
  return reports
    .filter(({ data, failure }) => data === undefined || failure !== undefined)
    .map(explainFailure)
    .join("");
}
