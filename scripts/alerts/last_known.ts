/** Prometheus' own series on whether an exporter could be scraped; the job's name must say so. */
export const UP = 'up{job=~".*spacelift.*"}';

/**
 * What a series said last, also while the exporter cannot be scraped: it answers HTTP 500 when it
 * has nothing left to serve, and an alert on why that is must not end just then.
 */
export function lastKnown(selector: string): string {
  return `(\n  ${selector}\n  or last_over_time(${selector}[1d]) and on (job, instance) ${UP} == 0\n)`;
}
