import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';
import { resetSocket } from './reset-socket.ts';

/** A TCP proxy between a client and its server, which treats the connections as a network would. */
export interface TcpProxy {
  readonly port: number;
  /** Connections of clients that are open. */
  readonly open: number;
  /** Holds every byte back in both directions, also on new connections, until `resume()`. Nothing is lost. */
  stall(): void;
  resume(): void;
  /** Every open connection goes silent for ever, without FIN or RST to either side. New ones work. */
  cut(): void;
  /** Resets every open connection towards the client, while the server keeps an unused connection. */
  halfOpen(): void;
  /** The kernels give up: connections that were cut or left half open are reset on both sides. */
  giveUp(): void;
  /** New connections go to another port of the same host; open ones stay where they are. */
  direct(port: number): void;
  /**
   * Acts once, when a client sends a chunk that contains the text: before the server gets it, so that `stall` or `cut`
   * hold it back. With `delivered` the server gets it and only the answer is held back.
   */
  onSent(text: string, act: () => void, options?: { readonly delivered?: boolean }): void;
  /** Every first chunk of a connection: the start of the client's protocol. */
  readonly greetings: readonly Buffer[];
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  silent: boolean;
}

/**
 * Forwards loopback TCP connections to a server, and disturbs them. A proxy can neither drop packets nor unplug a cable;
 * what both ends see is the same: bytes that are acknowledged and never answered.
 */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let targetPort = target;
  let stalled = false;
  let trigger: { readonly text: string; readonly act: () => void; readonly delivered: boolean } | undefined;
  const pairs = new Set<Pair>();
  const greetings: Buffer[] = [];

  const silence = (pair: Pair) => {
    pair.silent = true;
    for (const socket of [pair.client, pair.server]) socket.pause();
  };
  const forward = (pair: Pair, from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      const due = from === pair.client && trigger && chunk.includes(trigger.text) ? trigger : undefined;
      if (due) trigger = undefined;
      if (due?.delivered) to.write(chunk);
      due?.act();
      if (due?.delivered || pair.silent) return;
      if (stalled) from.unshift(chunk);
      else to.write(chunk);
    });
    from.on('end', () => {
      if (!pair.silent) to.end();
    });
    from.on('error', () => {
      if (!pair.silent) resetSocket(to);
    });
    from.on('close', () => {
      if (!pair.silent) to.destroy();
      if (from === pair.client) pairs.delete(pair);
    });
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair: Pair = { client, server, silent: false };
    pairs.add(pair);
    client.once('data', (chunk: Buffer) => greetings.push(chunk));
    forward(pair, client, server);
    forward(pair, server, client);
    if (stalled) for (const socket of [client, server]) socket.pause();
  });
  const port = await listen(listener);

  // The other ends of silent pairs stay open until the proxy closes.
  const abandoned = new Set<Socket>();
  return {
    port,
    get open() {
      return pairs.size;
    },
    greetings,
    stall: () => {
      stalled = true;
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.pause();
    },
    resume: () => {
      stalled = false;
      for (const { client, server, silent } of pairs) if (!silent) for (const each of [client, server]) each.resume();
    },
    cut: () => {
      for (const pair of pairs) {
        silence(pair);
        abandoned.add(pair.server);
      }
    },
    halfOpen: () => {
      for (const pair of pairs) {
        silence(pair);
        abandoned.add(pair.server);
        resetSocket(pair.client);
      }
    },
    giveUp: () => {
      for (const { client, server, silent } of pairs)
        if (silent) for (const socket of [client, server]) resetSocket(socket);
      for (const socket of abandoned) resetSocket(socket);
    },
    direct: (port) => {
      targetPort = port;
    },
    onSent: (text, act, { delivered = false } = {}) => {
      trigger = { text, act, delivered };
    },
    close: async () => {
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.destroy();
      for (const socket of abandoned) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
