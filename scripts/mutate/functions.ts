import ts from 'typescript';

/** A function of a source file, by the place of its body. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A source file in which each function says that it was reached, and the places of its functions. */
export function instrumented(source: ts.SourceFile, firstId: number): { text: string; functions: readonly Place[] } {
  const functions: Place[] = [];
  const inserted: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const { body } = node;
      const [start, end] = [body.getStart(source), body.getEnd()];
      const note = `globalThis.moddyReached?.add(${firstId + functions.length})`;
      functions.push({ start: node.getStart(source), end });
      if (ts.isBlock(body)) {
        // Before `super()` nothing of the class may be used, which this does not.
        inserted.push({ at: start + 1, text: `${note};` });
      } else {
        inserted.push({ at: start, text: `(${note}, ` }, { at: end, text: ')' });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let text = source.text;
  for (const { at, text: note } of inserted.toReversed().sort((a, b) => b.at - a.at)) {
    text = text.slice(0, at) + note + text.slice(at);
  }
  return { text, functions };
}

/** The innermost function around a place; of a module's constant, every function that names it. */
export function functionsAround(source: ts.SourceFile, functions: readonly Place[], { start, end }: Place): number[] {
  const around = functions.flatMap((each, index) => (each.start <= start && end <= each.end ? [index] : []));
  const innermost = around.at(-1);
  if (innermost !== undefined) return [innermost];
  const named = source.statements.find((each) => each.getStart(source) <= start && end <= each.getEnd());
  if (named === undefined || !ts.isVariableStatement(named)) return [];
  const names = new Set(named.declarationList.declarations.map(({ name }) => name.getText(source)));
  return functions.flatMap(({ start: from, end: to }, index) =>
    [...source.text.slice(from, to).matchAll(/\w+/g)].some(([word]) => names.has(word)) ? [index] : [],
  );
}
