import { createHash } from "node:crypto";
import type { Tone } from "./parts.ts";

/** The page's only style sheet; light or dark as the reader's system is, light on paper. */
export const STYLE = `
:root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff;
  --link: #0969da; --good: #116329; --warn: #7d4e00; --bad: #a40e26; --calm: #57606a;
  --good-tint: #effaf2; --warn-tint: #fff6dd; --bad-tint: #ffeceb; --calm-tint: #f6f8fa;
  --busy: #0969da; --free: #9bd8ab; --drained: #8c959f;
  --trouble: #cf222e; --person: #d4860b; --progress: #0969da; --rest: #8fb89b; --other: #8c959f; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; --ink: #e6edf3;
  --soft: #9ea7b3; --line: #3d444d; --paper: #0d1117;
  --link: #58a6ff; --good: #56d364; --warn: #e3b341; --bad: #ff8a80; --calm: #9ea7b3;
  --good-tint: #0f2417; --warn-tint: #2a2008; --bad-tint: #331316; --calm-tint: #161b22;
  --busy: #4493f8; --free: #2f6f41; --drained: #6e7681;
  --trouble: #f85149; --person: #e3a008; --progress: #4493f8; --rest: #3f6b4c; --other: #6e7681; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 82rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { margin: 0; font-size: 1.1rem; }
h2 { margin: 0 0 .5rem; font-size: 1.15rem; }
h3 { margin: 0; font-size: 1rem; display: flex; align-items: center; gap: .5rem; }
h3 b { margin-left: auto; font-size: 1.4rem; line-height: 1; }
p, ol, ul, dl, dd { margin: 0; padding: 0; list-style: none; }
a { color: var(--link); }
small, .soft { color: var(--soft); }
small, .soft, .fact { font-size: .875rem; }
time, .fact, .waiting { white-space: nowrap; font-variant-numeric: tabular-nums; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; margin-bottom: .75rem; }
header time { white-space: normal; }
.demo { width: 100%; margin-top: .5rem; padding: .25rem .75rem; border: 1px dashed var(--soft); }
.mark { width: 1.1em; height: 1.1em; flex: none; fill: none; stroke: var(--paper);
  stroke-width: 2; }
:is(.verdict, .note, .inside) .mark { translate: 0 .15em; }
.marks { position: absolute; }
.mark circle, .mark .body, symbol circle, symbol .body { stroke: none; }
.good { --tone: var(--good); --tint: var(--good-tint); }
.warn { --tone: var(--warn); --tint: var(--warn-tint); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); }
.calm { --tone: var(--calm); --tint: var(--calm-tint); }
symbol circle, symbol .body { fill: var(--tone); }
.note { display: flex; gap: .5rem; align-items: baseline; margin-bottom: .5rem; color: var(--tone); }
.verdict { margin-bottom: 1.25rem; }
.verdict p:first-child { display: flex; gap: .5rem; align-items: baseline; color: var(--tone); }
.verdict .detail { margin-left: 1.6rem; color: var(--soft); font-size: .875rem; }
.verdict:is(.warn, .bad) { padding: .75rem; border-left: .3rem solid var(--tone);
  background: var(--tint); }
.verdict:is(.warn, .bad) p:first-child { font-size: 1.35rem; line-height: 1.25; font-weight: 600; }
.verdict:is(.warn, .bad) .detail { margin-left: 2rem; color: var(--ink); }
.back { margin-bottom: .75rem; }
.headline { font-size: 1.5rem; line-height: 1.2; }
.cards { display: grid; gap: 1rem; align-items: start; }
.account { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 1rem 2.5rem; align-items: start; margin-top: 2rem; }
.card { max-width: 30rem; padding: .75rem; border: 1px solid var(--line); border-top: .3rem solid var(--tone);
  break-inside: avoid; }
.lines li { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .35rem 0;
  border-top: 1px solid var(--line); }
section h3 { margin-top: .75rem; }
.card h3 { margin-top: 0; }
.card p + .lines { margin-top: .5rem; }
main > section > .lines { max-width: 48rem; }
.lines .soft { grid-column: 1 / -1; }
.name { min-width: 0; }
.account section + section { margin-top: 1.75rem; }
.account + section { margin-top: 1.75rem; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17.5rem), 1fr));
  gap: 0 2rem; }
.runs h3 { min-height: 1.5rem; }
.runs > div { max-width: 30rem; }
.runs > p { margin-top: .75rem; }
.pools li { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .4rem 0;
  border-top: 1px solid var(--line); break-inside: avoid; }
.pools .bar, .pools .figures { grid-column: 1 / -1; }
.figures { font-size: .875rem; color: var(--soft); }
.waiting.none { color: var(--soft); }
.waiting.some { color: var(--warn); font-weight: 600; }
.bar { display: block; width: 100%; height: .8rem; print-color-adjust: exact; }
.pools .bar { margin: .2rem 0; }
rect { height: 10px; fill: var(--part); }
.busy { --part: var(--busy); } .free { --part: var(--free); } .drained { --part: var(--drained); }
rect.free { y: 2px; height: 6px; } rect.drained { y: 4px; height: 2px; }
.trouble { --part: var(--trouble); } .person { --part: var(--person); }
.progress { --part: var(--progress); } .rest { --part: var(--rest); } .other { --part: var(--other); }
.legend { display: flex; gap: 1rem; color: var(--soft); font-size: .875rem; margin-bottom: .25rem; }
.legend span { display: flex; gap: .35rem; align-items: center; }
.legend .bar, dt .bar { width: 1.2rem; }
.groups > div { display: grid; grid-template-columns: 13rem 1fr; padding: .35rem 0;
  border-top: 1px solid var(--line); }
.groups { margin-top: .6rem; }
dt { display: flex; gap: .5rem; align-items: center; }
details { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
summary { cursor: pointer; }
.inside { margin: .5rem 0; }
.inside li { display: flex; gap: .5rem; align-items: baseline; padding: .2rem 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .5rem; }
@media (min-width: 40rem) { .cards { grid-template-columns: 1fr 1fr; } }
@media (min-width: 76rem) { .cards { display: block; columns: 17.5rem; }
  .card { margin-bottom: 1rem; } }
@media (max-width: 26rem) { .groups > div { grid-template-columns: 1fr; } }
@media print { body { max-width: none; } details::details-content { content-visibility: visible;
  height: auto; } }
`;

/** Allows this style sheet and the icon in the page itself: no script, no request to anyone. */
export const CONTENT_SECURITY_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; " +
  `frame-ancestors 'none'; img-src data:; style-src 'sha256-${
    createHash("sha256").update(STYLE).digest("base64")
  }'`;

const ICONS: Readonly<Record<Tone, readonly [string, string]>> = {
  good: ["#116329", "M4 8.5l2.7 2.7L12 5.6"],
  warn: ["#bf7700", "M8 3v6M8 11v2"],
  bad: ["#cf222e", "M5 5l6 6M11 5l-6 6"],
  calm: ["#57606a", "M4 8h8"],
};

/** The picture in the browser's tab: what is worst on the page. */
export function faviconOf(tone: Tone): string {
  const [colour, sign] = ICONS[tone];
  const icon =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='8' ` +
    `fill='${colour}'/><path d='${sign}' fill='none' stroke='#fff' stroke-width='2'/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}
