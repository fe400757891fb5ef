import type { OperationText } from './document.ts';

/**
 * The operations on the path that a request meets: of several that match, the one with a plain segment where another
 * has a parameter, from left to right.
 *
 * @param path as it is sent, also with a query.
 */
export function operationsAt<Operation extends Pick<OperationText, 'path'>>(
  operations: readonly Operation[],
  path: string,
): Operation[] {
  const plain = pathnameOf(path);
  const [nearest] = operations
    .map((one) => one.path)
    .filter((template) => matches(template, plain))
    .sort((one, other) => (shapeOf(one) < shapeOf(other) ? -1 : 1));
  return operations.filter((one) => one.path === nearest);
}

export const pathnameOf = (path: string): string => path.split('?', 1)[0] ?? '';

function matches(template: string, path: string): boolean {
  const [expected, given] = [template.split('/'), path.split('/')];
  return (
    expected.length === given.length &&
    expected.every((segment, index) => (isParameter(segment) ? given[index] !== '' : segment === given[index]))
  );
}

const isParameter = (segment: string) => segment.startsWith('{');
const shapeOf = (template: string) =>
  template
    .split('/')
    .map((segment) => (isParameter(segment) ? '1' : '0'))
    .join('');
