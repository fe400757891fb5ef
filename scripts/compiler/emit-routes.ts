import { emitOperation, type RouteScope } from './emit-operation.ts';
import { header, importOf } from './emit-schemas.ts';
import { Forms } from './forms.ts';
import { block, field, key, literal } from './layout.ts';
import { camelCase } from './names.ts';
import type { DocumentModel } from './operation.ts';

/** The text of routes.ts. */
export function emitRoutes(document: DocumentModel): string {
  const scope: RouteScope = {
    components: document.schemas,
    forms: new Forms(document.schemas),
    prefix: 'schemas.',
    uses: new Set(),
    shared: new Map(),
  };
  const operations = document.operations.map((operation) => emitOperation(operation, document, scope));
  const contract = camelCase(document.name);
  const body = [...scope.shared].map(([name, text]) => `\nconst ${name} = ${text} as const;\n`).join('');
  const table = block(
    `const table = {`,
    [
      `name: ${literal(document.name)}`,
      `version: ${literal(document.version)}`,
      `digest: ${literal(document.digest)}`,
      ...(document.schemes ? [`schemes: [${document.schemes.map(literal).join(', ')}]`] : []),
      block('operations: {', operations, '}', '  '),
    ],
    "} as const satisfies Omit<Contract<operations>, 'routes'>;",
    '',
  );
  const text = `${body}\n${table}\n${contractOf(contract, document)}${proof(contract, document)}`;
  return [
    header(document),
    `import { createRoute${/\bz\./.test(text) ? ', z' : ''} } from '@hono/zod-openapi';\n`,
    "import type { Contract } from '@moddy/runtime/contract';\n",
    "import type { Holds, SameOperation } from '@moddy/runtime/proof';\n",
    "import { routeConfig } from '@moddy/runtime/http/route-config';\n",
    importOf(scope.uses),
    text.includes('schemas.') ? "import * as schemas from './schemas.ts';\n" : '',
    "import type { operations } from './types.ts';\n",
    text,
  ].join('');
}

function proof(contract: string, { operations }: DocumentModel): string {
  const lines = operations.map(
    ({ id }) =>
      `  ${key(id)}: Holds<SameOperation<operations[${literal(id)}], (typeof ${contract})['operations'][${literal(id)}]>>;`,
  );
  return `
/** Does not compile where parameters, bodies or statuses of an operation differ from their types. */
export type Proof = {
${lines.join('\n')}
};
`;
}

function contractOf(contract: string, { operations }: DocumentModel): string {
  const entries = operations.map(({ id }) => `    ${key(id)}: createRoute(routeConfig(table.operations${field(id)})),`);
  return `
/** The document as the runtime serves it and the client reads it. */
export const ${contract} = {
  ...table,
  routes: {
${entries.join('\n')}
  },
} as const satisfies Contract<operations>;
`;
}
