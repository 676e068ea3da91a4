import assert from "node:assert/strict";
import { put } from "../api/faults.ts";
import {
  allFail,
  BODY_CANARY,
  delivers,
  type FaultRow,
  rawNumber,
  SECRET_CANARY,
  USAGE,
} from "./fault_row.ts";

const EXCHANGE = "apiKeyUser";
const NOT_ACCEPTED = /does not accept the API key/;

/** Trouble with the exchange of the API key, and with the token that came of it. */
export const TOKEN_FAULTS: readonly FaultRow[] = [
  exchanged("apiKeyUser null", put("data.apiKeyUser", null), "unauthorized"),
  exchanged("jwt empty", put("data.apiKeyUser.jwt", ""), "unauthorized"),
  exchanged("jwt missing", put("data.apiKeyUser.jwt", undefined), "unauthorized"),
  exchanged("jwt null", put("data.apiKeyUser.jwt", null), "unauthorized"),
  exchanged("jwt a number", put("data.apiKeyUser.jwt", 7), "bad_response"),
  exchanged("apiKeyUser missing", put("data.apiKeyUser", undefined), "bad_response"),
  exchanged("apiKeyUser a text", put("data.apiKeyUser", BODY_CANARY), "bad_response"),
  exchanged("validUntil a text", put("data.apiKeyUser.validUntil", BODY_CANARY), "bad_response"),
  ...[null, undefined, 0, -1, 1, 1.5, 1e18, rawNumber("1e400")].map(validUntil),
  {
    name: "jwt that is no header value",
    operation: EXCHANGE,
    fault: () => ({ edit: put("data.apiKeyUser.jwt", `${BODY_CANARY}\r\nx-injected: 1`) }),
    outcome: allFail("bad_response", /not as expected: apiKeyUser.jwt should be/),
  },
  {
    name: "exchange answers 401",
    operation: EXCHANGE,
    fault: () => ({ status: 401 }),
    outcome: allFail("unauthorized", /answered with HTTP 401$/),
  },
  {
    name: "exchange answers 500",
    operation: EXCHANGE,
    fault: () => ({ status: 500 }),
    outcome: allFail("unreachable", /answered with HTTP 500$/),
  },
  {
    name: "exchange answers 429 with Retry-After",
    operation: EXCHANGE,
    fault: () => ({ status: 429, headers: { "retry-after": "60" } }),
    outcome: allFail("rate_limited", /answered with HTTP 429$/),
    after: async (stage) => {
      await stage.scrape();
      assert.equal(stage.demo.requests.count(EXCHANGE), 1, "The key was exchanged again");
    },
  },
  {
    name: "exchange fails once",
    before: ({ demo }) => demo.faults.set(EXCHANGE, { status: 502 }, { times: 1 }),
    outcome: allFail("unreachable", /answered with HTTP 502$/),
    async after(stage) {
      assert.equal((await stage.scrape()).status, 200, "The failed exchange was remembered");
    },
  },
  {
    name: "token expires between two collectors",
    async before(stage) {
      await stage.scrape();
      stage.demo.faults.set(USAGE, { expireToken: true }, { times: 1 });
    },
    outcome: delivers(),
    after: ({ demo }) => assert.equal(demo.requests.count(EXCHANGE), 2, "One more exchange"),
  },
  {
    name: "token expires under every collector at once",
    async before(stage) {
      await stage.scrape();
      stage.demo.apiKey.revokeTokens();
    },
    outcome: delivers(),
    after: ({ demo }) => assert.equal(demo.requests.count(EXCHANGE), 2, "One more exchange"),
  },
  {
    name: "key revoked and created again",
    async before(stage) {
      await stage.scrape();
      stage.demo.apiKey.revoke();
    },
    outcome: allFail("unauthorized", NOT_ACCEPTED),
    async after(stage) {
      stage.demo.apiKey.setSecret(SECRET_CANARY);
      assert.equal((await stage.scrape()).status, 200, "It did not recover by itself");
    },
  },
  {
    name: "wrong secret",
    before: ({ demo }) => demo.apiKey.setSecret("another"),
    outcome: allFail("unauthorized", NOT_ACCEPTED),
  },
];

function exchanged(
  name: string,
  edit: (reply: unknown) => unknown,
  reason: "unauthorized" | "bad_response",
): FaultRow {
  const log = reason === "unauthorized" ? NOT_ACCEPTED : /^The API's reply is not as expected: /;
  return { name, operation: EXCHANGE, fault: () => ({ edit }), outcome: allFail(reason, log) };
}

/** A token without a believable end is used for a while; the API tells when it is over. */
function validUntil(value: unknown): FaultRow {
  return {
    name: `validUntil ${JSON.stringify(value) ?? "missing"}`,
    operation: EXCHANGE,
    fault: () => ({ edit: put("data.apiKeyUser.validUntil", value) }),
    outcome: delivers(),
    async after(stage) {
      const { text } = await stage.scrape();
      assert.equal(stage.demo.requests.count(EXCHANGE), 1, "The token was not kept");
      assert.doesNotMatch(text, /token_expiry/, "An expiry beyond belief is shown");
    },
  };
}
