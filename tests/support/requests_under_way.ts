import type { Instruments } from "../../src/metrics/instruments.ts";

/** How many requests to the API an exporter waits for, by its own figures. */
export function requestsUnderWay(instruments: Instruments): number {
  const families = instruments.read();
  const sum = (name: string, suffix?: string) =>
    families.filter(({ family }) => family.name === name)
      .flatMap(({ samples }) => samples)
      .filter(({ part }) => part?.suffix === suffix)
      .reduce((sum, { value }) => sum + value, 0);
  return sum("spacelift_exporter_api_requests_total") -
    sum("spacelift_exporter_api_request_duration_seconds", "_count");
}
