import * as v from "valibot";
import { ApiError } from "../spacelift/api_error.ts";

/** Who asks, as the field `viewer{id}` of a document gives it; null after the session is lost. */
export const viewer = v.nullable(v.object({ id: v.string() }));

/**
 * Throws `ApiError` when the session is lost: search fields then return empty lists and nulls but no
 * error, which would look like an account without stacks and runs.
 */
export function refuseLostSession(reply: { viewer: v.InferOutput<typeof viewer> }): void {
  if (reply.viewer === null) {
    throw new ApiError("unauthorized", "The API does not know the session");
  }
}
