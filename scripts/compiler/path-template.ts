import type { Place } from './place.ts';

const SEGMENT = /^(?:(?!\.{1,2}$)[A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\})$/;

/** The names in a path's template, in their order. */
export const namesIn = (path: string): string[] => [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '');

/** Rejects paths that are not plain, and pairs that differ only in the names of their parameters. */
export function rejectAmbiguousPaths(paths: readonly (readonly [string, Place])[]): void {
  const byShape = new Map<string, string>();
  for (const [path, place] of paths) {
    const segments = path === '/' ? [] : path.slice(1).split('/');
    if (!segments.every((segment) => SEGMENT.test(segment)))
      place.reject('each segment of a path is plain (letters, digits, . _ ~ -, not . or .. alone) or one {name}');
    const names = namesIn(path);
    if (new Set(names).size !== names.length) place.reject('a parameter stands twice in the path');
    const shape = path.replace(/\{[^}]*\}/g, '{}');
    const earlier = byShape.get(shape);
    if (earlier !== undefined) place.reject(`the same path as ${earlier}; write both under one name`);
    byShape.set(shape, path);
  }
}

/** Plain segments before parameters, so that `/users/me` is met before `/users/{id}`; else the document's order. */
export function byPrecedence(one: string, other: string): number {
  const [left, right] = [shapeOf(one), shapeOf(other)];
  return left < right ? -1 : Number(left > right);
}

/** Compared whole: comparing two paths only where they part is no order among three. */
const shapeOf = (path: string): string => path.replace(/[^/]+/g, (segment) => (segment.startsWith('{') ? '1' : '0'));
