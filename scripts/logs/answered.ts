import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../compiler/json.ts';
import { operationsOf } from '../conformance/document.ts';
import { placeInText } from '../statuses/place-in-text.ts';
import { isRuntimeStatus } from '../statuses.ts';

/** The document of a service, by the name in its log lines; loggers of stubs and fixtures have other names. */
const APIS: Readonly<Record<string, string>> = { 'discord-bot': 'bot-internal', 'website-backend': 'backend-internal' };

export type Answered = ReturnType<typeof createAnswered>;

/** The statuses that services answered in a run, by operation, as their log lines show them. */
export function createAnswered() {
  const found: AnsweredStatus[] = [];
  const isAnswered = (api: string, id: string, status: number) =>
    found.some((one) => one.api === api && one.id === id && one.status === status);
  return {
    add: (line: string, test: string) => {
      const { message, service, operationId: id, status } = parsed(line);
      const api = APIS[String(service)];
      if (message !== 'request' || api === undefined || typeof id !== 'string' || typeof status !== 'number') return;
      if (!isAnswered(api, id, status)) found.push({ api, id, status, test });
    },
    /** Statuses of handlers that a document promises and nobody answered. @param texts the documents, by api. */
    unanswered: (texts: ReadonlyMap<string, string>): string[] =>
      [...texts].flatMap(([api, text]) =>
        operationsOf(parse(text)).flatMap(({ id, pointer, responses }) =>
          [...responses.keys()]
            .filter((status) => Number.isInteger(status) && !isRuntimeStatus(status) && !isAnswered(api, id, status))
            .map((status) => {
              const { line, source } = placeInText(text, `${pointer}/responses/${status}`);
              return `openapi/${api}.yaml:${line}: ${id} documents ${status}, and no test got it\n→ add a test that gets it, or remove:\n${source}`;
            }),
        ),
      ),
    /** Statuses that were answered and that no document promises. */
    undocumented: (texts: ReadonlyMap<string, string>): string[] => {
      const documents = new Map([...texts].map(([api, text]) => [api, operationsOf(parse(text))]));
      return found.flatMap(({ api, id, status, test }) => {
        const operation = documents.get(api)?.find((one) => one.id === id);
        if (operation?.responses.has(status)) return [];
        const { line } = placeInText(texts.get(api) ?? '', `${operation?.pointer ?? '/paths'}/responses`);
        return [
          `openapi/${api}.yaml:${line}: ${id} answered ${status} in ${test}, which is not documented\n→ document it, or answer a documented status`,
        ];
      });
    },
  };
}

interface AnsweredStatus {
  readonly api: string;
  readonly id: string;
  readonly status: number;
  /** The first test that got it. */
  readonly test: string;
}

function parsed(line: string): JsonObject {
  // Most lines are of something else, and there are a hundred thousand.
  if (!line.includes('"operationId"')) return {};
  try {
    const value: Json = JSON.parse(line);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
