import ts from 'typescript';

/** A function or a block of a source file. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A source file in which each function and each block says that it was reached, and their places. */
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
    } else if (ts.isBlock(node) && !ts.isFunctionLike(node.parent)) {
      const start = node.getStart(source);
      const note = `globalThis.moddyReached?.add(${firstId + functions.length});`;
      functions.push({ start, end: node.getEnd() });
      inserted.push({ at: start + 1, text: note });
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

/** The innermost function or block around a place; for a constant, every function that uses it, also through others. */
export function functionsAround(source: ts.SourceFile, functions: readonly Place[], { start, end }: Place): number[] {
  const around = functions.flatMap((each, index) => (each.start <= start && end <= each.end ? [index] : []));
  const innermost = around.at(-1);
  if (innermost !== undefined) return [innermost];
  const constants = source.statements.filter(ts.isVariableStatement);
  const names = new Set<string>();
  const add = ({ declarationList }: ts.VariableStatement) => {
    for (const { name } of declarationList.declarations) names.add(name.getText(source));
  };
  const isNamed = (text: string) => [...text.matchAll(/\w+/g)].some(([word]) => names.has(word));
  constants.filter((each) => each.getStart(source) <= start && end <= each.getEnd()).forEach(add);
  // Those of the constants that are made of it as well.
  for (let size = 0; size < names.size; ) {
    size = names.size;
    constants.filter((each) => isNamed(each.getText(source))).forEach(add);
  }
  return functions.flatMap((each, index) => (isNamed(source.text.slice(each.start, each.end)) ? [index] : []));
}
