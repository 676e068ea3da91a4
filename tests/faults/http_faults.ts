import { RawServer } from "../support/raw_server.ts";
import { askedTwice, BODY_CANARY, delivers, fails, type FaultRow, USAGE } from "./fault_row.ts";
import type { Stage } from "./stage.ts";

const HTML = `<html><body><h1>${BODY_CANARY}</h1></body></html>`;
const HTML_HEADERS = { "content-type": "text/html" };

/** One day in the three forms of RFC 9110, section 5.6.7. */
const DATES = {
  "an HTTP date": "Tue, 06 Nov 2046 08:49:37 GMT",
  "a date of RFC 850": "Tuesday, 06-Nov-46 08:49:37 GMT",
  "a date of asctime": "Tue Nov  6 08:49:37 2046",
};

/** Statuses other than 200, and where they lead. */
export const HTTP_FAULTS: readonly FaultRow[] = [
  redirect(301),
  redirect(302),
  redirect(307),
  redirect(308),
  {
    name: "400 with HTML",
    fault: () => ({ status: 400, headers: HTML_HEADERS, body: HTML }),
    outcome: fails("bad_response", /answered with HTTP 400$/),
  },
  {
    name: "400 with a GraphQL error",
    fault: () => ({ status: 400, errors: ["the reason"] }),
    outcome: fails("graphql", /answered with the error "the reason"$/),
  },
  {
    name: "400 with an unknown field",
    fault: () => ({ status: 400, errors: ['Cannot query field "usedSeats" on type "Usage"'] }),
    outcome: fails("unsupported", /Cannot query field/),
  },
  {
    name: "400 with other JSON",
    fault: () => ({ status: 400, body: `{"message":"${BODY_CANARY}"}` }),
    outcome: fails("bad_response", /^The API's reply is not as expected/),
  },
  rejected(401),
  rejected(403),
  {
    name: "401 once",
    before: ({ demo }) => demo.faults.set(USAGE, { status: 401 }, { times: 1 }),
    outcome: delivers(),
    after: askedTwice,
  },
  status(404, "bad_response"),
  status(405, "bad_response"),
  status(413, "bad_response"),
  status(418, "bad_response"),
  {
    name: "429 without Retry-After",
    fault: () => ({ status: 429, body: BODY_CANARY }),
    outcome: fails("rate_limited", /answered with HTTP 429$/),
    after: isAskedAgain,
  },
  held(429, "seconds", "120"),
  ...Object.entries(DATES).map(([form, date]) => held(429, form, date)),
  held(503, "seconds", "120"),
  ...Object.entries(DATES).map(([form, date]) => held(503, form, date)),
  ...["0", "-1", "soon", "Sun, 06 Nov 1994 08:49:37 GMT"].map((header): FaultRow => ({
    name: `429 with Retry-After: ${header}`,
    fault: () => ({ status: 429, headers: { "retry-after": header } }),
    outcome: fails("rate_limited", /answered with HTTP 429$/),
    after: isAskedAgain,
  })),
  status(500, "unreachable"),
  {
    name: "500 with Retry-After",
    fault: () => ({ status: 500, headers: { "retry-after": "120" } }),
    outcome: fails("unreachable", /answered with HTTP 500$/),
    after: isAskedAgain,
  },
  {
    name: "502 with HTML",
    fault: () => ({ status: 502, headers: HTML_HEADERS, body: HTML }),
    outcome: fails("unreachable", /answered with HTTP 502$/),
  },
  status(503, "unreachable"),
  status(504, "unreachable"),
  status(204, "bad_response", /not a GraphQL result$/),
];

function status(code: number, reason: "bad_response" | "unreachable", log?: RegExp): FaultRow {
  return {
    name: `${code}`,
    fault: () => ({ status: code }),
    outcome: fails(reason, log ?? new RegExp(`answered with HTTP ${code}$`)),
  };
}

/** The token must not go where a redirect leads. */
function redirect(code: number): FaultRow {
  let elsewhere: RawServer;
  return {
    name: `${code} to another host`,
    async before(stage) {
      elsewhere = stage.use(await RawServer.start((connection) => connection.end()));
      stage.demo.faults.set(USAGE, { status: code, headers: { location: elsewhere.url } });
    },
    outcome: fails("bad_response", new RegExp(`answered with a redirect \\(HTTP ${code}\\)$`)),
    after() {
      if (elsewhere.connections.length > 0) throw new Error("The redirect was followed");
    },
  };
}

/** One exchange and one more try, then the failure. */
function rejected(code: number): FaultRow {
  return {
    name: `${code}`,
    fault: () => ({ status: code }),
    outcome: fails("unauthorized", new RegExp(`answered with HTTP ${code}$`)),
    after: askedTwice,
  };
}

function held(code: 429 | 503, form: string, header: string): FaultRow {
  return {
    name: `${code} with Retry-After as ${form}`,
    fault: () => ({ status: code, headers: { "retry-after": header } }),
    outcome: fails(
      code === 429 ? "rate_limited" : "unreachable",
      new RegExp(`answered with HTTP ${code}$`),
    ),
    async after(stage) {
      const again = await stage.scrape();
      const count = stage.demo.requests.count(USAGE);
      if (count !== 1) throw new Error(`The API was asked ${count} times in spite of Retry-After`);
      if (again.status === 200 && !again.text.includes('success{collector="usage"} 0')) {
        throw new Error(`The failure does not show while the API is not asked:\n${again.text}`);
      }
    },
  };
}

async function isAskedAgain(stage: Stage): Promise<void> {
  await stage.scrape();
  const count = stage.demo.requests.count(USAGE);
  if (count !== 2) throw new Error(`Two scrapes asked the API ${count} times`);
}
