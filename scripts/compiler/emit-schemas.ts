import openapiTS, { astToString } from 'openapi-typescript';
import { emitSchema } from './emit-schema.ts';
import { type Form, Forms } from './forms.ts';
import { isArray, isObject, type Json, own } from './json.ts';
import type { DocumentModel } from './operation.ts';

export const header = (name: string): string =>
  `// Generated from openapi/${name}.yaml by \`make generate\`. Do not edit.\n`;

/** The text of schemas.ts. */
export function emitSchemas(document: DocumentModel): string {
  const forms = new Forms(document.schemas);
  const uses = new Set<string>();
  const reachable = forms.reachable(document);
  const constants = reachable.map((form) => constant(form, document, forms, uses));
  const recursive = reachable.some(({ component }) => forms.isRecursive(component));
  return [
    header(document.name),
    // Without a component only types are left: a tool may refuse imports that nothing uses.
    reachable.length > 0 ? "import { z } from '@hono/zod-openapi';\n" : '',
    reachable.length > 0
      ? `import type { Holds, ${recursive ? 'Read, ' : ''}Same } from '@moddy/runtime/proof';\n`
      : '',
    importOf(uses),
    "import type { components } from './types.ts';\n",
    FORMS,
    ...constants,
    proof(reachable),
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
  const text = emitSchema(schema, mode, '', scope);
  return `\nexport const ${name} = ${text}.openapi('${name}');\n`;
}

const proof = (forms: readonly Form[]): string =>
  forms.length === 0
    ? '\nexport type Proof = Record<keyof Schemas, never>;\n'
    : `
/** Does not compile where a validator and its type differ. */
export type Proof = {
${forms.map(({ name, component }) => `  ${name}: Holds<Same<z.output<typeof ${name}>, Schemas['${component}']>>;`).join('\n')}
};
`;

/** The text of types.ts. */
export async function emitTypes(name: string, document: Json): Promise<string> {
  // openapi-typescript resolves in place; and it takes the document as text without looking for files.
  const text = JSON.stringify(withoutDiscriminators(document));
  return `${header(name)}\n${astToString(await openapiTS(text))}`;
}

/**
 * A discriminator asserts nothing, but openapi-typescript rewrites the alternatives by it: a property becomes the values
 * of `mapping`, or the schema's name, whatever the document says of it. The alternatives were verified to say it.
 */
function withoutDiscriminators(value: Json): Json {
  if (isArray(value)) return value.map(withoutDiscriminators);
  if (!isObject(value)) return value;
  // Only a schema has a list there: where properties are named so, each is an object.
  const discriminated = isArray(own(value, 'oneOf') ?? own(value, 'anyOf') ?? null);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(discriminated && key === 'discriminator'))
      .map(([key, inner]) => [key, withoutDiscriminators(inner)]),
  );
}
