import * as oauth from 'oauth4webapi';
import { type DiscordUser, readDiscordUser } from './discord-user.ts';

export interface DiscordLogin {
  /**
   * What to send the browser to, and what to keep until it comes back.
   * @param again the user has agreed before: Discord then sends them back without a question.
   */
  begin(again?: boolean): Promise<{ readonly url: string; readonly state: string; readonly verifier: string }>;
  /**
   * @param answer the query that Discord sent the browser back with.
   * @param use what the access token is used for besides; it is forgotten afterwards.
   * @throws {LoginError} and what `use` throws.
   */
  finish(
    answer: URLSearchParams,
    kept: { readonly state: string; readonly verifier: string },
    use?: (user: DiscordUser, accessToken: string) => Promise<void>,
  ): Promise<DiscordUser>;
}

/** `denied`: the user declined · `stale`: this answer belongs to no login of ours · `rejected`, `down`: Discord. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  readonly reason: 'denied' | 'stale' | 'rejected' | 'down';
  constructor(reason: LoginError['reason'], options?: ErrorOptions) {
    super(`Login ${reason}`, options);
    this.reason = reason;
  }
}

export interface DiscordLoginOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As the bot has it: Discord's own ends in `/api`. */
  readonly apiUrl: string;
  readonly redirectUri: string;
  /** The login also asks to add the user to the server. */
  readonly mayJoin: boolean;
}

const TIMEOUT_MS = 5_000;

/** OAuth 2.0 authorization code with state and PKCE (Discord docs: OAuth2); the token is given back after one use. */
export function createDiscordLogin(options: DiscordLoginOptions): DiscordLogin {
  const { clientId, clientSecret, apiUrl, redirectUri, mayJoin } = options;
  const server: oauth.AuthorizationServer = {
    issuer: 'https://discord.com',
    // The page people see is not below the API's path.
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

  const user = async (accessToken: string): Promise<DiscordUser> => {
    const url = new URL(`${apiUrl}/v10/users/@me`);
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', url, undefined, null, http());
    if (!response.ok) throw new LoginError(response.status >= 500 || response.status === 429 ? 'down' : 'rejected');
    return readDiscordUser(await response.json()) ?? Promise.reject(new LoginError('rejected'));
  };
  const revoke = async (token: string): Promise<void> => {
    const response = await oauth.revocationRequest(server, client, authentication, token, http());
    await oauth.processRevocationResponse(response);
  };

  return {
    begin: async (again = false) => {
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
    finish: async (answer, { state, verifier }, use) => {
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
        if (response.status >= 500 || response.status === 429) throw new LoginError('down');
        const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, response);
        const found = await user(token);
        await use?.(found, token);
        // A token that leaks is then worth nothing. Where the user may join later, revoking would end what they agreed to.
        if (!mayJoin || use !== undefined) await revoke(token).catch(() => {});
        return found;
      } catch (error) {
        throw asLoginError(error);
      }
    },
  };

  function validate(answer: URLSearchParams, state: string): URLSearchParams {
    try {
      const valid = oauth.validateAuthResponse(server, client, answer, state);
      if (!valid.has('code')) throw new LoginError('stale');
      return valid;
    } catch (cause) {
      if (!(cause instanceof oauth.AuthorizationResponseError)) throw new LoginError('stale', { cause });
      throw new LoginError(cause.error === 'access_denied' ? 'denied' : 'rejected', { cause });
    }
  }
}

function asLoginError(cause: unknown): LoginError {
  if (cause instanceof LoginError) return cause;
  // A code that was used before, or that was made for another browser.
  if (cause instanceof oauth.ResponseBodyError) {
    return new LoginError(cause.error === 'invalid_grant' ? 'stale' : 'rejected', { cause });
  }
  const answered =
    cause instanceof oauth.OperationProcessingError || cause instanceof oauth.WWWAuthenticateChallengeError;
  // What is left is `fetch`: no connection, or no answer in time.
  return new LoginError(answered ? 'rejected' : 'down', { cause });
}
