import type { Report } from "../scrape/collector_record.ts";
import { BUILD, describeBuild } from "../version.ts";
import { billingSection } from "./billing.ts";
import { collectorsSection, summary } from "./health.ts";
import { Html, html } from "./html.ts";
import { workerPoolsSection } from "./pools.ts";
import { stacksSection } from "./stacks.ts";
import { CONTENT_SECURITY_POLICY, STYLE } from "./style.ts";

/** What the page shows, all of it from memory. */
export interface Status {
  /** The account's host. */
  readonly account: string;
  readonly reports: readonly Report[];
  /** Unix seconds. */
  readonly now: number;
}

/** Answers `GET /`: a page on the exporter and its account, from memory alone. */
export function statusRoute(read: () => Status): () => Response {
  return () =>
    new Response(statusPage(read()), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
}

/** The status page as an HTML document. */
function statusPage({ account, reports, now }: Status): string {
  const time = new Date(now * 1000).toISOString();
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Spacelift Prometheus Exporter</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        <header>
          <h1>Spacelift Prometheus Exporter</h1>
          <p class="soft">Account ${account}, exporter ${describeBuild()}${BUILD.date === ""
            ? ""
            : ` of ${BUILD.date.slice(0, 10)}`}, as of
            <time datetime="${time}">${time.slice(0, 19).replace("T", " ")} UTC</time></p>
          <nav aria-label="Pages">
            <a href="/metrics">Metrics</a>
            <a href="/health">Health</a>
            <a href="https://docs.spacelift.io/">Spacelift documentation</a>
          </nav>
        </header>
        <main>
          ${summary(reports)}
          ${collectorsSection(reports, now)}
          ${workerPoolsSection(reports, now)}
          ${stacksSection(reports, now)}
          ${billingSection(reports, now)}
        </main>
      </body>
    </html>
  `;
  return page.text;
}
