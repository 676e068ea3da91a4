import type { Account, Run } from "../../../src/demo/api/account.ts";
import type { SimulatedApi } from "../../api/simulated_api.ts";
import type { Allowance } from "../rule_files.ts";

/** A course of events, what Prometheus sees of it, and what the alerts have to make of it. */
export interface Scenario {
  readonly name: string;
  /** Seconds between two scrapes, which is also how often rules are evaluated. */
  readonly step: number;
  /** Seconds from the first scrape to the last; all times are seconds since the first scrape. */
  readonly duration: number;
  readonly begins: number;
  readonly ends: number;
  readonly events: readonly Event[];
  /** Every alert that fires; any other one is a false alarm. */
  readonly alerts: readonly ExpectedAlert[];
  readonly allowance?: Partial<Allowance>;
  /** Whether the exporter listens for Spacelift's webhook. */
  readonly webhook?: boolean;
}

/** Something that happens just before the scrape at its time. */
export interface Event {
  readonly at: number;
  readonly act: (stage: Stage) => unknown;
}

/** What a scenario can change. */
export interface Stage {
  readonly account: Account;
  readonly server: SimulatedApi;
  readonly exporter: { start(): void; stop(): Promise<void> };
  /** Has Spacelift report the present state of a run to the webhook, if anyone is there to hear it. */
  deliver(run: Run): Promise<void>;
  /** Has Prometheus forget or find the exporter. */
  setTarget(present: boolean): void;
}

/** An alert that has to fire once and resolve once. */
export interface ExpectedAlert {
  readonly name: string;
  /** Seconds from the beginning of the trouble until the alert fires. */
  readonly fires: Seconds;
  /** Seconds from the end of the trouble until the alert resolves. */
  readonly resolves: Seconds;
  /** The one alert as people see it when it begins to fire; absent where several fire alike. */
  readonly shown?: ShownAlert;
}

/** Seconds; by major version where a sample at the very beginning of a range makes a difference. */
export type Seconds = number | Readonly<Record<2 | 3, number>>;

/** The seconds with one major version of Prometheus. */
export function secondsIn(seconds: Seconds, major: 2 | 3): number {
  return typeof seconds === "number" ? seconds : seconds[major];
}

/** The labels in addition to name and severity, and the texts. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** The labels that Prometheus gives to the exporter's series. */
export const TARGET = { instance: "promex:9953", job: "spacelift-promex" } as const;
