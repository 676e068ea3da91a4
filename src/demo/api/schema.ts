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
  run(id: ID!): Run
  "Newest first; page by the cursor or by the offset."
  searchRuns(input: SearchInput!, offset: Int): SearchRunsOutput
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
}

type WorkerPool {
  id: ID
  name: String
  busyWorkers: Int
  pendingRuns: Int
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
  run(id: ID!): Run
}

type SearchRunsOutput {
  edges: [SearchRunsEdge!]
  pageInfo: PageInfo
  total: Int
}

type SearchRunsEdge {
  cursor: String
  node: SearchRunsNode
}

type SearchRunsNode {
  run: Run
  "Null for the run of a module."
  stack: Stack
  isModule: Boolean
}

"An enumeration at Spacelift; any string here, so that a run can be in a state nobody knows yet."
scalar RunState

"An enumeration at Spacelift; any string here."
scalar RunType

type Run {
  id: ID
  state: RunState
  type: RunType
  title: String
  "Unix seconds."
  createdAt: Int
  finished: Boolean
  needsApproval: Boolean
  driftDetection: Boolean
  "Newest first."
  history: [RunStateTransition!]
}

type RunStateTransition {
  state: RunState
  "Counts the run's transitions from 1."
  stateVersion: Int
  terminal: Boolean
  "Unix seconds."
  timestamp: Int
  username: String
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
