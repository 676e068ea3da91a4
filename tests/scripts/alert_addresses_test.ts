import assert from "node:assert/strict";
import { alertsWithAddresses, PLACEHOLDERS } from "../../scripts/alert_addresses.ts";
import { dashboardFile } from "../../scripts/dashboard.ts";
import { alertGroupsIn } from "../examples/rule_files.ts";

const TEXT = await Deno.readTextFile("examples/prometheus/alerts.yaml");
const [dashboard = ""] = dashboardFile().values();
// The dashboard's own, rather than that of a data source within it.
const uid = /^ {2}"uid": "(.*)"/m.exec(dashboard)?.[1];

Deno.test("addresses of alerts: as shipped they lead to placeholders, and to nothing else", () => {
  checkAddresses(TEXT, PLACEHOLDERS);
  const hosts = TEXT.match(/https:\/\/[\w.-]*example\.com\S*/g) ?? [];
  const known = hosts.filter((address) =>
    Object.values(PLACEHOLDERS).some((base) => address.startsWith(base))
  );
  assert.deepEqual(hosts, known);
});

Deno.test("addresses of alerts: one's own replace all of them, and leave the rest alone", () => {
  const runbook = "https://wiki.acme.com/$1/spacelift";
  const grafana = "https://acme.com/grafana/";
  const text = alertsWithAddresses(TEXT, { runbook, grafana });
  checkAddresses(text, { runbook, grafana: "https://acme.com/grafana" });
  const changed = withoutAddresses(text);
  assert.equal(changed, withoutAddresses(TEXT));
  checkAddresses(alertsWithAddresses(TEXT, { runbook }), { ...PLACEHOLDERS, runbook });
  assert.equal(alertsWithAddresses(TEXT, {}), TEXT);
});

for (
  const address of ["wiki.acme.com", "ftp://acme.com", "https://acme.com/?page=1", "https://a.b/#x"]
) {
  Deno.test(`addresses of alerts: ${address} is refused`, () => {
    assert.throws(
      () => alertsWithAddresses(TEXT, { runbook: address }),
      new Error(`Cannot lead alerts to "${address}": it must be an http or https address`),
    );
  });
}

function checkAddresses(text: string, bases: { runbook: string; grafana: string }): void {
  for (const { alert, annotations } of alertGroupsIn(text).flatMap(({ rules }) => rules)) {
    assert.equal(annotations.runbook_url, `${bases.runbook}/RUNBOOK.md#${alert.toLowerCase()}`);
    assert.equal(annotations.dashboard_url, `${bases.grafana}/d/${uid}`);
  }
}

function withoutAddresses(text: string): string {
  return text.replaceAll(/_url: .*$/gm, "_url:");
}
