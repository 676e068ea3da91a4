import { BODY_FAULTS } from "./body_faults.ts";
import { CLIENT_FAULTS } from "./client_faults.ts";
import { CLOCK_FAULTS } from "./clock_faults.ts";
import type { FaultRow } from "./fault_row.ts";
import { GRAPHQL_FAULTS } from "./graphql_faults.ts";
import { HTTP_FAULTS } from "./http_faults.ts";
import { NETWORK_FAULTS } from "./network_faults.ts";
import { SECRET_FILE_FAULTS } from "./secret_file_faults.ts";
import { TOKEN_FAULTS } from "./token_faults.ts";
import { VALUE_FAULTS } from "./value_faults.ts";
import { WALK_FAULTS } from "./walk_faults.ts";

/** Every row of the matrix, by kind. */
export const MATRIX: Readonly<Record<string, readonly FaultRow[]>> = {
  network: NETWORK_FAULTS,
  http: HTTP_FAULTS,
  body: BODY_FAULTS,
  graphql: GRAPHQL_FAULTS,
  value: VALUE_FAULTS,
  walk: WALK_FAULTS,
  token: TOKEN_FAULTS,
  "secret file": SECRET_FILE_FAULTS,
  clock: CLOCK_FAULTS,
  client: CLIENT_FAULTS,
};
