import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
  parse,
  validate,
} from "graphql";
import * as v from "valibot";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";

const INTROSPECTION: Operation<IntrospectionQuery> = {
  name: "IntrospectionQuery",
  document: getIntrospectionQuery({ descriptions: false, inputValueDeprecation: false }),
  data: v.custom<IntrospectionQuery>((data) => isSchema(data), "a schema"),
  // The schema of the whole API is by far the largest reply.
  maxReplyBytes: 64 * 1024 * 1024,
};

/** The server's schema; throws `ApiError` when the server does not publish one. */
export async function fetchSchema(client: Client, signal: AbortSignal): Promise<GraphQLSchema> {
  const schema = await client.query(INTROSPECTION, { signal });
  try {
    return buildClientSchema(schema);
  } catch (cause) {
    throw new ApiError("bad_response", "The schema is not complete", { cause });
  }
}

/** Fields that documents request and a schema lacks, such as `Stack.isDrifted`; each once. */
export function missingFields(schema: GraphQLSchema, documents: Iterable<string>): string[] {
  const missing = new Set<string>();
  for (const document of documents) {
    for (const { message } of validate(schema, parse(document))) {
      const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? [];
      missing.add(field === undefined ? message : `${type}.${field}`);
    }
  }
  return [...missing].sort();
}

function isSchema(data: unknown): boolean {
  return v.is(v.object({ __schema: v.object({ types: v.array(v.unknown()) }) }), data);
}
