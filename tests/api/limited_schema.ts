import { buildASTSchema, defaultFieldResolver, GraphQLError, type GraphQLSchema } from "graphql";
import { Kind, parse, printSchema, visit } from "graphql";
import { Resolvers } from "../../src/demo/api/resolvers.ts";
import { buildDemoSchema } from "../../src/demo/api/schema.ts";

/** How an API's schema falls short of the simulated one. */
export interface SchemaLimits {
  /** Fields that the server is too old to have, named like `Stack.isDrifted`. */
  missingFields: readonly string[];
  /** Root fields that the key may not read because it is a machine's. */
  refusedToMachines: readonly string[];
}

/** The simulated schema of an older server or for a machine's key; throws on unknown fields. */
export function limitedSchema({ missingFields, refusedToMachines }: SchemaLimits): GraphQLSchema {
  const schema = withoutFields(missingFields);
  for (const name of refusedToMachines) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field === undefined) throw new RangeError(`Cannot refuse "${name}": no such field`);
    field.resolve = (root, ...rest) => {
      if (root instanceof Resolvers && root.viewer() !== null) {
        throw new GraphQLError(`${name} is not available for machine sessions`);
      }
      return defaultFieldResolver(root, ...rest);
    };
  }
  return schema;
}

function withoutFields(names: readonly string[]): GraphQLSchema {
  const missing = new Set(names);
  const document = visit(parse(printSchema(buildDemoSchema())), {
    [Kind.OBJECT_TYPE_DEFINITION]: (type) => ({
      ...type,
      fields: type.fields?.filter((field) =>
        !missing.delete(`${type.name.value}.${field.name.value}`)
      ),
    }),
  });
  const [unknown] = missing;
  if (unknown !== undefined) throw new RangeError(`Cannot leave out "${unknown}": no such field`);
  return buildASTSchema(document);
}
