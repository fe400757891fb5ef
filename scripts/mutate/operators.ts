import ts from 'typescript';

/*
 * The ways in which one line of the money path can be wrong, as edits of its text: mistakes of a tired engineer that are
 * no type error. Only code that decides something is changed: never types, imports, log lines or the words of an error.
 * A mistake may also delete a part of the line.
 */

export const OPERATORS = [
  'another comparison',
  'another boundary',
  'a condition less',
  'a lock, fence or lease less',
  'an order less',
  'a call less',
  'the other branch',
  'a constant times 0',
  'a constant times 1000',
  'a table row less',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** Replaces the text from `start` to `end`. */
export interface Edit {
  readonly operator: Operator;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const LOCK = /fence|attempts|lease|wanted|ofClaim|dueAt/i;
const COMPARED: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  eq: 'ne',
  ne: 'eq',
  isNull: 'isNotNull',
  isNotNull: 'isNull',
  inArray: 'notInArray',
  notInArray: 'inArray',
};
const BOUNDARY: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  lt: 'lte',
  lte: 'lt',
  gt: 'gte',
  gte: 'gt',
  'Math.min': 'Math.max',
  'Math.max': 'Math.min',
};
/** Those of them that a file imports from drizzle-orm. */
export const DATABASE_OPERATORS: ReadonlySet<string> = new Set(
  Object.keys({ ...COMPARED, ...BOUNDARY }).filter((name) => /^[a-z]+$/i.test(name)),
);
const LOGS = /^(?:await )?(?:\w+\.)*(?:log|logger|console|metrics)\.|^(?:await )?(?:print|onProgress)\(/;

export const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);

