import { aborted } from "../aborted.ts";
import type { ScrapeOnceSettings } from "../cli/parse.ts";
import { type Clock, systemClock } from "../clock.ts";
import { warnInText } from "../log.ts";
import { writeExposition } from "../metrics/exposition.ts";
import { plainBody } from "../metrics/gzip.ts";
import { explainFailure } from "../scrape/collector_record.ts";
import { isFailed } from "../scrape/health_families.ts";
import { createExporter, type Exporter, transportTo } from "./exporter.ts";
import type { Io } from "./io.ts";
import { openAccount } from "./open_account.ts";
import { RecordingTransport } from "./recording_transport.ts";
import { replaceFile } from "./replace_file.ts";
import { runRounds } from "./run_rounds.ts";

/** How often the progress line is redrawn, in milliseconds. */
const REDRAW = 200;

/** How long a round waits for the API to recover or to accept requests again, in milliseconds. */
const SILENCE = 60_000;

/**
 * Scrapes once, prints the metrics or writes them to a file, and returns the exit code: 1 when a
 * collector failed, which stderr explains, else 0. Throws `UsageError`.
 */
export async function scrapeOnce(settings: ScrapeOnceSettings, io: Io): Promise<number> {
  const { once: { format, output, scrapeTimeout } } = settings;
  const clock = systemClock;
  const account = await openAccount(settings.account, io, warnInText(io.stderr));
  // Replacing a file reads its metadata first.
  if ("secret" in settings.account.keySecret && output === undefined) await io.dropReadPermission();
  const transport = new RecordingTransport(transportTo(account, clock));
  // The exporter's own metrics would describe a process that is gone, and collide with those of
  // other files in one folder.
  const exporting = {
    exporterMetrics: false,
    maxStaleness: 0,
    partialScrapes: true,
    scrapeTimeout,
  };
  const once = { ...settings, exporter: exporting, webhook: undefined };
  const exporter = createExporter(account, once, clock, transport);
  const stopping = new AbortController();
  using _signals = io.signals(() => stopping.abort());
  try {
    const { families, reports } = await ask(exporter, {
      clock,
      timeout: scrapeTimeout,
      signal: stopping.signal,
      progress: () => showProgress(io, transport, clock),
    });
    const explained = reports.filter((report) => families === undefined || isFailed(report));
    io.stderr(explained.map(explainFailure).join(""));
    if (families === undefined) return 1;
    const body = plainBody(writeExposition(families, format));
    if (output !== undefined) await replaceFile(output, body);
    else await print(body, io, stopping.signal);
    return explained.length > 0 ? 1 : 0;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    io.stderr("Interrupted\n");
    return 1;
  } finally {
    exporter.close();
  }
}

async function ask(exporter: Exporter, { timeout, progress, ...options }: {
  clock: Clock;
  timeout: number;
  signal: AbortSignal;
  progress: () => Disposable;
}): ReturnType<Exporter["scraper"]["scrape"]> {
  using _progress = progress();
  await runRounds(exporter, { ...options, silence: Math.max(timeout, SILENCE) });
  return await exporter.scraper.scrape(timeout, options.signal);
}

async function print(body: readonly Uint8Array[], io: Io, signal: AbortSignal): Promise<void> {
  const decoder = new TextDecoder();
  for (const part of body) io.stdout(decoder.decode(part, { stream: true }));
  await Promise.race([io.written(), aborted(signal)]);
}

/** Shows on a terminal how many requests have been sent, until it is disposed of. */
function showProgress(io: Io, sent: { readonly requests: number }, clock: Clock): Disposable {
  if (!io.isTerminal) return { [Symbol.dispose]: () => {} };
  const started = clock.monotonic();
  let cancel = () => {};
  const draw = () => {
    const seconds = ((clock.monotonic() - started) / 1000).toFixed(1);
    io.stderr(`\rQuerying the account: ${sent.requests} requests, ${seconds} s `);
    cancel = clock.after(REDRAW, draw);
  };
  draw();
  return {
    [Symbol.dispose]() {
      cancel();
      io.stderr("\r\x1b[K");
    },
  };
}
