import { textOf } from '../../system/repository.ts';
import type { Mutant } from '../mutant.ts';
import { filesIn } from '../trees.ts';
import {
  CLIENT_OPERATORS,
  type CodeOperator,
  ERROR_OPERATORS,
  HANDLER_OPERATORS,
  TABLE_OPERATORS,
} from './operators.ts';

export interface CodeMutant extends Mutant {
  readonly path: string;
  readonly text: string;
}

const TABLES = ['bot/operations/handlers.ts', 'backend/operations/handlers.ts'];
const CLIENTS = [
  'backend/outbox/send.ts',
  'backend/outbox/breaker.ts',
  'bot/commands/command.ts',
  'bot/events/event-sender.ts',
];

/** The rooms whose code throws errors with a status. */
const ERRORS = ['runtime/http', 'bot/discord'];
const SOURCE = /^(?!.*\.test\.ts$).*\.ts$/;

/** Every change of a handler, of the tables that name them, of the callers of a client, and of errors with a status. */
export function codeMutants(): CodeMutant[] {
  const handlers = ['bot/operations', 'backend/operations']
    .flatMap((folder) => filesIn(folder, SOURCE))
    .filter((path) => !TABLES.includes(path));
  return [
    ...inFiles(handlers, HANDLER_OPERATORS),
    ...inFiles(TABLES, TABLE_OPERATORS),
    ...inFiles(CLIENTS, CLIENT_OPERATORS),
    ...inFiles(
      ERRORS.flatMap((folder) => filesIn(folder, SOURCE)),
      ERROR_OPERATORS,
    ),
  ];
}

const inFiles = (paths: readonly string[], operators: Readonly<Record<string, CodeOperator>>): CodeMutant[] =>
  paths.flatMap((path) => {
    const text = textOf(path);
    return Object.entries(operators).flatMap(([operator, change]) =>
      change(text, path).map((changed, index) => ({ operator, place: `${path} #${index + 1}`, path, text: changed })),
    );
  });
