import * as v from "valibot";
import { formatDuration, parseDuration } from "../duration.ts";
import { formatListenAddress, type ListenAddress, parseListenAddress } from "../listen_address.ts";
import { Secret } from "../secret.ts";
import { BLOCKED_PORTS } from "./blocked_ports.ts";
import { quote } from "./usage_error.ts";

/** A kind of value: how it is given on the command line, read, and shown. */
export interface Kind<T> {
  /** A `switch` may stand alone, a `list` may be given more than once. */
  readonly form: "switch" | "value" | "list";
  /** Reads the text given, or the texts of a list; its first issue says what is wrong. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** A default as the help text prints it. */
  format(value: T): string;
  /** The accepted values, for documents; undefined where the help text states them. */
  readonly values?: string;
  /** The text, quoted, as error messages may repeat it; empty where they must not. */
  show(text: string): string;
  /** All accepted texts, if there are only a few. */
  readonly choices?: readonly string[];
  /** The JSON schema of a value in a file, as precise as JSON schema allows. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A flag; its key in a group gives its name. */
export interface Flag<T> {
  readonly kind: Kind<T>;
  /** The short flag without its dash. */
  readonly alias?: string;
  readonly help: string;
  /** The default; a required flag has none. */
  readonly fallback?: { readonly value: T };
  /** The default as the help text prints it, unless it is empty. */
  readonly defaultText?: string;
}

/** A flag with its long name, without the dashes. */
export type NamedFlag = Flag<unknown> & { readonly name: string };

/** Flags by the names that the code uses for them. */
export interface Group<V> {
  readonly flags: { readonly [K in keyof V]: Flag<V[K]> };
  readonly named: readonly NamedFlag[];
  nameOf(key: keyof V & string): string;
}

/** The values of a group's flags. */
export type ValuesOf<G> = G extends Group<infer V> ? Readonly<V> : never;

/** Derives flag names from keys: with the prefix `stacks-`, `pageSize` is `stacks-page-size`. */
export function group<V>(prefix: string, flags: Group<V>["flags"]): Group<V> {
  const nameOf = (key: string) =>
    prefix + key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const named = Object.entries<Flag<unknown>>(flags)
    .map(([key, flag]) => ({ ...flag, name: nameOf(key) }));
  return { flags, named, nameOf };
}

/** The environment variable for the flag with this long name. */
export function environmentVariable(name: string): string {
  return `SPACELIFT_PROMEX_${name.replace(/[-.]/g, "_").toUpperCase()}`;
}

type Words = Pick<Flag<unknown>, "alias" | "help">;

/** A flag that must be given. */
export function required<T>(kind: Kind<T>, words: Words): Flag<T> {
  return { kind, ...words };
}

/** A flag that may be left out. */
export function optional<T>(kind: Kind<T>, words: Words): Flag<T | undefined> {
  return { ...required<T | undefined>(kind, words), fallback: { value: undefined } };
}

/** A flag with a default. */
export function withDefault<T>(kind: Kind<T>, value: T, words: Words): Flag<T> {
  const defaultText = kind.format(value);
  const shown = defaultText === "" ? {} : { defaultText };
  return { ...required(kind, words), fallback: { value }, ...shown };
}

const PLACEHOLDER = "it is a placeholder: replace it with the real value";

const TEXT = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty("it is empty"),
  v.check((given) => !/^<[^<>]*>$/.test(given), PLACEHOLDER),
);

const ONE_LINE = v.regex(/^\P{Cc}*$/u, "it is not one line of text");

const NO_URL = "it must be an http or https URL such as https://myaccount.app.spacelift.io";

