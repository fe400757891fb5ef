import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Handlers, ServiceContext } from '@moddy/runtime/http/implement';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNotesClient, NotesClientError } from './fixtures/notes-internal/client.ts';
import type { operations } from './fixtures/notes-internal/types.ts';
import { NOTE, SECRET, startNotes } from './testing/notes.ts';

/* A document with every kind of answer, served over real HTTP and called through its generated client. */

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a documented success', () => {
  it('200 with a body, query lists and a required header', async () => {
    const { client } = await startNotes();
    const parameters = { query: { tag: ['a', 'b c'], page: [2, 3] }, header: { 'X-Reader': 'me' } };
    const { notes } = await client.listNotes({ parameters });
    expect(notes).toEqual([{ note_id: 'x', text: 'me: a b c 5' }]);
    const none = await client.listNotes({ parameters: { header: { 'X-Reader': 'me' } } });
    expect(none.notes[0]?.text).toBe('me:  0');
  });
  it('201 with Location, and 202 without a body', async () => {
    const { client } = await startNotes();
    const created = await client.addNote({ text: 'hello' });
    expect(created).toEqual({ status: 201, body: NOTE, headers: { Location: '/notes/a1', 'X-Count': 3 } });
    if (created.status === 201) expect(created.headers.Location.length + (created.headers['X-Count'] ?? 0)).toBe(12);
    expect(await client.addNote({ text: 'later' })).toEqual({ status: 202, body: undefined, headers: {} });
  });
  it('200 and 204 without a body', async () => {
    const { client } = await startNotes();
    const parameters = { path: { note_id: 'a1' } };
    expect(await client.touchNote({ parameters })).toBeUndefined();
    expect(await client.deleteNote({ parameters })).toBeUndefined();
  });
  it('500 when the handler omits a required header', async () => {
    const { client } = await startNotes({
      // @ts-expect-error a missing, misspelt or mistyped header does not compile either.
      addNote: ({ reply }) => reply(201, NOTE),
    });
    expect(await failureOf(client.addNote({ text: 'hello' }))).toMatchObject({ status: 500, outcome: 'failed' });
  });
});

describe('a documented error', () => {
  it('404 and 409 with their own bodies: answered', async () => {
    const { client } = await startNotes();
    const gone = await failureOf(client.readNote({ parameters: { path: { note_id: 'b2' } } }));
    if (!NotesClientError.is(gone, 'readNote', 404)) throw gone;
    expect([gone.outcome, gone.body.note_id, gone.body.was_deleted]).toEqual(['answered', 'b2', true]);
    const twice = await failureOf(client.addNote({ text: 'twice' }));
    if (!NotesClientError.is(twice, 'addNote', 409)) throw twice;
    expect([twice.outcome, twice.body.existing_id]).toEqual(['answered', 'a1']);
  });
  it('422 of the handler and of the runtime: rejected', async () => {
    const { client } = await startNotes();
    const own = await failureOf(client.addNote({ text: 'bad' }));
    expect(own).toMatchObject({ outcome: 'rejected', body: { error: 'Not like this' } });
    const ours = await failureOf(client.readNote({ parameters: { path: { note_id: 'NOT/LIKE/THIS' } } }));
    expect(ours).toMatchObject({ outcome: 'rejected', details: [{ path: '/path/note_id' }] });
  });
  it.each([
    [404, '<html>proxy</html>', 'misconfigured', false],
    [404, '{"note_id":"b2","was_deleted":false}', 'answered', true],
    [410, '{}', 'failed', false],
    [202, '', 'answered', false],
  ])('%i with %s: %s', async (status, body, outcome, documented) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    const client = createNotesClient({ baseUrl: `http://127.0.0.1:${address.port}`, secret: SECRET });
    const error = await failureOf(client.readNote({ parameters: { path: { note_id: 'b2' } } }));
    expect(error).toMatchObject({ status, outcome, documented });
  });
});

describe('an undocumented reply', () => {
  it('does not compile', () => {
    const unused: Partial<Handlers<operations, ServiceContext>>[] = [
      // @ts-expect-error a body where none is documented
      { deleteNote: ({ reply }) => reply(204, {}) },
      // @ts-expect-error a body of another status
      { readNote: ({ reply }) => reply(404, NOTE) },
      // @ts-expect-error a status that only the runtime answers
      { readNote: ({ reply }) => reply(403, { error: 'no' }) },
      // @ts-expect-error a header of another type
      { addNote: ({ reply }) => reply(201, NOTE, { Location: '/notes/a1', 'X-Count': 'three' }) },
      // @ts-expect-error a header that is not documented
      { addNote: ({ reply }) => reply(201, NOTE, { Location: '/notes/a1', 'X-Other': 1 }) },
    ];
    expect(unused).toHaveLength(5);
  });
});

describe('a path', () => {
  it('without parameters takes precedence over a templated one, for every method', async () => {
    const { call } = await startNotes();
    expect(await call('GET', '/notes/mine')).toMatchObject({ status: 200, text: '{"count":2}' });
    expect(await call('DELETE', '/notes/mine')).toMatchObject({ status: 405, allow: 'GET, HEAD' });
    expect(await call('DELETE', '/notes/a1')).toMatchObject({ status: 204, text: '' });
    expect(await call('POST', '/notes/a1')).toMatchObject({ status: 405, allow: 'GET, HEAD, PUT, DELETE' });
    expect(await call('GET', '/notes/%6Dine')).toMatchObject({ status: 200, text: '{"count":2}' });
    expect((await call('GET', '/notes/a1/')).status).toBe(404);
  });
  it('requires the secret unless the document opens it', async () => {
    const { call } = await startNotes();
    expect((await call('GET', '/notes/mine', {})).status).toBe(200);
    for (const [method, path] of [
      ['DELETE', '/notes/mine'],
      ['GET', '/notes/a1'],
      ['GET', '/notes'],
      ['GET', '/nothing'],
      ['GET', '/metrics'],
    ] as const) {
      expect((await call(method, path, {})).status, `${method} ${path}`).toBe(401);
    }
  });
  it('answers HEAD as GET, without the body', async () => {
    const { call } = await startNotes();
    expect(await call('HEAD', '/notes/a1')).toMatchObject({ status: 200, text: '' });
    expect((await call('HEAD', '/notes/a1', {})).status).toBe(401);
  });
});
