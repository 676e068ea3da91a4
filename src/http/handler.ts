import type { Scraper } from "../scrape/scraper.ts";
import type { Handler } from "./answer.ts";
import { answerMetrics } from "./metrics_route.ts";
import { type Status, statusRoute } from "../status/page.ts";

const METHODS = "GET, HEAD";

/** Routes requests to the exporter's pages. */
export function createHandler(options: {
  scraper: Scraper;
  /** Milliseconds. */
  scrapeTimeout: number;
  isDraining: () => boolean;
  status: () => Status;
}): Handler {
  const answerStatus = statusRoute(options.status);
  const routes = new Map<string, Handler>([
    ["/", () => Promise.resolve(answerStatus())],
    ["/health", () => Promise.resolve(answerHealth(options.isDraining()))],
    ["/metrics", (request) => answerMetrics(request, options)],
  ]);
  return async (request) => {
    const path = URL.parse(request.url, "http://exporter.invalid")?.pathname ?? "";
    const route = routes.get(path);
    if (route === undefined) return plainText(404, "Not found: try /metrics or /health\n");
    if (request.method !== "GET" && request.method !== "HEAD") {
      const response = plainText(405, `Method not allowed: use ${METHODS}\n`);
      response.headers.set("allow", METHODS);
      return response;
    }
    return await route(request);
  };
}

function answerHealth(draining: boolean): Response {
  return draining
    ? plainText(503, "Shutting down\n")
    : plainText(200, "Countdown complete - ready to serve metrics!\n");
}

function plainText(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
