import openapiTS, { astToString } from 'openapi-typescript';
import { header } from './emit-schemas.ts';
import type { Json } from './json.ts';

/** The text of types.ts. */
export async function emitTypes(name: string, document: Json): Promise<string> {
  // openapi-typescript resolves in place; and it takes the document as text without looking for files.
  return `${header(name)}\n${astToString(await openapiTS(JSON.stringify(document)))}`;
}
