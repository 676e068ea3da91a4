import { parser } from "@prometheus-io/lezer-promql";
import assert from "node:assert/strict";

type Node = ReturnType<typeof parser.parse>["topNode"];

/** The labels of a metric's series; undefined for one that does not exist. */
export type LabelsOfMetric = (name: string) => ReadonlySet<string> | undefined;

/** Wrappers that leave the labels of what they hold as they are. */
const TRANSPARENT = new Set([
  "PromQL",
  "ParenExpr",
  "UnaryExpr",
  "OffsetExpr",
  "StepInvariantExpr",
  "MatrixSelector",
  "SubqueryExpr",
]);

const SCALARS = new Set(["NumberDurationLiteral", "StringLiteral"]);

/**
 * The labels that the series of an expression can have; none for a scalar. Throws for bad syntax, for
 * a metric that does not exist, and for a label that the series at hand cannot have.
 */
export function labelsOf(expression: string, labelsOfMetric: LabelsOfMetric): Set<string> {
  const tree = parser.parse(expression);
  tree.iterate({
    enter: ({ type, from }) =>
      assert.ok(!type.isError, `Bad PromQL at ${from}: ${expression.slice(from)}`),
  });
  return new Labels(expression, labelsOfMetric).of(tree.topNode) ?? new Set();
}

/** Follows labels through one expression; undefined stands for those of a scalar. */
class Labels {
  constructor(readonly expression: string, readonly labelsOfMetric: LabelsOfMetric) {}

  of(node: Node): Set<string> | undefined {
    if (SCALARS.has(node.name)) return undefined;
    if (TRANSPARENT.has(node.name)) return this.of(this.#operands(node)[0] ?? fail(node));
    switch (node.name) {
      case "VectorSelector":
        return this.#selected(node);
      case "FunctionCall":
        return this.#called(node);
      case "AggregateExpr":
        return this.#aggregated(node);
      case "BinaryExpr":
        return this.#combined(node);
      default:
        return fail(node);
    }
  }

  #selected(node: Node): Set<string> {
    const name = this.#text(node.getChild("Identifier") ?? fail(node));
    const labels = this.labelsOfMetric(name);
    if (labels === undefined) throw new Error(`There is no metric ${name}`);
    const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
    this.#check(this.#names(matchers), labels);
    return new Set(labels);
  }

  #called(node: Node): Set<string> | undefined {
    const name = this.#text(node.getChild("FunctionIdentifier") ?? fail(node));
    const given = this.#arguments(node).map((argument) => this.of(argument));
    if (name === "time") return undefined;
    if (name === "vector" || name === "absent") return new Set();
    return given.findLast((labels) => labels !== undefined);
  }

  #aggregated(node: Node): Set<string> {
    const inner = this.of(this.#arguments(node).at(-1) ?? fail(node)) ?? fail(node);
    const modifier = node.getChild("AggregateModifier");
    const grouping = this.#grouping(modifier);
    this.#check(grouping, inner);
    // These choose among series and leave them as they are.
    if (/^(topk|bottomk)$/.test(this.#text(node.getChild("AggregateOp") ?? fail(node)))) {
      return inner;
    }
    if (modifier?.getChild("Without")) return inner.difference(new Set(grouping));
    return new Set(grouping);
  }

  #combined(node: Node): Set<string> | undefined {
    const [left, right] = this.#operands(node).map((operand) => this.of(operand));
    if (left === undefined || right === undefined) return left ?? right;
    const matching = node.getChild("MatchingModifierClause");
    const [matched = null, included = null] = matching?.getChildren("GroupingLabels") ?? [];
    const names = this.#names(matched?.getChildren("LabelName") ?? []);
    if (matching?.getChild("On")) {
      this.#check(names, left);
      this.#check(names, right);
    } else {
      this.#check(names, left.union(right));
    }
    if (node.getChild("Or")) return left.union(right);
    if (node.getChild("And") || node.getChild("Unless")) return left;
    if (matching?.getChild("GroupLeft")) {
      const added = this.#names(included?.getChildren("LabelName") ?? []);
      this.#check(added, right);
      return left.union(new Set(added));
    }
    if (matching?.getChild("On")) return new Set(names);
    return left.difference(new Set(names));
  }

  #arguments(node: Node): Node[] {
    const body = node.getChild("FunctionCallBody");
    return body === null ? [] : this.#operands(body);
  }

  #operands(node: Node): Node[] {
    const operands: Node[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (SCALARS.has(child.name) || TRANSPARENT.has(child.name)) operands.push(child);
      else if (/^(VectorSelector|FunctionCall|AggregateExpr|BinaryExpr)$/.test(child.name)) {
        operands.push(child);
      }
    }
    return operands;
  }

  #grouping(modifier: Node | null): string[] {
    return this.#names(modifier?.getChild("GroupingLabels")?.getChildren("LabelName") ?? []);
  }

  #names(nodes: readonly Node[]): string[] {
    return nodes.map((node) => this.#text(node.getChild("LabelName") ?? node));
  }

  #check(names: readonly string[], known: ReadonlySet<string>): void {
    const unknown = names.find((name) => !known.has(name));
    if (unknown === undefined) return;
    throw new Error(`No label ${unknown} in ${this.expression}: there are ${[...known].sort()}`);
  }

  #text(node: Node): string {
    return this.expression.slice(node.from, node.to);
  }
}

function fail(node: Node): never {
  throw new Error(`Cannot follow the labels of ${node.name}`);
}
