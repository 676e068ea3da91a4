import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Html, html } from "../../src/status/html.ts";
import { toText } from "../support/status_page.ts";

Deno.test("html escapes text so that it can neither open a tag nor leave an attribute", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."<>&\"'`=/!-;#a ") }),
  );
  fc.assert(fc.property(text, (value) => {
    const { text: written } = html`<p title="${value}">${value}</p>`;
    const [, attribute, content] = /^<p title="([^"]*)">([^<>]*)<\/p>$/.exec(written) ?? [];
    assert.equal(attribute, content, `${JSON.stringify(value)} broke out: ${written}`);
    const unescaped = (content ?? "").replaceAll(
      /&#(\d+);/g,
      (_, code) => String.fromCharCode(Number(code)),
    );
    assert.equal(unescaped, value);
    assert.doesNotMatch((content ?? "").replaceAll(/&#\d+;/g, ""), /[<>&"']/);
  }));
});

Deno.test("html shows a script as text", () => {
  const written = html`<td>${"<script>alert(1)</script>"}</td>`.text;
  assert.equal(written, "<td>&#60;script&#62;alert(1)&#60;/script&#62;</td>");
  assert.equal(toText(written), "<script>alert(1)</script>");
});

Deno.test("html keeps what is HTML already, and joins lists", () => {
  const inner = html`<b>${"&"}</b>`;
  assert.equal(
    html`<p>${inner}${[1, "<", [inner]]}</p>`.text,
    "<p><b>&#38;</b>1&#60;<b>&#38;</b></p>",
  );
  assert.equal(html`${new Html("<i>")}`.text, "<i>");
});
