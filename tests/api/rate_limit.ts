import type { Clock } from "../../src/clock.ts";
import type { SimulatedApi } from "./simulated_api.ts";

/**
 * Lets a simulated API answer so many requests of any kind in each window of time, and the rest with
 * HTTP 429 and the seconds until the next window; returns a count of those. Faults set before it
 * meet what it lets through.
 */
export function limitRate(
  api: SimulatedApi,
  { requests, windowMs, clock }: { requests: number; windowMs: number; clock: Clock },
): { readonly refused: number } {
  const headers = { "retry-after": "" };
  const result = { refused: 0 };
  let window = -1;
  let left = 0;
  api.faults.set("*", { status: 429, headers }, {
    when() {
      const now = clock.monotonic();
      const present = Math.floor(now / windowMs);
      if (present !== window) {
        window = present;
        left = requests;
      }
      if (left-- > 0) return false;
      result.refused++;
      headers["retry-after"] = String(Math.ceil(((present + 1) * windowMs - now) / 1000));
      return true;
    },
  });
  return result;
}
