import {
  allFail,
  askedTwice,
  BODY_CANARY,
  delivers,
  fails,
  type FaultRow,
  SECRET_CANARY,
  USAGE,
} from "./fault_row.ts";

const NO_MESSAGE = /an error without a message$/;

/** Replies with `errors`; the API has no codes, so only their texts tell what is wrong. */
export const GRAPHQL_FAULTS: readonly FaultRow[] = [
  {
    ...errors("unauthorized", "unauthorized", /the error "unauthorized"$/),
    after: askedTwice,
  },
  errors("Unauthenticated: no token", "unauthorized", /"Unauthenticated: no token"$/),
  errors(
    "usage is not available for machine sessions",
    "unsupported",
    /not available for machine sessions"$/,
  ),
  errors(
    'Cannot query field "usedSeats" on type "Usage".',
    "unsupported",
    /Cannot query field "usedSeats"/,
  ),
  errors("rate limit exceeded", "rate_limited", /"rate limit exceeded"$/),
  errors("something else went wrong", "graphql", /"something else went wrong"$/),
  errors("over\n  two lines", "graphql", /"over two lines"$/),
  {
    ...errors("x".repeat(100_000), "graphql", /"x{200}\.\.\."$/),
    name: "an error of 100,000 characters",
  },
  {
    ...errors(`no key has ${SECRET_CANARY}`, "graphql", /"no key has \[redacted\]"$/),
    name: "an exchange's error that repeats the secret",
    operation: "apiKeyUser",
    outcome: allFail("graphql", /"no key has \[redacted\]"$/),
  },
  {
    name: "an error that repeats the token",
    before({ demo }) {
      demo.faults.set(USAGE, {
        edit: () => ({ errors: [{ message: `no such token ${demo.apiKey.tokens.at(-1)}` }] }),
      });
    },
    outcome: fails("graphql", /"no such token \[redacted\]"$/),
  },
  edited("an empty message", { errors: [{ message: "" }] }, NO_MESSAGE),
  edited("no message", { errors: [{ path: [BODY_CANARY] }] }, NO_MESSAGE),
  edited("a message that is null", { errors: [{ message: null }] }, NO_MESSAGE),
  edited("a message that is a number", { errors: [{ message: 7 }] }, NO_MESSAGE),
  edited("an error that is null", { data: null, errors: [null] }, NO_MESSAGE),
  malformed("errors that are a text", { data: null, errors: BODY_CANARY }),
  malformed("errors that are an object", { data: null, errors: { a: BODY_CANARY } }),
  {
    name: "data beside errors",
    fault: () => ({ errors: ["a part is missing"], keepData: true }),
    outcome: fails("graphql", /"a part is missing"$/),
  },
  {
    name: "data beside an empty list of errors",
    fault: () => ({ errors: [], keepData: true }),
    outcome: delivers(),
  },
  {
    name: "data beside errors that are null",
    fault: () => ({ edit: (reply) => Object.assign({}, reply, { errors: null }) }),
    outcome: delivers(),
  },
  {
    name: "data beside extensions that are null",
    fault: () => ({ edit: (reply) => Object.assign({}, reply, { extensions: null }) }),
    outcome: delivers(),
  },
  {
    ...errors(`no query has ${SECRET_CANARY}`, "graphql", /"no query has \[redacted\]"$/),
    name: "a query's error that repeats the secret",
  },
  {
    name: "data beside extensions",
    fault: () => ({ edit: (reply) => Object.assign({}, reply, { extensions: { cost: 1 } }) }),
    outcome: delivers(),
  },
];

function errors(message: string, reason: Parameters<typeof fails>[0], log: RegExp): FaultRow {
  return {
    name: `"${message.replaceAll("\n", "\\n")}"`,
    fault: () => ({ errors: [message] }),
    outcome: fails(reason, log),
  };
}

function edited(name: string, reply: unknown, log: RegExp): FaultRow {
  return { name, fault: () => ({ edit: () => reply }), outcome: fails("graphql", log) };
}

function malformed(name: string, reply: unknown): FaultRow {
  const outcome = fails("bad_response", /^The API's reply is not a GraphQL result$/);
  return { name, fault: () => ({ edit: () => reply }), outcome };
}
