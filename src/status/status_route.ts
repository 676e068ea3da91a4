import type { Handler } from "../http/answer.ts";
import { type Status, statusPage } from "./page.ts";
import { CONTENT_SECURITY_POLICY } from "./style.ts";

/** Answers `GET /`: a page on the exporter and its account, from memory alone. */
export function statusRoute(read: () => Status): Handler {
  return () =>
    Promise.resolve(
      new Response(statusPage(read()), {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": CONTENT_SECURITY_POLICY,
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        },
      }),
    );
}
