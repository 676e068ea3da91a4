import { formatDuration } from "../duration.ts";
import { ApiError } from "./api_error.ts";

/** The error of a request, walk page or scrape that got no answer in `ms`. */
export function timedOut(ms: number): ApiError {
  return new ApiError("timeout", `The API did not answer within ${formatDuration(ms)}`);
}
