import { buildSchema, type GraphQLSchema } from "graphql";

/**
 * The part of Spacelift's schema that the simulation answers; a field whose nullability no public
 * source states is nullable here, so that an account can hold null wherever the API might.
 */
const DEFINITIONS = `
type Query {
  "Null when the bearer token is missing, expired or not accepted."
  viewer: User
  publicWorkerPool: PublicWorkerPool
  workerPools: [WorkerPool!]!
  usage: Usage!
  metrics: SpaceliftMetrics
  stacks: [Stack!]!
  stack(id: ID!): Stack
  searchStacks(input: SearchInput!): SearchStacksOutput
  spaces: [Space!]
}

type Mutation {
  "Null when the id and secret do not match a key."
  apiKeyUser(id: ID!, secret: String!): User
}

type User {
  id: ID
  "Bearer token; filled only by the token mutations."
  jwt: String
  "Unix seconds."
  validUntil: Int
}

type Space {
  id: ID
  name: String
  parentSpace: ID
}

type PublicWorkerPool {
  parallelism: Int
  busyWorkers: Int
  pendingRuns: Int
  schedulableRunsCount: Int
}

type WorkerPool {
  id: ID
  name: String
  busyWorkers: Int
  pendingRuns: Int
  schedulableRunsCount: Int
  workers: [Worker!]
}

type Worker {
  id: ID
  busy: Boolean
  drained: Boolean
}

type Usage {
  billingPeriodStart: Int
  billingPeriodEnd: Int
  usedPrivateMinutes: Int
  usedPublicMinutes: Int
  usedSeats: Int
}

type DataPoint {
  value: Float
  labels: [String!]
}

type SpaceliftMetrics {
  stacksCountByState: [DataPoint!]!
  resourcesCountByDrift: [DataPoint!]!
  avgStackSizeByResourceCount: [DataPoint!]!
  "Nanoseconds, over a fixed window of 30 days."
  averageRunDuration: [DataPoint!]!
  "Nanoseconds, over a fixed window of 30 days."
  medianRunDuration: [DataPoint!]!
}

input SearchInput {
  first: Int
  after: String
}

type SearchStacksOutput {
  edges: [SearchStacksEdge!]
  pageInfo: PageInfo
}

type SearchStacksEdge {
  cursor: String
  node: Stack
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean
  hasPreviousPage: Boolean
}

"An enumeration at Spacelift; any string here, so that an account can hold a state nobody knows yet."
scalar StackState

type Stack {
  id: ID!
  name: String!
  space: ID!
  "Public sources differ on whether it can be null."
  spaceDetails: Space
  labels: [String!]!
  state: StackState!
  stateSetAt: Int
  lastApplyAt: Int
  blocked: Boolean!
  isDisabled: Boolean!
  lockedAt: Int
  needsApproval: Boolean!
  isDrifted: Boolean!
  entityCount: Int!
  entities: [ManagedEntity!]
}

type ManagedEntity {
  id: ID
  "Time of the finding; null when the entity is in sync."
  drifted: Int
}
`;

/** The simulated schema. */
export function buildDemoSchema(): GraphQLSchema {
  return buildSchema(DEFINITIONS);
}
