import { Agent, get } from "node:http";
import { gunzipSync } from "node:zlib";
import { median, percentile } from "./report.ts";
import type { Started } from "./subject.ts";

/** What scraping cost. */
export interface ScrapeFigures {
  readonly series: number;
  /** Milliseconds until the last byte. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of a scrape, in milliseconds. */
  readonly cpu: number;
  /** As sent, compressed. */
  readonly bytes: number;
  readonly plainBytes: number;
  /** MiB. */
  readonly peakRss: number;
}

// What Prometheus 3 sends, as far as both formats are concerned.
const HEADERS = {
  "accept": "text/plain;version=0.0.4",
  "accept-encoding": "gzip",
  "x-prometheus-scrape-timeout-seconds": "60",
};

/** Scrapes as Prometheus does, over one connection; resolves with the compressed answer. */
export class ScrapeClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  scrape(): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const options = { port: this.#port, path: "/metrics", headers: HEADERS, agent: this.#agent };
    get(options, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`A scrape was answered with HTTP ${response.statusCode}`));
      });
    }).on("error", reject);
    return promise;
  }

  /** One scrape, as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(unzip(await this.scrape()));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Scrapes again and again for some seconds, after a few scrapes that are not counted. */
export async function measureScrapes(
  { child, port }: Started,
  options: { seconds: number; atLeast: number },
): Promise<ScrapeFigures> {
  using client = new ScrapeClient(port);
  for (let count = 0; count < 20; count++) await client.scrape();
  const durations: number[] = [];
  const cpuBefore = await child.cpu();
  const end = performance.now() + options.seconds * 1000;
  let last: Uint8Array = new Uint8Array();
  while (performance.now() < end || durations.length < options.atLeast) {
    const started = performance.now();
    last = await client.scrape();
    durations.push(performance.now() - started);
  }
  const cpu = (await child.cpu() - cpuBefore) * 1000 / durations.length;
  const plain = unzip(last);
  return {
    series: new TextDecoder().decode(plain).match(/^[^#\n]/gm)?.length ?? 0,
    p50: median(durations),
    p99: percentile(durations, 0.99),
    cpu,
    bytes: last.length,
    plainBytes: plain.length,
    peakRss: await child.peakRss(),
  };
}

/** The value of a series in an exposition; undefined when it is not there. */
export function valueOf(exposition: string, series: string): number | undefined {
  const line = exposition.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Exporters that do not compress are welcome too. */
function unzip(body: Uint8Array): Uint8Array {
  return body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
}
