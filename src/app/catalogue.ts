import { COLLECTORS } from "../collectors/list.ts";
import type { Family } from "../metrics/family.ts";
import { OWN_FAMILIES } from "../scrape/scraper.ts";

/** A family and the names of the collectors that deliver it; none if it is always served. */
export interface CatalogueEntry {
  readonly family: Family;
  readonly collectors: readonly string[];
}

/** Every family that the exporter can serve, by name. */
export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  [...COLLECTORS.flatMap(({ families }) => families), ...OWN_FAMILIES].map((family) => {
    const deliver = COLLECTORS.filter(({ families }) => families.includes(family));
    return [family.name, { family, collectors: deliver.map(({ name }) => name) }];
  }),
);
