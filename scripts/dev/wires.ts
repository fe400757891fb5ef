import type { DatabaseProxy } from '@moddy/sandbox/console/outages';
import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import { startWiretap } from '@moddy/sandbox/wiretap';
import { type Addresses, urlsOf } from '../system/environment.ts';

/** Starts the console's proxies between the services, and between the backend and a local database. */
export async function startWires(addresses: Addresses) {
  const urls = urlsOf(addresses);
  const toBot = await startWiretap(urls.botInternal);
  const toBackend = await startWiretap(urls.backendInternal);
  let databaseProxy: DatabaseProxy | undefined;
  return {
    /** Pages beside the console. */
    links: [
      { label: 'The site', url: urls.backend },
      { label: 'The bot’s API', url: `${urls.botInternal}/docs` },
      { label: 'The backend’s API', url: `${urls.backendInternal}/docs` },
    ],
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
