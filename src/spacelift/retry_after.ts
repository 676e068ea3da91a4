/** The upper bound for `Retry-After`, in milliseconds. */
export const MAX_RETRY_AFTER = 5 * 60_000;

/**
 * Parses a `Retry-After` header into milliseconds to wait: seconds or any of the three date formats
 * of RFC 9110, section 5.6.7, relative to `now` in milliseconds since the Unix epoch.
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  if (Number.isNaN(wait)) return undefined;
  return Math.min(Math.max(wait, 0), MAX_RETRY_AFTER);
}

/** Milliseconds since the Unix epoch, or NaN. */
function parseHttpDate(text: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return NaN;
  // "Sun Nov  6 08:49:37 1994" means UTC but does not say so, and would be read as local time.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
