import { dashboardFile } from "../../scripts/dashboard.ts";

/** The parts of the dashboard that tests look at. */
export interface Dashboard {
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly DashboardPanel[];
}

/** A variable; those of type `query` have a definition. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly definition?: string;
  readonly allValue?: string;
}

/** A panel; the headings of rows have no queries. */
export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: Readonly<Record<"h" | "w" | "x" | "y", number>>;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

/** A query of a panel. */
export interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

/** The dashboard as it is generated. */
export function dashboardJson(): Dashboard {
  const [text = ""] = dashboardFile().values();
  return JSON.parse(text);
}

/** Every panel with each of its queries. */
export function panelQueries(): { panel: DashboardPanel; target: Target }[] {
  return dashboardJson().panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel, target }))
  );
}
