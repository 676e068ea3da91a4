import * as v from "valibot";

const step = v.object({ color: v.string(), value: v.nullable(v.number()) });
const thresholds = v.object({ steps: v.array(step) });
const mappings = v.array(v.object({
  options: v.record(v.string(), v.object({ text: v.string(), color: v.string() })),
}));
const property = v.object({ id: v.string(), value: v.unknown() });

/** How values look, as far as a sketch shows it. */
const lookSchema = v.object({
  unit: v.optional(v.string(), "none"),
  decimals: v.optional(v.number()),
  thresholds: v.optional(thresholds, { steps: [] }),
  mappings: v.optional(mappings, []),
  noValue: v.optional(v.string(), "No data"),
  links: v.optional(v.array(v.unknown()), []),
  "custom.lineStyle": v.optional(v.unknown()),
  "custom.cellOptions": v.optional(v.unknown()),
  color: v.optional(v.object({ fixedColor: v.optional(v.string()) }), {}),
});

const panelSchema = v.object({
  type: v.string(),
  title: v.string(),
  gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
  targets: v.optional(
    v.array(v.object({
      expr: v.string(),
      refId: v.string(),
      legendFormat: v.string(),
      instant: v.boolean(),
    })),
    [],
  ),
  fieldConfig: v.optional(
    v.object({
      defaults: v.looseObject({
        custom: v.optional(
          v.object({ stacking: v.optional(v.object({ mode: v.optional(v.string()) })) }),
        ),
      }),
      overrides: v.array(v.object({
        matcher: v.object({ id: v.string(), options: v.string() }),
        properties: v.array(property),
      })),
    }),
    { defaults: {}, overrides: [] },
  ),
  transformations: v.optional(
    v.array(v.object({
      id: v.string(),
      options: v.object({
        indexByName: v.optional(v.record(v.string(), v.number())),
        renameByName: v.optional(v.record(v.string(), v.string())),
      }),
    })),
    [],
  ),
  options: v.optional(
    v.object({
      sortBy: v.optional(v.array(v.object({ displayName: v.string() })), []),
    }),
    {},
  ),
});

/** The parts of a dashboard that a sketch needs. */
export const dashboardSchema = v.object({ title: v.string(), panels: v.array(panelSchema) });

/** A panel, or the heading of a row. */
export type Panel = v.InferOutput<typeof panelSchema>;

/** How a value looks. */
export type Look = v.InferOutput<typeof lookSchema>;

/** How the values of a query, or of a column, look. */
export function lookOf({ fieldConfig }: Panel, field: { query?: string; name?: string }): Look {
  const properties = fieldConfig.overrides.filter(({ matcher: { id, options } }) =>
    id === "byRegexp" || options === (id === "byName" ? field.name : field.query)
  ).flatMap(({ properties }) => properties.map(({ id, value }) => [id, value]));
  return v.parse(lookSchema, { ...fieldConfig.defaults, ...Object.fromEntries(properties) });
}
