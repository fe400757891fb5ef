import { describe, expect, it } from 'vitest';
import { functionsAround, instrumented } from './functions.ts';
import { editsOf, type Operator, parse } from './operators.ts';

const changes = (text: string, operator: Operator) =>
  editsOf(parse('a.ts', text))
    .filter((edit) => edit.operator === operator)
    .map(({ start, end, text: by }) => text.slice(0, start) + by + text.slice(end));

describe('the mutations of a line', () => {
  it.each([
    ['another comparison', 'f(a === b);', ['f(a !== b);']],
    ['another comparison', 'f(a < b);', ['f(a >= b);']],
    ['another comparison', 'q.where(eq(a, b));', ['q.where(ne(a, b));']],
    ['another boundary', 'f(a < b);', ['f(a <= b);']],
    ['another boundary', 'q.where(lte(a, b));', ['q.where(lt(a, b));']],
    ['another boundary', 'f(sql`greatest(a, 1)`);', ['f(sql`least(a, 1)`);']],
    ['a condition less', 'f(a && b);', ['f(a);', 'f(b);']],
    [
      'a condition less',
      'q.where(and(eq(a, b), isNull(c)));',
      ['q.where(and(isNull(c)));', 'q.where(and(eq(a, b), ));'],
    ],
    ['a condition less', 'if (a) f();', ['if (false) f();', 'if (true) f();']],
    ['a condition less', 'if (a) return;', ['if (false) return;']],
    ['a lock, fence or lease less', "q.where(a).for('update');", ['q.where(a);']],
    ['a lock, fence or lease less', 'q.where(and(a, eq(t.fence, f)));', ['q.where(and(a, ));']],
    ['a lock, fence or lease less', 'q.set({ leaseUntil: null, b });', ['q.set({ b });']],
    ['a lock, fence or lease less', 'f(sql`select for update skip locked`);', ['f(sql`select `);']],
    ['an order less', 'q.from(t).orderBy(t.id).limit(1);', ['q.from(t).limit(1);']],
    ['a call less', 'async () => { await f(); };', ['async () => { ; };']],
    ['the other branch', 'f(a ? b : c);', ['f(a ? c : b);']],
    ['the other branch', 'if (a) b(); else c();', ['if (!(a)) b(); else c();']],
    ['a constant times 0', 'const A = 60 * 1_000;', ['const A = 0;']],
    ['a constant times 1000', "const A = sql`interval '1 hour'`;", ["const A = sql`interval '1000 hour'`;"]],
    [
      'a table row less',
      "const A = new Set(['a', 'b']);",
      ["const A = new Set(['b']);", "const A = new Set(['a', ]);"],
    ],
  ] as const)('%s: %s', (operator, text, expected) => {
    expect(changes(text, operator)).toEqual(expected);
  });

  it('exclude log lines, errors, types and numbers within a function', () => {
    const text =
      "type A = 1; log.info('a', { b: c === d }); if (a > 1) { log.info('b'); } f = (n) => n > 0 && log.info('c'); function f() { if (a) throw new E(b === c ? 1 : 2); }";
    expect(editsOf(parse('a.ts', text)).map(({ operator }) => operator)).toEqual(['a condition less']);
  });
});

describe('the functions and blocks of a file', () => {
  const text =
    'const A = 1;\nfunction f(x) { if (x) { return 0; } return A; }\nconst g = (b) => b.map((c) => c + 1);\n';
  const { text: counted, functions } = instrumented(parse('a.ts', text), 7);

  it('report that they are reached', () => {
    expect(counted.replaceAll('globalThis.moddyReached?.add', 'seen')).toBe(
      'const A = 1;\nfunction f(x) {seen(7); if (x) {seen(8); return 0; } return A; }\nconst g = (b) => (seen(9), b.map((c) => (seen(10), c + 1)));\n',
    );
  });

  it('around a place are the innermost one or, for a constant, those that use it', () => {
    const around = (piece: string) => {
      const start = text.indexOf(piece);
      return functionsAround(parse('a.ts', text), functions, { start, end: start + piece.length });
    };
    expect([around('return A'), around('return 0'), around('c + 1'), around('1;')]).toEqual([[0], [1], [3], [0]]);
  });
});
