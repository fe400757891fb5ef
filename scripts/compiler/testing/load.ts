import * as zodOpenapi from '@hono/zod-openapi';
import { compiled } from '@moddy/runtime/compiled';
import * as schema from '@moddy/runtime/schema';
import ts from 'typescript';
import type { ZodType } from 'zod';
import { emitSchemas } from '../emit-schemas.ts';
import type { Json } from '../json.ts';
import { readDocument } from '../read-document.ts';
import { Rejections } from '../rejections.ts';

const MODULES: Readonly<Record<string, unknown>> = {
  '@hono/zod-openapi': zodOpenapi,
  '@moddy/runtime/schema': schema,
};

/** A document that sends and receives each of the schemas. */
const documentOf = (schemas: Readonly<Record<string, Json>>): Json => ({
  openapi: '3.1.0',
  info: { title: 'Test', version: '1.0.0' },
  paths: Object.fromEntries(
    Object.keys(schemas).map((name) => {
      const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
      const responses = { 200: { description: '', content } };
      return [
        `/${name}`,
        { post: { operationId: `send${name}`, requestBody: { required: true, content }, responses } },
      ];
    }),
  ),
  components: { schemas },
});

/** The validators generated for the schemas, by name, or the rejections. */
export function loadSchemas(schemas: Readonly<Record<string, Json>>) {
  const rejections = new Rejections();
  const model = readDocument('test', documentOf(schemas), rejections);
  if (rejections.all.length > 0) return { rejections: rejections.all };
  const text = emitSchemas(model);
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  const exports: Record<string, ZodType> = {};
  const run = new Function('require', 'exports', ts.transpileModule(text, { compilerOptions: options }).outputText);
  run((name: string) => MODULES[name], exports);
  return {
    text,
    /** As the runtime uses it. */
    validator: (name: string, mode: 'request' | 'strict' | 'tolerant') => {
      const suffix = { request: '', strict: 'Strict', tolerant: 'Tolerant' }[mode];
      const found = exports[name + suffix] ?? exports[name];
      if (!found) throw new Error(`no validator for ${name}`);
      return compiled(found);
    },
  };
}
