import { createHash } from "node:crypto";

/** The page's only style sheet; light or dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff;
  --link: #0969da; --good: #116329; --bad: #a40e26;
  --busy: #0969da; --free: #2da44e; --drained: #8c959f; --pending: #d4860b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d;
  --paper: #0d1117; --link: #4493f8; --good: #56d364; --bad: #ff7b72;
  --busy: #4493f8; --free: #3fb950; --drained: #7d8590; --pending: #e3a008; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
header { margin-bottom: 1.5rem; }
section { margin-top: 2rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 0; font-size: 1.25rem; }
p { margin: 0 0 .5rem; }
a { color: var(--link); }
nav a { margin-right: 1rem; }
small, .soft, th, dt { color: var(--soft); }
.good { color: var(--good); }
.bad, strong { color: var(--bad); }
.state, caption { font-weight: 600; }
.scroll { overflow-x: auto; margin: .75rem 0 1.25rem; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; }
th, td { padding: .25rem 1.25rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 400; }
th[scope=row] { color: inherit; min-width: 6.5rem; overflow-wrap: anywhere; }
th:has(.bar) { width: 45%; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; height: .75rem; margin: .25rem 0; background: var(--line); }
.busy { --part: var(--busy); } .free { --part: var(--free); } .drained { --part: var(--drained); }
.pending { --part: var(--pending); } .share { --part: var(--busy); }
rect { fill: var(--part); }
th.number { box-shadow: inset 0 -.2rem var(--part, transparent); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .75rem 0; }
dd { margin: 0; font-size: 1.25rem; }
@media (max-width: 40rem) { table { font-size: .875rem; } th, td { padding-right: .5rem; } }
`;

/** Allows this style sheet and nothing else: no script, no image, no request to anyone. */
export const CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; " +
  `frame-ancestors 'none'; style-src 'sha256-${
    createHash("sha256").update(STYLE).digest("base64")
  }'`;