/** Every edit of a source file. */
export function editsOf(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isThrowStatement(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (isLog(node, source)) return;
    edits.push(...ofExpression(node, source), ...ofStatement(node, source), ...ofConstant(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits;
}

/** A log line, also one under a condition. */
function isLog(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isBlock(node)) return node.statements.length > 0 && node.statements.every((each) => isLog(each, source));
  if (ts.isIfStatement(node)) return node.elseStatement === undefined && isLog(node.thenStatement, source);
  if (ts.isBinaryExpression(node)) return isLog(node.right, source);
  return (ts.isExpressionStatement(node) || ts.isCallExpression(node)) && LOGS.test(node.getText(source));
}

const replaced = (operator: Operator, node: ts.Node, source: ts.SourceFile, text: string): Edit => ({
  operator,
  start: node.getStart(source),
  end: node.getEnd(),
  text,
});

const without = (operator: Operator, list: ts.NodeArray<ts.Node>, index: number, source: ts.SourceFile): Edit => {
  const [node, next] = [list[index] as ts.Node, list[index + 1]];
  return { operator, start: node.getStart(source), end: next?.getStart(source) ?? list.end, text: '' };
};

function ofExpression(node: ts.Node, source: ts.SourceFile): Edit[] {
  if (ts.isBinaryExpression(node)) {
    const { left, operatorToken, right } = node;
    const sign = operatorToken.getText(source);
    if (sign === '&&' || sign === '||') {
      // An object that is spread under a condition has no other half.
      if (ts.isParenthesizedExpression(node.parent) && ts.isSpreadAssignment(node.parent.parent)) return [];
      return [left, right].map((half) => replaced('a condition less', node, source, half.getText(source)));
    }
    return swaps(operatorToken, sign, source);
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [replaced('a condition less', node, source, node.operand.getText(source))];
  }
  if (ts.isConditionalExpression(node)) {
    const [condition, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map((one) => one.getText(source));
    return [replaced('the other branch', node, source, `${condition} ? ${no} : ${yes}`)];
  }
  if (ts.isCallExpression(node)) return ofCall(node, source);
  if (ts.isTaggedTemplateExpression(node)) return ofSql(node, source);
  return [];
}

function swaps(node: ts.Node, name: string, source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const [compared, boundary] = [COMPARED[name], BOUNDARY[name]];
  if (compared !== undefined) edits.push(replaced('another comparison', node, source, compared));
  if (boundary !== undefined) edits.push(replaced('another boundary', node, source, boundary));
  return edits;
}

function ofCall(node: ts.CallExpression, source: ts.SourceFile): Edit[] {
  const { expression, arguments: given } = node;
  const name = expression.getText(source);
  if (name === 'and' || name === 'or') {
    if (given.length < 2) return [];
    return given.map((each, index) => {
      const operator = LOCK.test(each.getText(source)) ? 'a lock, fence or lease less' : 'a condition less';
      return without(operator, given, index, source);
    });
  }
  if (!ts.isPropertyAccessExpression(expression) || name.startsWith('Math.')) return swaps(expression, name, source);
  const method = expression.name.text;
  const [first] = given;
  if ((method === 'set' || method === 'values') && first !== undefined && ts.isObjectLiteralExpression(first)) {
    return first.properties.flatMap((each, index) =>
      LOCK.test(each.name?.getText(source) ?? '')
        ? [without('a lock, fence or lease less', first.properties, index, source)]
        : [],
    );
  }
  const chained = { start: expression.expression.getEnd(), end: node.getEnd(), text: '' };
  if (method === 'for') return [{ operator: 'a lock, fence or lease less', ...chained }];
  if (method === 'orderBy') return [{ operator: 'an order less', ...chained }];
  return [];
}

const SQL: readonly (readonly [Operator, RegExp, string])[] = [
  ['a lock, fence or lease less', /\bfor (?:no key )?update(?: of \w+)?(?: skip locked)?/g, ''],
  ['another boundary', /\bgreatest\(/g, 'least('],
  ['another boundary', /\bleast\(/g, 'greatest('],
  ['another boundary', / < /g, ' <= '],
  ['another boundary', / <= /g, ' < '],
  ['another boundary', / > /g, ' >= '],
  ['another boundary', / >= /g, ' > '],
  ['a constant times 0', /(?<=interval ')\d+(?= )/g, '0'],
  ['a constant times 1000', /(?<=interval '\d+)(?= )/g, '000'],
];

const ofSql = (node: ts.TaggedTemplateExpression, source: ts.SourceFile): Edit[] => {
  if (node.tag.getText(source) !== 'sql') return [];
  const [at, text] = [node.template.getStart(source), node.template.getText(source)];
  return SQL.flatMap(([operator, pattern, by]) =>
    [...text.matchAll(pattern)].map((match) => ({
      operator,
      start: at + match.index,
      end: at + match.index + match[0].length,
      text: by,
    })),
  );
};

function ofStatement(node: ts.Node, source: ts.SourceFile): Edit[] {
  if (ts.isIfStatement(node)) {
    const { expression, thenStatement, elseStatement } = node;
    if (elseStatement !== undefined) {
      const text = `!(${expression.getText(source)})`;
      return [replaced('the other branch', expression, source, text)];
    }
    const always = ts.isReturnStatement(thenStatement) || ts.isThrowStatement(thenStatement) ? [] : ['true'];
    return ['false', ...always].map((text) => replaced('a condition less', expression, source, text));
  }
  if (ts.isExpressionStatement(node)) {
    let { expression } = node;
    if (ts.isVoidExpression(expression) || ts.isAwaitExpression(expression)) ({ expression } = expression);
    return ts.isCallExpression(expression) ? [replaced('a call less', node, source, ';')] : [];
  }
  if (ts.isCaseClause(node)) return [replaced('a table row less', node, source, '')];
  return [];
}

/** Numbers and tables that a whole module shares. */
function ofConstant(node: ts.Node, source: ts.SourceFile): Edit[] {
  if (!ts.isVariableDeclaration(node) || !ts.isSourceFile(node.parent.parent.parent) || !node.initializer) return [];
  const edits: Edit[] = [];
  const numbers = (each: ts.Node): void => {
    // The numbers of a list are its rows.
    if (ts.isFunctionLike(each) || ts.isTypeNode(each) || ts.isArrayLiteralExpression(each)) return;
    if (ts.isNumericLiteral(each) && ts.isPropertyAssignment(each.parent) && each.parent.name === each) return;
    if (isArithmetic(each)) {
      if (Number(each.getText(source)) === 0) return;
      edits.push(replaced('a constant times 0', each, source, '0'));
      edits.push(replaced('a constant times 1000', each, source, `(${each.getText(source)}) * 1000`));
    } else ts.forEachChild(each, numbers);
  };
  numbers(node.initializer);
  return [...edits, ...rowsOf(node.initializer, source)];
}

const isArithmetic = (node: ts.Node): boolean =>
  ts.isNumericLiteral(node) ||
  (ts.isBinaryExpression(node) && isArithmetic(node.left) && isArithmetic(node.right)) ||
  (ts.isParenthesizedExpression(node) && isArithmetic(node.expression));

/** Removes a row of `[…]`, `{…}`, `new Set([…])` or `new Map([…])`, also `as const`. */
function rowsOf(node: ts.Expression, source: ts.SourceFile): Edit[] {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return rowsOf(node.expression, source);
  if (ts.isNewExpression(node)) return (node.arguments ?? []).flatMap((each) => rowsOf(each, source));
  const rows = ts.isArrayLiteralExpression(node)
    ? node.elements
    : ts.isObjectLiteralExpression(node) && node.properties;
  if (!rows || rows.length < 2) return [];
  // The parts of a constant are no table.
  if (rows.every((row) => ts.isPropertyAssignment(row) && isArithmetic(row.initializer))) return [];
  return rows.map((_, index) => without('a table row less', rows, index, source));
}
