import { createHash } from "node:crypto";

/** The page's only style sheet; light or dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff;
  --busy: #0969da; --free: #2da44e; --drained: #8c959f; --good: #116329; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d;
  --paper: #0d1117; --busy: #4493f8; --free: #3fb950; --drained: #6e7681; --good: #56d364;
  --bad: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
header, footer, section { margin-bottom: 2rem; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 0 0 .5rem; font-size: 1.25rem; border-bottom: 1px solid var(--line); }
h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
a { color: var(--busy); }
nav a { margin-right: 1rem; }
.soft, caption, dt { color: var(--soft); }
.state { font-weight: 600; }
.good, .fresh { color: var(--good); }
.bad, .failed, .stale { color: var(--bad); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; font-size: .875rem; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th[scope=row] { font-weight: 400; min-width: 9rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; min-width: 6rem; height: .75rem; margin-top: .4rem;
  background: var(--line); }
.busy, .share { fill: var(--busy); } .free { fill: var(--free); } .drained { fill: var(--drained); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; } dd { margin: 0; font-size: 1.25rem; }
`;

/** Allows this style sheet and nothing else: no script, no image, no request to anyone. */
export const CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; " +
  `frame-ancestors 'none'; style-src 'sha256-${
    createHash("sha256").update(STYLE).digest("base64")
  }'`;
