import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

/** The text after `from`, or within `import(…)`. */
export function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier && ts.isStringLiteralLike(node.moduleSpecifier) ? node.moduleSpecifier : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteralLike(node.argument.literal) ? node.argument.literal : undefined;
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [argument] = node.arguments;
  return argument && ts.isStringLiteralLike(argument) ? argument : undefined;
}

export interface Target {
  /** The workspace that is meant, if it is one of ours. */
  readonly workspace?: string;
  /** The package that is meant, unless the import stays in its own folder. */
  readonly package?: string;
  /** The file within the workspace. */
  readonly path?: string;
}

/** The target of an import; undefined for Node's own modules. */
export function targetOf(specifier: string, file: string, root: string): Target | undefined {
  if (isBuiltin(specifier)) return undefined;
  if (specifier.startsWith('.')) {
    const path = relative(root, join(dirname(file), specifier))
      .split(sep)
      .join('/');
    return { workspace: path.split('/')[0] ?? '', path };
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const ours = /^@moddy\/(.+)$/.exec(name)?.[1];
  return ours === undefined
    ? { package: name }
    : { package: name, workspace: ours, path: `${ours}/${specifier.slice(name.length + 1)}.ts` };
}
