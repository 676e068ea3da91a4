import {
  type DocumentNode,
  executeSync,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import type { GraphqlCall } from "./graphql_call.ts";
import type { Resolvers } from "./resolvers.ts";

const MAX_REMEMBERED_DOCUMENTS = 1000;

/** Parses, validates and executes calls against a schema. */
export class GraphqlEngine {
  readonly #schema: GraphQLSchema;
  readonly #documents = new Map<string, DocumentNode | readonly GraphQLError[]>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The reply as the API would put it into a body; a call that fails gives `errors`. */
  execute(call: GraphqlCall, rootValue: Resolvers): ExecutionResult {
    const document = this.#prepare(call.document);
    if (!("kind" in document)) return { errors: document };
    return executeSync({
      schema: this.#schema,
      document,
      rootValue,
      variableValues: call.variables,
      operationName: call.operationName,
    });
  }

  #prepare(text: string): DocumentNode | readonly GraphQLError[] {
    const known = this.#documents.get(text);
    if (known !== undefined) return known;
    const prepared = this.#parseAndValidate(text);
    if (this.#documents.size >= MAX_REMEMBERED_DOCUMENTS) this.#documents.clear();
    this.#documents.set(text, prepared);
    return prepared;
  }

  #parseAndValidate(text: string): DocumentNode | readonly GraphQLError[] {
    try {
      const document = parse(text);
      const errors = validate(this.#schema, document);
      return errors.length > 0 ? errors : document;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }
}
