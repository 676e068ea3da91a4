/** One GraphQL request as it came over the wire. */
export interface GraphqlCall {
  /** What it is counted and matched by: its name or, where it has none, its first root field. */
  operation: string;
  operationName: string | undefined;
  document: string;
  variables: Record<string, unknown>;
}

/** Reads a request body, or gives undefined when it is not a GraphQL request. */
export function parseGraphqlCall(body: string): GraphqlCall | undefined {
  const { query, variables, operationName } = parseObject(body);
  if (typeof query !== "string") return undefined;
  const name = typeof operationName === "string" ? operationName : undefined;
  return {
    operation: name ?? nameOf(query),
    operationName: name,
    document: query,
    variables: isObject(variables) ? variables : {},
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(document: string): string {
  const named = /^\s*(?:query|mutation)\s+(\w+)/.exec(document);
  const rootField = /\{\s*(\w+)/.exec(document);
  return named?.[1] ?? rootField?.[1] ?? "";
}
