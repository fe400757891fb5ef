import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SECRET, startPrivate } from '../testing/start-private.ts';

describe('a request body', () => {
  it('401 without a secret, before the body is read', async () => {
    const { port } = await startPrivate();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{',
    );
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });
  it('closes the connection after a 401 only when the body is incomplete', async () => {
    const { port } = await startPrivate();
    const head = 'POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n';
    const whole = connect(port, '127.0.0.1');
    onTestFinished(() => void whole.destroy());
    for (let request = 0; request < 2; request += 1) {
      whole.write(`${head}{}`);
      expect(String(await once(whole, 'data'))).toMatch(/^HTTP\/1.1 401 /);
    }
    const partial = connect(port, '127.0.0.1');
    const closed = once(partial, 'close');
    partial.write(`${head}{`);
    expect(await text(partial)).toMatch(/^HTTP\/1.1 401 /);
    await closed;
    expect(whole.readyState).toBe('open');
  });
  it('400, logged as info, when the caller disconnects within the body', async () => {
    const { port, lines } = await startPrivate();
    const socket = connect(port, '127.0.0.1');
    const head = `POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${SECRET}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`);
    await once(socket, 'connect');
    socket.end();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ level: 'info', status: 400 });
  });
  it('413 for a chunked body that is too large', async () => {
    const { port } = await startPrivate();
    const sent = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/internal/notify',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    });
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      sent.on('response', (response) =>
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject),
      );
    });
    // The server may close before everything is sent.
    sent.on('error', () => {});
    for (let chunk = 0; chunk < 10; chunk += 1) sent.write('x'.repeat(10_000));
    sent.end();
    expect(await answered).toEqual({ status: 413, body: '{"error":"Body too large"}' });
  });
  it('400 for bytes that are not UTF-8', async () => {
    const { url } = await startPrivate();
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/internal/notify`, {
      method: 'POST',
      headers,
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });
});
