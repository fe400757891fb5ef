import ts from 'typescript';

/** A change of one node of the compiler's own text: what may stand there instead. */
type Operator = (node: ts.Node, source: ts.SourceFile) => readonly string[];

const isLoop = (node: ts.Node): boolean =>
  ts.isWhileStatement(node) || ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isDoStatement(node);
const conditionOf = (node: ts.Node): ts.Expression | undefined =>
  ts.isIfStatement(node) ? node.expression : ts.isConditionalExpression(node) ? node.condition : undefined;
const isRejection = (text: string) =>
  /^(?:\w+\.)*(?:rejections|reader\.rejections)?\.?add\(/.test(text) && /rejections\.add\(/.test(text);

const COMPARISONS = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
]);

const EMITS = /emit-/;
const READS = /read-(?!yaml)/;

export const OPERATORS: Readonly<Record<string, Operator>> = {
  'a rejection of the compiler less': (node, source) =>
    ts.isExpressionStatement(node) && isRejection(node.getText(source)) ? ['{}'] : [],
  'a decision that never holds': (node, source) => replaced(node, conditionOf(node), source, 'false'),
  'a comparison shifted': (node, source) => {
    const other =
      ts.isBinaryExpression(node) && !isLoop(node.parent) ? COMPARISONS.get(node.operatorToken.kind) : undefined;
    return other === undefined || !ts.isBinaryExpression(node)
      ? []
      : [`${node.left.getText(source)} ${other} ${node.right.getText(source)}`];
  },
  'a part of what is emitted less': (node, source) =>
    ts.isArrayLiteralExpression(node) && /emit|verify|read-typed/.test(source.fileName)
      ? node.elements.map((_, index) => {
          const kept = node.elements.filter((_element, other) => other !== index);
          return `[${kept.map((element) => element.getText(source)).join(', ')}]`;
        })
      : [],
  'a piece of emitted text less': (node, source) =>
    ts.isTemplateExpression(node) && EMITS.test(source.fileName)
      ? node.templateSpans.flatMap(({ expression }) => replaced(node, expression, source, "''"))
      : [],
  'emitted text that is added no more': (node, source) =>
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken && EMITS.test(source.fileName)
      ? [node.left.getText(source), node.right.getText(source)]
      : [],
  'something read no more': (node, source) =>
    ts.isObjectLiteralExpression(node) && node.properties.length > 1 && READS.test(source.fileName)
      ? node.properties.map((_, index) => {
          const kept = node.properties.filter((_property, other) => other !== index);
          return `{ ${kept.map((property) => property.getText(source)).join(', ')} }`;
        })
      : [],
};

function replaced(node: ts.Node, inner: ts.Node | undefined, source: ts.SourceFile, by: string): string[] {
  if (inner === undefined) return [];
  const text = node.getText(source);
  const start = inner.getStart(source) - node.getStart(source);
  return [text.slice(0, start) + by + text.slice(start + inner.getWidth(source))];
}

/** Where decisions become validators; elsewhere they shape rejections, which their own operator removes. */
const DECIDES = /compiler\/(?:emit-|verify-|apart|forms|read-typed|read-all-of)|runtime\/schema|statuses/;

const ALWAYS = /rejection|read no more/;

/** Every operator at every node that it fits: the changed texts, each with its line. */
export function changes(
  path: string,
  text: string,
): { operator: string; line: number; source: string; text: string }[] {
  const sourceFile = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const found: { operator: string; line: number; source: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    for (const [operator, change] of Object.entries(OPERATORS)) {
      if (!ALWAYS.test(operator) && !DECIDES.test(path)) continue;
      const { line } = sourceFile.getLineAndCharacterOfPosition(node.getStart(sourceFile));
      const source = (conditionOf(node) ?? node).getText(sourceFile).replace(/\s+/g, ' ').slice(0, 100);
      for (const other of change(node, sourceFile)) {
        const changed = text.slice(0, node.getStart(sourceFile)) + other + text.slice(node.getEnd());
        found.push({ operator, line: line + 1, source, text: changed });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return found;
}
