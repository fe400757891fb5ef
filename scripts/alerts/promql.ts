/*
 * Evaluates the part of PromQL that the alerts are written in, on the grammar of Prometheus itself. Everything else is
 * rejected: an alert must not seem silent because its expression was misread.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { keyOf, type Labels, type Sample, type TimeSeries } from './series.ts';

type Value = number | readonly Sample[];
type Point = Readonly<{ at: number; value: number }>;

/**
 * The result of an expression at a time, in seconds.
 *
 * @throws SyntaxError for what is not PromQL, and for what is not supported here.
 */
export function evaluate(expression: string, series: TimeSeries, at: number): readonly Sample[] {
  const tree = parser.parse(expression);
  const textOf = (node: SyntaxNode): string => expression.slice(node.from, node.to);
  const unsupported = (node: SyntaxNode) =>
    new SyntaxError(`Unsupported ${node.name} "${textOf(node)}": ${expression}`);
  const [root] = childrenOf(tree.topNode);
  if (root === undefined) throw new SyntaxError(`No expression: ${expression}`);

  const resultOf = (node: SyntaxNode): Value => {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return Number(textOf(node));
      case 'VectorSelector':
        return series.instant(matcherOf(node), at);
      case 'AggregateExpr':
        return aggregate(node);
      case 'FunctionCall':
        return call(node);
      case 'BinaryExpr':
        return combine(node);
      default:
        throw unsupported(node);
    }
  };
  const vectorOf = (node: SyntaxNode): readonly Sample[] => {
    const value = resultOf(node);
    if (typeof value === 'number') throw unsupported(node);
    return value;
  };

  const matcherOf = (selector: SyntaxNode): ((labels: Labels) => boolean) => {
    const matchers = childrenOf(selector).flatMap((child) => {
      if (child.name === 'Identifier') return [{ name: '__name__', operator: '=', text: textOf(child) }];
      return childrenOf(child).map((matcher) => {
        const [label, operator, literal] = childrenOf(matcher);
        if (!label || !operator || !literal) throw unsupported(matcher);
        return { name: textOf(label), operator: textOf(operator), text: String(JSON.parse(textOf(literal))) };
      });
    });
    return (labels) =>
      matchers.every(({ name, operator, text }) => {
        const label = labels[name] ?? '';
        const matches = operator.endsWith('~') ? new RegExp(`^(?:${text})$`).test(label) : label === text;
        return operator.startsWith('!') ? !matches : matches;
      });
  };

  const aggregate = (node: SyntaxNode): readonly Sample[] => {
    const children = childrenOf(node);
    const [operator] = children;
    const [argument] = childrenOf(children.at(-1) ?? node);
    const reduce = operator && AGGREGATIONS[textOf(operator)];
    if (reduce === undefined || argument === undefined) throw unsupported(node);
    const modifier = children.find(({ name }) => name === 'AggregateModifier');
    const [by, grouping] = modifier === undefined ? [] : childrenOf(modifier);
    const names = grouping === undefined ? [] : childrenOf(grouping).map(textOf);
    const labelled = vectorOf(argument).map(({ labels, value }) => ({
      labels: keep(labels, (name) => names.includes(name) !== (by?.name === 'Without')),
      value,
    }));
    return [...Map.groupBy(labelled, ({ labels }) => keyOf(labels)).values()].map((group) => ({
      labels: group[0]?.labels ?? {},
      value: reduce(group.map(({ value }) => value)),
    }));
  };

  /** Per-second increase times the factor, of each series in a range such as `m[5m]`. */
  const increases = (node: SyntaxNode | undefined, scale: (seconds: number) => number): readonly Sample[] => {
    const [selector, duration] = node?.name === 'MatrixSelector' ? childrenOf(node) : [];
    if (!node || !selector || !duration) throw unsupported(node ?? root);
    const seconds = secondsOf(textOf(duration));
    return series.range(matcherOf(selector), seconds, at).flatMap(({ labels, points }) => {
      const increase = increaseOf(points, at - seconds, at);
      return increase === undefined ? [] : [{ labels: keep(labels, () => true), value: increase * scale(seconds) }];
    });
  };

  const call = (node: SyntaxNode): readonly Sample[] => {
    const [name, body] = childrenOf(node);
    const [first, second] = body === undefined ? [] : childrenOf(body);
    if (!name || !first) throw unsupported(node);
    switch (textOf(name)) {
      case 'absent':
        return vectorOf(first).length === 0 ? [{ labels: {}, value: 1 }] : [];
      case 'increase':
        return increases(first, () => 1);
      case 'rate':
        return increases(first, (seconds) => 1 / seconds);
      case 'histogram_quantile':
        if (second === undefined) throw unsupported(node);
        return quantiles(Number(textOf(first)), vectorOf(second));
      default:
        throw unsupported(node);
    }
  };

  const combine = (node: SyntaxNode): readonly Sample[] => {
    const [leftNode, operatorNode, rightNode] = childrenOf(node);
    if (!leftNode || !operatorNode || !rightNode) throw unsupported(node);
    const left = vectorOf(leftNode);
    const right = resultOf(rightNode);
    const operator = textOf(operatorNode);
    const keyed = (samples: readonly Sample[]) =>
      new Map(samples.map((sample) => [keyOf(keep(sample.labels, () => true)), sample]));
    if (SETS.has(operator)) {
      if (typeof right === 'number') throw unsupported(node);
      const [inLeft, inRight] = [keyed(left), keyed(right)];
      if (operator === 'or')
        return [...left, ...[...inRight].flatMap(([key, each]) => (inLeft.has(key) ? [] : [each]))];
      return [...inLeft].flatMap(([key, each]) => (inRight.has(key) === (operator === 'and') ? [each] : []));
    }
    const compare = COMPARISONS[operator];
    const compute = ARITHMETIC[operator];
    const partners = typeof right === 'number' ? undefined : keyed(right);
    return left.flatMap((sample) => {
      const labels = keep(sample.labels, () => true);
      const other = typeof right === 'number' ? right : partners?.get(keyOf(labels))?.value;
      if (other === undefined) return [];
      if (compare !== undefined) return compare(sample.value, other) ? [sample] : [];
      if (compute !== undefined) return [{ labels, value: compute(sample.value, other) }];
      throw unsupported(operatorNode);
    });
  };

  return vectorOf(root);
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

const AGGREGATIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  max: (values) => Math.max(...values),
};
const SETS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);
const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '>': (left, right) => left > right,
};
const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
};

/** The labels but the metric's name, which computed values lose. */
const keep = (labels: Labels, keeps: (name: string) => boolean): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__' && keeps(name)));

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** The seconds of a duration such as `90s`, `10m` or `1h`. @throws SyntaxError for another form. */
export function secondsOf(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([smh])$/.exec(duration) ?? [];
  const seconds = UNITS[unit];
  if (seconds === undefined) throw new SyntaxError(`Unsupported duration ${duration}`);
  return Number(count) * seconds;
}

/**
 * The growth of a counter between two times: resets are added up, and the edges are extrapolated as Prometheus does
 * (promql/functions.go, `extrapolatedRate`). Undefined for fewer than two samples: a series that begins with its first
 * count has not grown.
 */
function increaseOf(points: readonly Point[], start: number, end: number): number | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  let grown = 0;
  points.forEach(({ value }, index) => {
    const before = points[index - 1]?.value ?? value;
    grown += value < before ? value : value - before;
  });
  const sampled = last.at - first.at;
  const spacing = sampled / (points.length - 1);
  const edge = (seconds: number) => (seconds < spacing * 1.1 ? seconds : spacing / 2);
  const toZero = grown > 0 && first.value >= 0 ? (sampled * first.value) / grown : Number.POSITIVE_INFINITY;
  const before = Math.min(edge(first.at - start), toZero);
  return (grown * (before + sampled + edge(end - last.at))) / sampled;
}

/** Computes a quantile of each histogram, interpolated within the bucket that holds it. */
function quantiles(quantile: number, buckets: readonly Sample[]): readonly Sample[] {
  const histograms = Map.groupBy(buckets, ({ labels }) => keyOf(keep(labels, (name) => name !== 'le')));
  return [...histograms.values()].flatMap((samples) => {
    const sorted = samples
      .map(({ labels, value }) => ({
        upTo: labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le),
        value,
      }))
      .sort((a, b) => a.upTo - b.upTo);
    const rank = quantile * (sorted.at(-1)?.value ?? 0);
    const index = sorted.findIndex(({ value }) => value >= rank);
    const [found, below] = [sorted[index], sorted[index - 1] ?? { upTo: 0, value: 0 }];
    if (found === undefined || rank === 0) return [];
    const share = (rank - below.value) / (found.value - below.value);
    const value = found.upTo === Number.POSITIVE_INFINITY ? below.upTo : below.upTo + (found.upTo - below.upTo) * share;
    return [{ labels: keep(samples[0]?.labels ?? {}, (name) => name !== 'le'), value }];
  });
}
