import * as v from "valibot";
import { ApiError } from "./api_error.ts";

/** Data of a reply, with what was left out of it because it cannot be right. */
export interface CheckedData<T> {
  readonly data: T;
  /**
   * The places in the reply, where a star stands for any index, and what is wrong with each; those
   * of the first `MAX_DESCRIBED` figures.
   */
  readonly omitted: ReadonlyMap<string, string>;
  /** How many figures were left out. */
  readonly count: number;
}

/** How many figures that are left out are described: each takes longer than to read a good one. */
export const MAX_DESCRIBED = 1000;

/** The kind of issue that a figure raises; no other schema of replies raises such. */
const LEFT_OUT = "raw_check";

/** Of a check that goes on when figures are wrong: how many are, and how many of them raise issues. */
interface Tally {
  count: number;
  readonly described: number;
}

/** That of the check that is under way, which hands nothing of its own down to figures. */
let tally: Tally | undefined;

/**
 * A part of a reply that is left out by itself when it cannot be right: then it is null. `expected`
 * says in words what `read` takes; that gives undefined for anything else.
 */
export function figure<T>(
  expected: string,
  read: (input: unknown) => T | undefined,
): v.GenericSchema<unknown, T | null> {
  return v.pipe(
    // What the value is, the check that follows makes true.
    v.custom<T | null>(() => true),
    // Unlike a transformation, a check may complain of a value and go on.
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

/** Checks the data of a reply; throws `ApiError` when more is wrong with it than single figures. */
export function checkData<T>(schema: v.GenericSchema<unknown, T>, input: unknown): CheckedData<T> {
  const strict = v.safeParse(schema, input, { abortEarly: true });
  if (strict.success) return { data: strict.output, omitted: new Map(), count: 0 };
  // What is wrong beyond figures is found out by its first issue, however much of it there is.
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

/** Checks without an end at figures that are wrong, of which only the first raise issues. */
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

/** What a schema's own word for a type is called. */
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

/** What came, though never a text: no part of a reply that may hold a secret belongs in a log. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return "a text";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
