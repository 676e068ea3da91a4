import { log } from "../log.ts";

/** Answers one request; an error becomes status 500 and a log record. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Answers every request: routes by path, for GET and HEAD. */
export function createHandler(routes: Readonly<Record<string, Route>>): Route {
  return async (request) => {
    const path = pathOf(request);
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) return plainText(404, "Not found: try /metrics or /health\n");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plainText(405, "Method not allowed: use GET, HEAD\n", { allow: "GET, HEAD" });
    }
    try {
      return await route(request);
    } catch (error) {
      if (!request.signal.aborted) log.error("Cannot answer a request", { path, error });
      return plainText(500, "Internal error, see the exporter's log\n");
    }
  };
}

/**
 * Routes for orchestrators. Readiness is 503 until the account has accepted the API key once, so
 * that a rollout with a wrong setting stops, and again while draining; liveness is 200 as long as
 * the process answers, so that an outage of the API does not cause restarts.
 */
export function healthRoutes(state: {
  readonly wasAccepted: () => boolean;
  readonly isDraining: () => boolean;
}): Readonly<Record<string, Route>> {
  const readiness = () => {
    if (state.isDraining()) return plainText(503, "Shutting down\n");
    if (!state.wasAccepted()) {
      return plainText(503, "Not ready: the API has not accepted the API key yet\n");
    }
    // Identical to the answer of Spacelift's own exporter.
    return plainText(200, "Countdown complete - ready to serve metrics!");
  };
  const liveness = () => plainText(200, "Healthy\n");
  return {
    "/health": readiness,
    "/-/ready": readiness,
    "/readyz": readiness,
    "/-/healthy": liveness,
    "/healthz": liveness,
    "/livez": liveness,
  };
}

/** Paths open to everybody, because their answers reveal nothing about the account. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(
  Object.keys(healthRoutes({ wasAccepted: () => false, isDraining: () => false })),
);

/** The path of a request; empty when its target is not a URL. */
export function pathOf({ url }: Request): string {
  return URL.parse(url)?.pathname ?? "";
}

/** An answer in plain text. */
export function plainText(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { "content-type": "text/plain; charset=utf-8" };
  return new Response(body, { status, headers: { ...type, ...headers } });
}
