import { log } from "../log.ts";

/** Answers one request; what it throws becomes status 500 and a record in the log. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Answers every request: routes by path, for GET and HEAD. */
export function createHandler(routes: Readonly<Record<string, Route>>): Route {
  return async (request) => {
    const path = URL.parse(request.url)?.pathname ?? "";
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) return plainText(404, "Not found: try /metrics or /health\n");
    if (request.method !== "GET" && request.method !== "HEAD") {
      const response = plainText(405, "Method not allowed: use GET, HEAD\n");
      response.headers.set("allow", "GET, HEAD");
      return response;
    }
    try {
      return await route(request);
    } catch (error) {
      if (!request.signal.aborted) log.error("Cannot answer a request", { path, error });
      return plainText(500, "Internal error, see the exporter's log\n");
    }
  };
}

/** Answers `GET /health`: 200 while serving, 503 while draining. */
export function healthRoute(isDraining: () => boolean): Route {
  return () =>
    isDraining()
      ? plainText(503, "Shutting down\n")
      : plainText(200, "Countdown complete - ready to serve metrics!\n");
}

/** An answer in words. */
export function plainText(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
