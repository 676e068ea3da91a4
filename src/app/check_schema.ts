import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
  parse,
  validate,
} from "graphql";
import * as v from "valibot";
import { type Clock, secondsSince } from "../clock.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Step } from "./check_report.ts";

const INTROSPECTION: Operation<IntrospectionQuery> = {
  name: "IntrospectionQuery",
  document: getIntrospectionQuery({ descriptions: false, inputValueDeprecation: false }),
  data: v.custom<IntrospectionQuery>((data) => isSchema(data), "a schema"),
  // The schema of the whole API is by far the largest reply.
  maxReplyBytes: 64 * 1024 * 1024,
};

/** Compares documents with the schema that the server publishes, if it does. */
export async function checkSchema(options: {
  readonly client: Client;
  readonly documents: ReadonlySet<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<Step> {
  const { client, documents, clock, signal } = options;
  const started = clock.monotonic();
  const outcome = (result: Step["result"], message: string) => ({
    step: "schema",
    result,
    seconds: secondsSince(clock, started),
    message,
  });
  try {
    const missing = missingFields(await fetchSchema(client, signal), documents);
    if (missing.length === 0) {
      return outcome("ok", `the server supports every field of ${documents.size} documents`);
    }
    return {
      ...outcome("warning", `the server does not support ${missing.join(", ")}`),
      remedy: "update your self-hosted Spacelift, or go without the metrics that need these fields",
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const message = `the server does not publish its schema (${error.reason}), which does no harm`;
    return outcome("warning", message);
  }
}

/** The server's schema; throws `ApiError` when the server does not publish one. */
async function fetchSchema(client: Client, signal: AbortSignal): Promise<GraphQLSchema> {
  const schema = await client.query(INTROSPECTION, { signal });
  try {
    return buildClientSchema(schema);
  } catch (cause) {
    throw new ApiError("bad_response", "The schema is not complete", { cause });
  }
}

/** Fields that documents request and a schema lacks, such as `Stack.isDrifted`; each once. */
function missingFields(schema: GraphQLSchema, documents: Iterable<string>): string[] {
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
