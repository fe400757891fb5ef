import type {
  RESTGetAPIOAuth2CurrentApplicationResult,
  RESTGetCurrentApplicationResult,
  RESTPatchCurrentApplicationResult,
} from 'discord-api-types/v10';
import type { Interactions } from '../interactions/interactions.ts';
import { applicationObject } from '../world/application-object.ts';
import type { World } from '../world/world.ts';
import type { App } from './env.ts';
import { readJson, reply } from './env.ts';
import { Form } from './form.ts';

/** Discord docs: Application; OAuth2, Get Current Bot Application Information. */
export function applicationRoutes(app: App, world: World, interactions: Interactions): void {
  app.get('/applications/@me', () => reply<RESTGetCurrentApplicationResult>(applicationObject(world)));
  app.get('/oauth2/applications/@me', () => reply<RESTGetAPIOAuth2CurrentApplicationResult>(applicationObject(world)));

  app.patch('/applications/@me', async (c) => {
    const form = new Form();
    const body = form.record(await readJson(c), 'body');
    const url = form.text(body.interactions_endpoint_url, 'interactions_endpoint_url', 512);
    form.finish();
    if ('interactions_endpoint_url' in body) {
      try {
        await interactions.setEndpoint(url || null);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        form.problem('interactions_endpoint_url', 'APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID', text);
        form.finish();
      }
    }
    return reply<RESTPatchCurrentApplicationResult>(applicationObject(world));
  });
}
