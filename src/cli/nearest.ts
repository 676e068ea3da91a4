import { closest, distance } from "fastest-levenshtein";

/** The name that was probably meant, or undefined when none is close. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const name = closest(given, names);
  // Two swapped letters are a distance of two. Guesses further away are more often wrong than
  // right.
  const limit = Math.max(2, Math.floor(Math.max(given.length, name.length) / 3));
  return distance(given, name) <= limit ? name : undefined;
}

/** `, did you mean "serve"`, or nothing when no name is close. */
export function didYouMean(given: string, names: readonly string[]): string {
  const name = nearest(given, names);
  return name === undefined ? "" : `, did you mean ${JSON.stringify(name)}`;
}
