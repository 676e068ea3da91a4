import { quote } from "./usage_error.ts";

/** What reading a text gave: the value, or what is wrong with the text. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A kind of value: how it is given on the command line, read, and shown. */
export interface Kind<T> {
  /** A `switch` may stand alone, a `list` may be given more than once. */
  readonly form: "switch" | "value" | "list";
  /** Reads what was given; only a list is given more than one text. */
  read(texts: readonly string[]): Reading<T>;
  /** A default as the help text prints it. */
  format(value: T): string;
  /** A text as error messages may repeat it, quoted; empty where they must not. */
  show(text: string): string;
}

/** How a setting is named and explained. */
export interface Naming {
  /** The long flag without its dashes. */
  readonly name: string;
  /** The short flag without its dash. */
  readonly alias?: string;
  readonly help: string;
}

/** One setting: a flag and the environment variable beside it. */
export interface Setting<T> extends Naming {
  readonly form: Kind<T>["form"];
  read(texts: readonly string[]): Reading<T>;
  show(text: string): string;
  /** The value when nothing is given; a required setting has none. */
  readonly fallback?: { readonly value: T };
  /** The fallback as the help text prints it, unless it is nothing. */
  readonly defaultText?: string;
}

/** Settings by the names that the program knows them by. */
export type SettingTable<V> = { readonly [K in keyof V]: Setting<V[K]> };

/** The values that a table of settings reads. */
export type ValuesOf<Table> = {
  readonly [K in keyof Table]: Table[K] extends Setting<infer T> ? T : never;
};

/** A setting that must be given. */
export function required<T>(kind: Kind<T>, naming: Naming): Setting<T> {
  return { ...naming, form: kind.form, read: kind.read, show: kind.show };
}

/** A setting that may be left out. */
export function optional<T>(kind: Kind<T>, naming: Naming): Setting<T | undefined> {
  return { ...required(kind, naming), fallback: { value: undefined } };
}

/** A setting with a default. */
export function withDefault<T>(kind: Kind<T>, value: T, naming: Naming): Setting<T> {
  const setting = { ...required(kind, naming), fallback: { value } };
  const defaultText = kind.format(value);
  return defaultText === "" ? setting : { ...setting, defaultText };
}

/** The environment variable of a setting. */
export function environmentVariable(setting: Naming): string {
  return `SPACELIFT_PROMEX_${setting.name.replace(/[-.]/g, "_").toUpperCase()}`;
}

/** A kind given as one text; what is not overridden prints and shows the value as it is. */
export function single<T>(
  read: (text: string) => Reading<T>,
  overrides: Partial<Pick<Kind<T>, "form" | "format" | "show">> = {},
): Kind<T> {
  return {
    form: "value",
    read: (texts) => read(texts.at(-1) ?? ""),
    format: String,
    show: quote,
    ...overrides,
  };
}
