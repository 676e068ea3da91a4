import { describeBuild } from "../version.ts";

/** Answers `GET /`: what this is and where its pages are. */
export function answerLanding(): Promise<Response> {
  const page = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Spacelift Prometheus Exporter</title>
<h1>Spacelift Prometheus Exporter</h1>
<p>Version ${describeBuild()}</p>
<ul>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/health">Health</a></li>
</ul>
</html>
`;
  return Promise.resolve(
    new Response(page, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'",
      },
    }),
  );
}
