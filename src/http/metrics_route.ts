import { describeError } from "../log.ts";
import { writeExposition } from "../metrics/exposition.ts";
import { scrapeDeadline } from "../scrape/scrape_deadline.ts";
import type { Report } from "../scrape/collector_record.ts";
import type { Scraper } from "../scrape/scraper.ts";
import type { HttpRequest } from "./answer.ts";
import { gzipBody, plainBody, respondWith } from "./body.ts";
import { acceptsGzip, negotiateFormat } from "./negotiate.ts";

/** Answers `GET /metrics`: the exposition, or status 500 with one line for each collector in trouble. */
export async function answerMetrics(
  request: HttpRequest,
  options: { scraper: Scraper; scrapeTimeout: number },
): Promise<Response> {
  const timeout = request.headers.get("x-prometheus-scrape-timeout-seconds");
  const deadline = scrapeDeadline(timeout, options.scrapeTimeout);
  const { families, reports } = await options.scraper.scrape(deadline, request.signal);
  if (families === undefined) {
    return new Response(describeTrouble(reports), {
      status: 500,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }
  const { format, contentType } = negotiateFormat(request.headers.get("accept"));
  const chunks = writeExposition(families, format);
  const headers = new Headers({
    "content-type": contentType,
    "vary": "Accept, Accept-Encoding",
  });
  if (!acceptsGzip(request.headers.get("accept-encoding"))) {
    return respondWith(plainBody(chunks), headers);
  }
  headers.set("content-encoding", "gzip");
  return respondWith(gzipBody(chunks), headers);
}

function describeTrouble(reports: readonly Report[]): string {
  return reports
    .filter(({ data, failure }) => data === undefined || failure !== undefined)
    .map(({ collector, failure }) =>
      failure === undefined
        ? `${collector}: has not delivered yet\n`
        : `${collector}: ${failure.reason}: ${describeError(failure)}\n`
    )
    .join("");
}
