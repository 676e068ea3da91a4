import assert from "node:assert/strict";
import { reasonOfMessage, reasonOfStatus } from "../../src/spacelift/failure_reason.ts";

const STATUSES = [
  [400, "bad_response"],
  [401, "unauthorized"],
  [403, "unauthorized"],
  [404, "bad_response"],
  [413, "bad_response"],
  [429, "rate_limited"],
  [500, "unreachable"],
  [502, "unreachable"],
  [503, "unreachable"],
  [504, "unreachable"],
  [599, "unreachable"],
] as const;

for (const [status, reason] of STATUSES) {
  Deno.test(`HTTP ${status} means ${reason}`, () => assert.equal(reasonOfStatus(status), reason));
}

const MESSAGES = [
  ["unauthorized", "unauthorized"],
  ["Unauthorized", "unauthorized"],
  ["you are unauthorized to do this", "unauthorized"],
  ["forbidden", "unauthorized"],
  ["no such api key", "unauthorized"],
  ["this query is not available for machine sessions", "unsupported"],
  ['Cannot query field "isDrifted" on type "Stack".', "unsupported"],
  ['Unknown argument "input" on field "Query.searchStacks".', "unsupported"],
  ['Unknown type "SearchInput".', "unsupported"],
  ["Rate limit exceeded", "rate_limited"],
  ["too many requests, slow down", "rate_limited"],
  ["internal error", "graphql"],
  ["context deadline exceeded", "graphql"],
  ["", "graphql"],
] as const;

for (const [message, reason] of MESSAGES) {
  Deno.test(`the error "${message}" means ${reason}`, () => {
    assert.equal(reasonOfMessage(message), reason);
  });
}
