/** Time left to Prometheus for receiving the answer, in milliseconds. */
const MARGIN = 500;
const SHORTEST = 100;

/**
 * How long a scrape may take, in milliseconds: the scrape time-out, or less when Prometheus itself
 * will not wait that long, as it tells in `X-Prometheus-Scrape-Timeout-Seconds`.
 */
export function scrapeDeadline(header: string | null, scrapeTimeout: number): number {
  if (header === null || !/^\d+(\.\d+)?$/.test(header.trim())) return scrapeTimeout;
  return Math.min(scrapeTimeout, Math.max(Number(header) * 1000 - MARGIN, SHORTEST));
}
