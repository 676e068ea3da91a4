import type { Format } from "../metrics/write_family.ts";

/** The format of an answer and the Content-Type that names it. */
export interface Negotiated {
  readonly format: Format;
  readonly contentType: string;
}

interface Preference {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

// Metric names here need no escaping, so any requested scheme is satisfied.
const ESCAPING = /^[a-z0-9-]+$/;

/** The format that an `Accept` header prefers; text 0.0.4 when it names no supported one. */
export function negotiateFormat(accept: string | null): Negotiated {
  const best = parsePreferences(accept ?? "")
    .filter(({ quality }) => quality > 0)
    .map((preference) => ({ ...preference, format: offeredFormat(preference) }))
    .filter(({ format }) => format !== undefined)
    .toSorted((a, b) => b.quality - a.quality)[0];
  const format = best?.format ?? "text";
  const escaping = best?.parameters.get("escaping") ?? "";
  const type = format === "openmetrics"
    ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
    : "text/plain; version=0.0.4; charset=utf-8";
  return {
    format,
    contentType: ESCAPING.test(escaping) ? `${type}; escaping=${escaping}` : type,
  };
}

/** Whether an `Accept-Encoding` header allows gzip and does not prefer an uncompressed answer. */
export function acceptsGzip(acceptEncoding: string | null): boolean {
  const preferences = parsePreferences(acceptEncoding ?? "");
  const quality = (name: string) => preferences.find(({ value }) => value === name)?.quality;
  const gzip = quality("gzip") ?? quality("x-gzip") ?? quality("*") ?? 0;
  return gzip > 0 && gzip >= (quality("identity") ?? 0);
}

function offeredFormat({ value, parameters }: Preference): Format | undefined {
  const version = parameters.get("version");
  switch (value) {
    case "application/openmetrics-text":
      return version === undefined || version === "1.0.0" ? "openmetrics" : undefined;
    case "text/plain":
      return version === undefined || version === "0.0.4" ? "text" : undefined;
    case "text/*":
    case "*/*":
      return "text";
    default:
      return undefined;
  }
}

/** Splits a header such as `Accept` (RFC 9110, section 12.5); malformed qualities count as 0. */
function parsePreferences(header: string): Preference[] {
  return header.split(",").filter((part) => part.trim() !== "").map((part) => {
    const [value = "", ...rest] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const parameters = new Map(rest.map((piece) => {
      const [name = "", text = ""] = piece.split("=").map((half) => half.trim());
      return [name, text.replace(/^"(.*)"$/, "$1")];
    }));
    const quality = parameters.get("q") ?? "1";
    return {
      value,
      parameters,
      quality: /^(0(\.\d*)?|1(\.0*)?)$/.test(quality) ? Number(quality) : 0,
    };
  });
}
