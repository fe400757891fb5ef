import type {
  OAuth2Scopes,
  RESTGetAPIOAuth2CurrentAuthorizationResult,
  RESTPostOAuth2AccessTokenResult,
} from 'discord-api-types/v10';
import { unauthorized } from '../rest/discord-error.ts';
import type { App } from '../rest/env.ts';
import { reply } from '../rest/env.ts';
import { applicationObject } from '../world/application-object.ts';
import { userObject } from '../world/user-objects.ts';
import type { World } from '../world/world.ts';
import type { Grant, Grants } from './grants.ts';
import { ACCESS_TOKEN_SECONDS } from './grants.ts';

const reject = (status: number, error: string, description?: string): Response =>
  Response.json({ error, ...(description ? { error_description: description } : {}) }, { status });

/** Discord docs: OAuth2, Token and Revocation URLs: form-encoded only, the client by Basic or in the body. */
export function tokenRoutes(app: App, world: World, grants: Grants): void {
  app.post('/oauth2/token', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    if (!isForm(c.req.header('content-type'))) return reject(400, 'invalid_request');
    if (!isClient(world, c.req.header('authorization'), form)) return reject(401, 'invalid_client');
    const get = (name: string) => form.get(name) ?? undefined;
    switch (get('grant_type')) {
      case 'authorization_code': {
        const grant = grants.exchangeCode(get('code') ?? '', get('redirect_uri'), get('code_verifier'));
        return grant ? reply(tokenOf(grant)) : reject(400, 'invalid_grant', 'Invalid "code" in request.');
      }
      case 'refresh_token': {
        const grant = grants.refresh(get('refresh_token') ?? '');
        return grant ? reply(tokenOf(grant)) : reject(400, 'invalid_grant');
      }
      default:
        return reject(400, 'unsupported_grant_type', `Grant type ${get('grant_type') ?? 'None'} is not supported`);
    }
  });

  app.post('/oauth2/token/revoke', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    if (!isClient(world, c.req.header('authorization'), form)) return reject(401, 'invalid_client');
    grants.revoke(form.get('token') ?? '');
    return reply({});
  });

  app.get('/oauth2/@me', (c) => {
    const grant = bearer(grants, c.req.header('authorization'));
    if (!grant) throw unauthorized();
    const { id, name, icon, description, bot_public, bot_require_code_grant, verify_key } = applicationObject(world);
    const user = world.users.get(grant.userId);
    return reply<RESTGetAPIOAuth2CurrentAuthorizationResult>({
      application: { id, name, icon, description, bot_public, bot_require_code_grant, verify_key },
      scopes: grant.scope.split(' ').filter(isScope),
      expires: new Date(grant.expiresAt).toISOString(),
      ...(user ? { user: userObject(user) } : {}),
    });
  });
}

export const bearer = (grants: Grants, header: string | undefined): Grant | undefined =>
  header?.startsWith('Bearer ') ? grants.byAccessToken(header.slice('Bearer '.length)) : undefined;

const tokenOf = (grant: Grant): RESTPostOAuth2AccessTokenResult => ({
  access_token: grant.accessToken,
  token_type: 'Bearer',
  expires_in: ACCESS_TOKEN_SECONDS,
  refresh_token: grant.refreshToken,
  scope: grant.scope,
});

function isClient(world: World, header: string | undefined, form: URLSearchParams): boolean {
  const basic = header?.startsWith('Basic ')
    ? Buffer.from(header.slice('Basic '.length), 'base64').toString()
    : undefined;
  return (
    (basic ?? `${form.get('client_id')}:${form.get('client_secret')}`) ===
    `${world.applicationId}:${world.clientSecret}`
  );
}

const isForm = (contentType: string | undefined): boolean =>
  contentType?.startsWith('application/x-www-form-urlencoded') ?? false;

/** A grant holds only scopes that the authorization request was checked for. */
const isScope = (scope: string): scope is OAuth2Scopes => scope !== '';
