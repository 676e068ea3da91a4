/** The placeholders in alerts.yaml for the folder of RUNBOOK.md and for Grafana. */
export const PLACEHOLDERS = {
  runbook: "https://runbooks.example.com/spacelift",
  grafana: "https://grafana.example.com",
} as const;

/** The addresses that annotations of alerts link to; a placeholder remains if none is given. */
export interface AlertAddresses {
  readonly runbook?: string | undefined;
  readonly grafana?: string | undefined;
}

/** The text of alerts.yaml with one's own addresses; throws for what is no HTTP address. */
export function alertsWithAddresses(text: string, addresses: AlertAddresses): string {
  const runbook = baseOf(addresses.runbook ?? PLACEHOLDERS.runbook);
  const grafana = baseOf(addresses.grafana ?? PLACEHOLDERS.grafana);
  return text
    .replaceAll(`runbook_url: ${PLACEHOLDERS.runbook}/`, () => `runbook_url: ${runbook}/`)
    .replaceAll(`dashboard_url: ${PLACEHOLDERS.grafana}/`, () => `dashboard_url: ${grafana}/`);
}

function baseOf(address: string): string {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new Error(`Cannot lead alerts to "${address}": it must be an http or https address`);
  }
  return url.href.replace(/\/$/, "");
}
