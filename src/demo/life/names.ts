import type { Space } from "../api/account.ts";

/** The spaces of a generated account. */
export const SPACES: readonly Space[] = [
  { id: "root", name: "root", parentSpace: null },
  { id: "engineering", name: "Engineering", parentSpace: "root" },
  { id: "platform", name: "Platform", parentSpace: "engineering" },
  { id: "data", name: "Data", parentSpace: "engineering" },
  { id: "payments", name: "Payments", parentSpace: "engineering" },
  { id: "security", name: "Security", parentSpace: "root" },
  { id: "sandbox", name: "Sandbox", parentSpace: "root" },
];

type NonEmpty<T> = readonly [T, ...T[]];

const PRODUCTS: NonEmpty<{ product: string; space: string }> = [
  { product: "infrastructure", space: "root" },
  { product: "application", space: "engineering" },
  { product: "checkout", space: "payments" },
  { product: "kubernetes", space: "platform" },
  { product: "warehouse", space: "data" },
  { product: "identity", space: "security" },
  { product: "search", space: "engineering" },
  { product: "billing", space: "payments" },
  { product: "observability", space: "platform" },
  { product: "streaming", space: "data" },
  { product: "notifications", space: "engineering" },
  { product: "secrets", space: "security" },
  { product: "playground", space: "sandbox" },
];
const LAYERS: NonEmpty<string> = [
  "",
  "api",
  "network",
  "database",
  "storage",
  "dns",
  "queue",
  "iam",
];
const ENVIRONMENTS: NonEmpty<string> = ["prod", "staging", "dev"];

/** What a generated stack is called and where it lives. */
export interface StackName {
  /** Unique for each index. */
  id: string;
  name: string;
  space: string;
  labels: string[];
}

/** Names the stack with this index: `infrastructure-prod` in `root` comes first. */
export function nameStack(index: number): StackName {
  const [byProduct, productEntry] = split(index, PRODUCTS);
  const [byLayer, layer] = split(byProduct, LAYERS);
  const [copy, environment] = split(byLayer, ENVIRONMENTS);
  const { product, space } = productEntry;
  const words = [product, layer, environment, copy === 0 ? "" : String(copy + 1)];
  const id = words.filter((word) => word !== "").join("-");
  const title = words.filter((word) => word !== "" && word !== environment).join(" ");
  return {
    id,
    name: `${title.slice(0, 1).toUpperCase()}${title.slice(1)} (${environment})`,
    space,
    labels: [`env:${environment}`, `product:${product}`],
  };
}

/** Index arithmetic: what is left of the index, and the entry it stands for. */
function split<T>(index: number, entries: NonEmpty<T>): [number, T] {
  const entry = entries[index % entries.length] ?? entries[0];
  return [Math.floor(index / entries.length), entry];
}
