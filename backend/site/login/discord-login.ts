import * as oauth from 'oauth4webapi';
import type { BackendConfig } from '../../config.ts';
import { SiteFault } from '../faults.ts';

/** The user from Discord, with the scopes `identify email`. */
export interface DiscordUser {
  readonly discordId: string;
  readonly name: string;
  /** Null unless Discord verified it: an unverified one may be another user's. */
  readonly email: string | null;
  readonly locale: string | null;
}

const TIMEOUT_MS = 5_000;

/**
 * OAuth 2.0 authorization code with state and PKCE (Discord docs: OAuth2); the token is given back after one use.
 * @param mayJoin the login also asks to add the user to the server.
 */
export function createDiscordLogin(
  { clientId, clientSecret, apiUrl }: NonNullable<BackendConfig['site']['login']>,
  redirectUri: string,
  mayJoin: boolean,
) {
  const server: oauth.AuthorizationServer = {
    issuer: 'https://discord.com',
    // The page people see is not below the API's path, which as the bot has it ends in `/api`.
    authorization_endpoint: new URL('/oauth2/authorize', apiUrl).href,
    token_endpoint: `${apiUrl}/v10/oauth2/token`,
    revocation_endpoint: `${apiUrl}/v10/oauth2/token/revoke`,
  };
  const client: oauth.Client = { client_id: clientId };
  const authentication = oauth.ClientSecretPost(clientSecret);
  const http = () => ({
    signal: AbortSignal.timeout(TIMEOUT_MS),
    [oauth.allowInsecureRequests]: apiUrl.startsWith('http:'),
  });

  const fetchUser = async (accessToken: string): Promise<DiscordUser> => {
    const url = new URL(`${apiUrl}/v10/users/@me`);
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', url, undefined, null, http());
    if (!response.ok) throw new SiteFault(isDown(response) ? 'discord_down' : 'login_refused');
    return readDiscordUser(await response.json());
  };
  const revoke = async (token: string): Promise<void> => {
    const response = await oauth.revocationRequest(server, client, authentication, token, http());
    await oauth.processRevocationResponse(response);
  };
  const validate = (answer: URLSearchParams, state: string): URLSearchParams => {
    try {
      const valid = oauth.validateAuthResponse(server, client, answer, state);
      if (!valid.has('code')) throw new SiteFault('login_stale');
      return valid;
    } catch (cause) {
      if (!(cause instanceof oauth.AuthorizationResponseError)) throw new SiteFault('login_stale', { cause });
      throw new SiteFault(cause.error === 'access_denied' ? 'login_denied' : 'login_refused', { cause });
    }
  };

  return {
    /**
     * The URL to redirect the browser to, and the values to keep until it returns.
     * @param again the user has agreed before: Discord then sends them back without a question.
     */
    begin: async (again: boolean) => {
      const state = oauth.generateRandomState();
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(server.authorization_endpoint ?? '');
      url.search = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: mayJoin ? 'identify email guilds.join' : 'identify email',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(again && { prompt: 'none' }),
      }).toString();
      return { url: url.href, state, verifier };
    },
    /**
     * @param answer the query that Discord sent the browser back with.
     * @param use what the access token is used for besides; it is forgotten afterwards.
     * @throws {SiteFault} and what `use` throws.
     */
    finish: async (
      answer: URLSearchParams,
      { state, verifier }: { readonly state: string; readonly verifier: string },
      use?: (user: DiscordUser, accessToken: string) => Promise<void>,
    ): Promise<DiscordUser> => {
      const valid = validate(answer, state);
      try {
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          valid,
          redirectUri,
          verifier,
          http(),
        );
        if (isDown(response)) throw new SiteFault('discord_down');
        const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, response);
        const user = await fetchUser(token);
        await use?.(user, token);
        // A leaked token is then worthless. If the user may join later, a revocation would also end their consent.
        if (!mayJoin || use !== undefined) await revoke(token).catch(() => {});
        return user;
      } catch (error) {
        throw faultOf(error);
      }
    },
  };
}

const isDown = ({ status }: Response): boolean => status >= 500 || status === 429;

function faultOf(cause: unknown): SiteFault {
  if (cause instanceof SiteFault) return cause;
  // A code that was used before, or that was made for another browser.
  if (cause instanceof oauth.ResponseBodyError) {
    return new SiteFault(cause.error === 'invalid_grant' ? 'login_stale' : 'login_refused', { cause });
  }
  const answered =
    cause instanceof oauth.OperationProcessingError || cause instanceof oauth.WWWAuthenticateChallengeError;
  // Every other error is from `fetch`: no connection, or no answer in time.
  return new SiteFault(answered ? 'login_refused' : 'discord_down', { cause });
}

/** Discord's own limit is 32; every value from outside gets a limit here too. */
const MAX_TEXT = 320;

/** Reads `GET /users/@me`. @throws {SiteFault} when it is not a user. */
function readDiscordUser(user: unknown): DiscordUser {
  const fields = new Map<string, unknown>(Object.entries(user ?? {}));
  const text = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : null;
  };
  const discordId = text('id');
  if (discordId === null || !/^[0-9]{1,20}$/.test(discordId)) throw new SiteFault('login_refused');
  return {
    discordId,
    name: text('global_name') ?? text('username') ?? discordId,
    email: fields.get('verified') === true ? text('email') : null,
    locale: text('locale'),
  };
}
