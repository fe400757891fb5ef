import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../mutant.ts';
import { filesIn } from '../trees.ts';
import { CLIENT_OPERATORS, type CodeOperator, HANDLER_OPERATORS, TABLE_OPERATORS } from './operators.ts';

export interface CodeMutant extends Mutant {
  readonly path: string;
  readonly text: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TABLES = ['bot/operations/handlers.ts', 'backend/operations/handlers.ts'];
const CLIENTS = [
  'backend/outbox/send.ts',
  'backend/outbox/breaker.ts',
  'bot/commands/account-lookup.ts',
  'bot/events/event-sender.ts',
];

/** Every change of a handler, of the tables that name them, and of who calls a client. */
export function codeMutants(): CodeMutant[] {
  const handlers = ['bot/operations', 'backend/operations']
    .flatMap((folder) => filesIn(folder, /^(?!.*\.test\.ts$).*\.ts$/))
    .filter((path) => !TABLES.includes(path));
  return [
    ...inFiles(handlers, HANDLER_OPERATORS),
    ...inFiles(TABLES, TABLE_OPERATORS),
    ...inFiles(CLIENTS, CLIENT_OPERATORS),
  ];
}

const inFiles = (paths: readonly string[], operators: Readonly<Record<string, CodeOperator>>): CodeMutant[] =>
  paths.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return Object.entries(operators).flatMap(([operator, change]) =>
      change(text, path).map((changed, index) => ({ operator, place: `${path} #${index + 1}`, path, text: changed })),
    );
  });
