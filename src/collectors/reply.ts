import * as v from "valibot";

// Where the API's documentation does not say that a field is never null, null means "not known".

/** A count, or null where the API does not know it. */
export const count = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));

/** A Unix timestamp in seconds, or null. */
export const timestamp = count;

/** A finite number that is not negative, such as an average. */
export const amount = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A name for people, or null. */
export const name = v.nullable(v.string());
