import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import { startWiretap } from '@moddy/sandbox/wiretap';
import { type Addresses, urlsOf } from '../system/environment.ts';

export type Wires = Awaited<ReturnType<typeof startWires>>;

/** What the console puts between the services, and between the backend and a database that is local. */
export async function startWires(addresses: Addresses) {
  const urls = urlsOf(addresses);
  const toBot = await startWiretap(urls.botInternal);
  const toBackend = await startWiretap(urls.backendInternal);
  let databaseProxy: { readonly proxy: Awaited<ReturnType<typeof startTcpProxy>>; readonly port: number } | undefined;
  return {
    wiretaps: { toBot, toBackend },
    /** Each service's variables that lead through here. */
    variables: { bot: { BACKEND_INTERNAL_URL: toBackend.url }, backend: { BOT_INTERNAL_URL: toBot.url } },
    get databaseProxy() {
      return databaseProxy;
    },
    /** Answers the URL by which the backend reaches this database through a proxy. */
    throughProxy: async (databaseUrl: string): Promise<string> => {
      const url = new URL(databaseUrl);
      const port = Number(url.port);
      databaseProxy ??= { proxy: await startTcpProxy(port), port };
      url.port = String(databaseProxy.proxy.port);
      return url.href;
    },
    close: async (): Promise<void> => {
      await Promise.all([toBot.close(), toBackend.close(), databaseProxy?.proxy.close()]);
    },
  };
}
