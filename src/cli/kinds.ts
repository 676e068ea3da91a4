import { formatDuration, parseDuration } from "../duration.ts";
import { formatListenAddress, type ListenAddress, parseListenAddress } from "../listen_address.ts";
import { Secret } from "../secret.ts";
import { type Kind, type Reading, single } from "./setting.ts";
import { quote } from "./usage_error.ts";

/** Any text but an empty one, without the white space around it. */
export const text: Kind<string> = single(readText);

/** The path of a file, as given. */
export const path: Kind<string> = single((given) => ({ value: given }));

/** A text that no message repeats, without the white space around it. */
export const secret: Kind<Secret> = single((given) => {
  const reading = readText(given);
  return "value" in reading ? { value: new Secret(reading.value) } : reading;
}, { show: () => "" });

/** The URL of an account. */
export const accountUrl: Kind<URL> = single((given) => {
  const trimmed = given.trim();
  const url = /^https?:\/\/[^/?#\\]/i.test(trimmed) ? URL.parse(trimmed) : null;
  if (url === null) {
    return { problem: "it needs an http or https URL such as https://myaccount.app.spacelift.io" };
  }
  if (url.username !== "" || url.password !== "") {
    return { problem: "the URL must not hold a user or a password" };
  }
  if (/[?#]/.test(trimmed)) return { problem: "the URL must end with its path" };
  return { value: url };
}, {
  // Up to the last @ it may be a user and a password.
  show: (given) => quote(given.replace(/^.*@/s, "[redacted]@")),
});

/** An address to listen on. */
export const listenAddress: Kind<ListenAddress> = single((given) => {
  const value = parseListenAddress(given);
  return value === undefined
    ? { problem: "it needs a port from 0 to 65535, as in :9953, 127.0.0.1:9953 or [::1]:9953" }
    : { value };
}, { format: (value) => quote(formatListenAddress(value)) });

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((given) => [given, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((given) => [given, false] as const),
]);

/** True or false; the flag alone means true. */
export const boolean: Kind<boolean> = single((given) => {
  const value = BOOLEANS.get(given);
  return value === undefined ? { problem: "it needs true or false" } : { value };
}, { form: "switch" });

/** Milliseconds within bounds, both included. */
export function duration(range: { min: number; max: number }): Kind<number> {
  const bounds = `${formatDuration(range.min)} to ${formatDuration(range.max)}`;
  return single((given) => {
    const value = parseDuration(given);
    if (value === undefined) return { problem: "it needs a duration such as 5s or 1m30s" };
    if (value < range.min || value > range.max) {
      return { problem: `it needs a duration from ${bounds}` };
    }
    return { value };
  }, { format: formatDuration });
}

/** A whole number within bounds, both included. */
export function integer(range: { min: number; max: number }): Kind<number> {
  return single((given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
    return value >= range.min && value <= range.max
      ? { value }
      : { problem: `it needs a whole number from ${range.min} to ${range.max}` };
  });
}

/** Texts, in the order given, each without the white space around it. */
export const list: Kind<readonly string[]> = {
  form: "list",
  read(texts) {
    const value = texts.map((given) => given.trim());
    return value.includes("") ? { problem: "one of its values is empty" } : { value };
  },
  format: (value) => value.join(","),
  show: quote,
};

function readText(given: string): Reading<string> {
  const value = given.trim();
  return value === "" ? { problem: "it is empty" } : { value };
}
