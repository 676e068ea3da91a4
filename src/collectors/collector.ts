import type { WritableFamily } from "../metrics/exposition.ts";
import type { Family } from "../metrics/family.ts";
import type { Client } from "../spacelift/client.ts";

/** One subsystem of an account: its families and how to get them. */
export interface Collector {
  readonly name: string;
  /** Every family that it may deliver. */
  readonly families: readonly Family[];
  /** Delivers everything or throws `ApiError`; never half. */
  collect(client: Client, signal: AbortSignal): Promise<readonly WritableFamily[]>;
}
