import { readFileSync } from 'node:fs';
import type { Metrics } from '../metrics.ts';
import { swaggerUi } from './docs/swagger-ui.ts';
import type { Answer, Page } from './exchange.ts';

/**
 * The pages of a private port by path.
 * @param documentFile the hand-written document, served byte for byte.
 */
export function pagesOf(documentFile: URL, metrics: Metrics): ReadonlyMap<string, Page> {
  const yaml = readFileSync(documentFile, 'utf8');
  return new Map<string, Page>([
    ['/openapi.yaml', () => page('application/yaml; charset=utf-8', yaml)],
    // Loaded when somebody asks: nothing else of a service reads YAML.
    ['/openapi.json', async () => page('application/json', JSON.stringify((await import('yaml')).parse(yaml)))],
    ['/metrics', async () => page('text/plain; version=0.0.4; charset=utf-8', await metrics.text())],
    ...swaggerUi(),
  ]);
}

const page = (type: string, body: string): Answer => ({ status: 200, headers: { 'content-type': type }, body });
