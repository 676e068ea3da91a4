import * as v from "valibot";
import { ApiError } from "./api_error.ts";

/** The data of a reply, and the invalid figures that were left out of it. */
export interface CheckedData<T> {
  readonly data: T;
  /**
   * The paths in the reply, with `*` for any index, and what is wrong with each; covers the first
   * `MAX_DESCRIBED` figures.
   */
  readonly omitted: ReadonlyMap<string, string>;
  /** How many figures were left out. */
  readonly count: number;
}

/** How many omitted figures are described: describing one takes longer than reading a valid one. */
export const MAX_DESCRIBED = 1000;

/** The type of issue that a figure raises; no other schema of replies raises it. */
const LEFT_OUT = "raw_check";

/**
 * The counts of a check that tolerates invalid figures: how many there are, and how many raised
 * issues.
 */
interface Tally {
  count: number;
  readonly described: number;
}

/** The tally of the current check; global because a schema cannot pass state to its figures. */
let tally: Tally | undefined;

/**
 * A part of a reply that becomes null when it is invalid, without affecting the rest. `expected`
 * describes what `read` accepts; `read` returns undefined for anything else.
 */
export function figure<T>(
  expected: string,
  read: (input: unknown) => T | undefined,
): v.GenericSchema<unknown, T | null> {
  return v.pipe(
    // The check that follows ensures the type.
    v.custom<T | null>(() => true),
    // Unlike a transformation, a check can report a value and continue.
    v.rawCheck(({ dataset, addIssue }) => {
      const value = read(dataset.value);
      if (value === undefined) {
        if (tally === undefined || tally.count++ < tally.described) {
          addIssue({ expected, message: `${expected}, got ${describe(dataset.value)}` });
        }
      }
      dataset.value = value ?? null;
    }),
  );
}

/** Checks the data of a reply; throws `ApiError` when more than single figures are invalid. */
export function checkData<T>(schema: v.GenericSchema<unknown, T>, input: unknown): CheckedData<T> {
  const strict = v.safeParse(schema, input, { abortEarly: true });
  if (strict.success) return { data: strict.output, omitted: new Map(), count: 0 };
  // The first issue shows a problem beyond figures, however many issues there are.
  if (!isFigure(strict.issues[0])) throw notAsExpected(strict.issues[0]);
  const { result: others } = checkOn(schema, input, { abortEarly: true, described: 0 });
  if (!others.success) throw notAsExpected(others.issues[0]);
  const all = checkOn(schema, input, { abortEarly: false, described: MAX_DESCRIBED });
  const { result: { issues = [] }, count } = all;
  const places = issues.map((issue) =>
    [pathOf(issue).replaceAll(/\.\d+(?=\.|$)/g, ".*"), describeIssue(issue)] as const
  );
  return { data: others.output, omitted: new Map(places), count };
}

/** Checks on past invalid figures, of which only the first raise issues. */
function checkOn<T>(
  schema: v.GenericSchema<unknown, T>,
  input: unknown,
  options: { readonly abortEarly: boolean; readonly described: number },
) {
  const { abortEarly, described } = options;
  const present = tally = { count: 0, described };
  try {
    return { result: v.safeParse(schema, input, { abortEarly }), count: present.count };
  } finally {
    tally = undefined;
  }
}

type Issue = v.BaseIssue<unknown>;

function isFigure({ type }: Issue): boolean {
  return type === LEFT_OUT;
}

function notAsExpected(issue: Issue): ApiError {
  return new ApiError(
    "bad_response",
    `The API's reply is not as expected: ${describeIssue(issue)}`,
  );
}

/** Plain words for the schema's type names. */
const WORDS: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  boolean: "true or false",
  number: "a number",
  string: "a text",
};

function describeIssue(issue: Issue): string {
  const path = pathOf(issue);
  if (isFigure(issue)) return `${path} should be ${issue.message}`;
  if (issue.input === undefined) return `${path} is missing`;
  if (issue.kind === "validation") return `${path} should be another ${typeof issue.input}`;
  const expected = (issue.expected ?? "").split(" | ").filter((word) => word !== "null")
    .map((word) => WORDS[word.replace(/^\(|\)$/g, "")] ?? word).join(" or ");
  return `${path} should be ${expected}, got ${describe(issue.input)}`;
}

function pathOf(issue: Issue): string {
  return v.getDotPath(issue) ?? "data";
}

/**
 * Describes a value but never quotes a text: parts of a reply that may hold a secret must not be
 * logged.
 */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return "a text";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
