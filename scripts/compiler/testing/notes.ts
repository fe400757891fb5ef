import type { Handlers, ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { createLogger } from '@moddy/runtime/log';
import { onTestFinished } from 'vitest';
import { createNotesClient } from '../fixtures/notes-internal/client.ts';
import { notesInternal } from '../fixtures/notes-internal/routes.ts';
import type { operations } from '../fixtures/notes-internal/types.ts';

export const SECRET = 'the-secret-of-the-notes';
export const NOTE = { note_id: 'a1', text: 'hello' };

/** The document with every kind of answer, implemented. */
const handlers: Handlers<operations, ServiceContext> = {
  listNotes: ({ parameters, reply }) => {
    const { tag = [], page = [] } = parameters.query ?? {};
    const text = `${parameters.header['X-Reader']}: ${tag.join(' ')} ${page.reduce((sum, one) => sum + one, 0)}`;
    return reply(200, { notes: [{ note_id: 'x', text: text.slice(0, 200) }] });
  },
  addNote: ({ body, reply }) => {
    if (body.text === 'twice') return reply(409, { existing_id: 'a1' });
    if (body.text === 'bad')
      return reply(422, { error: 'Not like this', details: [{ path: '/body/text', message: 'bad' }] });
    if (body.text === 'later') return reply(202);
    return reply(201, { note_id: 'a1', text: body.text }, { Location: '/notes/a1', 'X-Count': 3 });
  },
  countMine: ({ reply }) => reply(200, { count: 2 }),
  readNote: ({ parameters, reply }) =>
    parameters.path.note_id === 'a1'
      ? reply(200, NOTE)
      : reply(404, { note_id: parameters.path.note_id, was_deleted: true }),
  touchNote: ({ reply }) => reply(200),
  deleteNote: ({ reply }) => reply(204),
};

/** Serves it over real HTTP for the length of a test. */
export async function startNotes(overrides: Partial<Handlers<operations, ServiceContext>> = {}) {
  const app = privateApp<operations, ServiceContext>({
    contract: notesInternal,
    handlers: { ...handlers, ...overrides },
    context: { log: createLogger('silent', 'notes'), production: false },
    documentFile: new URL('../fixtures/notes-internal.yaml', import.meta.url),
    secrets: [SECRET],
  });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const url = `http://127.0.0.1:${listener.port}`;
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string> = { authorization: `Bearer ${SECRET}` },
  ) => {
    const response = await fetch(url + path, { method, headers: { connection: 'close', ...headers } });
    return { status: response.status, allow: response.headers.get('allow'), text: await response.text() };
  };
  return { url, port: listener.port, call, client: createNotesClient({ baseUrl: url, secret: SECRET }) };
}