const ACCOUNT_URL = v.pipe(
  v.string(),
  v.trim(),
  v.check((given) => !/<[^<>]*>/.test(given), PLACEHOLDER),
  v.regex(/^https?:\/\/[^/?#\\]/i, NO_URL),
  v.check((given) => URL.canParse(given), NO_URL),
  v.transform((given) => {
    const url = new URL(given);
    // People copy the endpoint with its `/graphql`, which the exporter appends itself.
    url.pathname = url.pathname.replace(/\/graphql\/*$/, "/");
    return url;
  }),
  v.check(
    ({ username, password }) => username === "" && password === "",
    "the URL must not hold a user or a password",
  ),
  v.check(({ href }) => !/[?#]/.test(href), "the URL must end with its path"),
  v.check(
    ({ port }) => !BLOCKED_PORTS.has(port),
    "fetch refuses that port because it belongs to another protocol",
  ),
);

const LISTEN_ADDRESS = v.pipe(
  v.string(),
  v.transform(parseListenAddress),
  v.custom<ListenAddress>(
    (address) => address !== undefined,
    "it must have a port from 0 to 65535, as in :9953, 127.0.0.1:9953 or [::1]:9953",
  ),
);

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((given) => [given, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((given) => [given, false] as const),
]);

const BOOLEAN = v.pipe(
  v.string(),
  v.transform((given) => BOOLEANS.get(given)),
  v.boolean("it must be true or false"),
);

/** `pattern` applies to texts only and `maximum` to numbers only: the one valid number is 0. */
const DURATION_JSON = {
  type: ["string", "integer"],
  pattern: "^(0|([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+)$",
  minimum: 0,
  maximum: 0,
};

/** The kinds of values; `duration` is in milliseconds, and bounds are inclusive. */
export const kind = {
  /** Non-empty text, trimmed. */
  text: kindOf(TEXT),
  path: kindOf(v.string()),
  secret: kindOf(v.pipe(TEXT, ONE_LINE, v.transform((given) => new Secret(given))), {
    show: () => "",
  }),
  accountUrl: kindOf(ACCOUNT_URL, {
    // Everything up to the last @ may be a user and a password.
    show: (given) => quote(given.replace(/^.*@/s, "[redacted]@")),
  }),
  listenAddress: kindOf(LISTEN_ADDRESS, { format: (value) => quote(formatListenAddress(value)) }),
  boolean: kindOf(BOOLEAN, { form: "switch", json: { type: "boolean" } }),
  list: kindOf<readonly string[]>(
    v.array(v.pipe(v.string(), v.trim(), v.nonEmpty("one of its values is empty"))),
    {
      form: "list",
      format: (value) => value.join(","),
      json: { type: "array", items: { type: "string", minLength: 1 } },
    },
  ),
  /** One of several words. */
  choice<const T extends string>(...words: readonly T[]): Kind<T> {
    const values = words.join(", ");
    return kindOf(v.picklist(words, `it must be one of ${values}`), {
      values,
      choices: words,
      json: { enum: words },
    });
  },
  duration(min: number, max = Infinity): Kind<number> {
    const outside = max === Infinity
      ? `it must be a duration of at least ${formatDuration(min)}`
      : `it must be a duration from ${formatDuration(min)} to ${formatDuration(max)}`;
    const schema = v.pipe(
      v.string(),
      v.transform(parseDuration),
      v.number("it must be a duration such as 5s or 1m30s"),
      v.minValue(min, outside),
      v.maxValue(max, outside),
    );
    const values = max === Infinity
      ? `at least ${formatDuration(min)}`
      : `${formatDuration(min)} to ${formatDuration(max)}`;
    return kindOf(schema, { format: formatDuration, values, json: DURATION_JSON });
  },
  integer(min: number, max: number): Kind<number> {
    const problem = `it must be a whole number from ${min} to ${max}`;
    const digits = v.pipe(v.string(), v.regex(/^\d{1,15}$/, problem), v.transform(Number));
    const schema = v.pipe(digits, v.minValue(min, problem), v.maxValue(max, problem));
    return kindOf(schema, {
      values: `${min} to ${max}`,
      json: { type: "integer", minimum: min, maximum: max },
    });
  },
};

function kindOf<T>(
  schema: v.GenericSchema<unknown, T>,
  differences: Partial<Omit<Kind<T>, "schema">> = {},
): Kind<T> {
  const json = { type: "string" };
  return { form: "value", schema, format: String, show: quote, json, ...differences };
}
