import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { emitSchema } from './emit-schema.ts';
import { type Form, Forms, viewOf } from './forms.ts';
import type { JsonObject } from './json.ts';
import { literal } from './layout.ts';
import { pascalCase } from './names.ts';
import type { DocumentModel } from './operation.ts';
import { documentForTypes } from './print-types.ts';
import { BYTES } from './read-parts.ts';

export const header = ({ name, isServed }: Pick<DocumentModel, 'name' | 'isServed'>): string =>
  isServed
    ? `// Generated from openapi/${name}.yaml by \`make generate\`. Do not edit.\n`
    : `// Generated from the document ${name} by Moddy's contract compiler. Do not edit.\n`;

export function emitSchemas(document: DocumentModel): string {
  const forms = new Forms(document.schemas);
  const uses = new Set<string>();
  const reachable = forms.reachable(document);
  const constants = reachable.map((form) => constant(form, document, forms, uses));
  const recursive = reachable.some(({ component }) => forms.inOneCircle(component, component));
  const imports = `import { z } from '@hono/zod-openapi';
import type { Holds, ${recursive ? 'Read, ' : ''}Same } from '@moddy/runtime/proof';
`;
  return [
    header(document),
    // Without a component only types are left: a tool may reject imports that nothing uses.
    reachable.length > 0 ? imports : '',
    importOf(uses),
    "import type { components } from './types.ts';\n",
    FORMS,
    ...constants,
    proof(reachable, forms),
  ].join('');
}

export const importOf = (uses: ReadonlySet<string>): string =>
  uses.size === 0 ? '' : `import { ${[...uses].sort().join(', ')} } from '@moddy/runtime/schema';\n`;

const FORMS = `
/*
 * \`X\` is what a server reads: unknown fields are ignored. \`XStrict\` is what a server may send: nothing that the document
 * lacks. \`XTolerant\` is what a client reads: unknown fields ignored, optional ones that it cannot read dropped, unknown
 * values mapped. A form that would not differ from \`X\` is left out.
 */

type Schemas = components['schemas'];
`;

function constant({ name, component, mode }: Form, document: DocumentModel, forms: Forms, uses: Set<string>): string {
  const schema = document.schemas.get(component);
  if (schema === undefined) return '';
  const scope = { components: document.schemas, forms, within: component, prefix: '', uses };
  const text = emitSchema(schema, mode, scope);
  return `\nexport const ${name} = ${text}.openapi(${literal(component + name.slice(pascalCase(component).length))});\n`;
}

function proof(reachable: readonly Form[], forms: Forms): string {
  if (reachable.length === 0) return '\nexport type Proof = Record<keyof Schemas, never>;\n';
  const lines = reachable.map(({ name, component, mode }) => {
    const type = literal(forms.typeName(component, viewOf(mode)));
    return `${name}: Holds<Same<z.output<typeof ${name}>, Schemas[${type}]>>`;
  });
  return proofOf('a validator and its type differ', lines);
}

export const proofOf = (difference: string, lines: readonly string[]): string => `
/** Does not compile where ${difference}. */
export type Proof = {
${lines.map((line) => `  ${line};`).join('\n')}
};
`;

export async function emitTypes(document: DocumentModel, json: JsonObject): Promise<string> {
  const forms = new Forms(document.schemas);
  // openapi-typescript resolves in place; and it takes the document as text without looking for files.
  const text = JSON.stringify(documentForTypes(json, document, forms));
  const bytes = ts.factory.createTypeReferenceNode('Uint8Array');
  const nodes = await openapiTS(text, {
    defaultNonNullable: false,
    transform: (schema) => (schema.format === BYTES ? bytes : undefined),
  });
  return `${header(document)}\n${astToString(nodes)}`;
}
