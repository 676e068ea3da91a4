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
  readonly query?: string | { readonly query: string };
  readonly regex?: string;
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
  readonly fieldConfig?: {
    readonly defaults: { readonly unit: string };
    readonly overrides: readonly Override[];
  };
  /** Of a row: whether its panels are folded away, and then these. */
  readonly collapsed?: boolean;
  readonly panels?: readonly DashboardPanel[];
}

/** How the values of some fields look. */
export interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
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

/** Every row and panel, those that are folded away included. */
export function everyPanel(): DashboardPanel[] {
  return dashboardJson().panels.flatMap((panel) => [panel, ...panel.panels ?? []]);
}

/** Every panel with each of its queries. */
export function panelQueries(): { panel: DashboardPanel; target: Target }[] {
  return everyPanel().flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel, target }))
  );
}
