import type { World } from '../world/world.ts';
import type { AuthorizationRequest, Grants } from './grants.ts';

const scopes = new Set(['identify', 'email', 'guilds', 'guilds.join', 'guilds.members.read']);

export class AuthorizeError extends Error {
  override readonly name = 'AuthorizeError';
}

export interface ReadRequest extends AuthorizationRequest {
  state: string | undefined;
  /** `prompt=none`: no question to a user who has allowed these scopes before. */
  silent: boolean;
}

/** Checks what Discord checks before it shows anything (Discord docs: OAuth2, Authorization Code Grant). */
export function readAuthorization(world: World, query: URLSearchParams): ReadRequest {
  const get = (name: string) => query.get(name) ?? undefined;
  if (get('client_id') !== world.applicationId) throw new AuthorizeError('Unknown Application');
  if (get('response_type') !== 'code') throw new AuthorizeError('Unsupported response type');
  const redirectUri = get('redirect_uri');
  const registered = world.redirectUris;
  if (!redirectUri || !URL.canParse(redirectUri) || (registered && !registered.includes(redirectUri))) {
    throw new AuthorizeError('Invalid OAuth2 redirect_uri');
  }
  const scope = get('scope') ?? '';
  const unknown = scope.split(' ').filter((each) => !scopes.has(each));
  if (unknown.length > 0) throw new AuthorizeError('The requested scope is invalid, unknown, or malformed.');
  const codeChallenge = get('code_challenge');
  if (codeChallenge !== undefined && get('code_challenge_method') !== 'S256') {
    throw new AuthorizeError('Only S256 is supported as code_challenge_method.');
  }
  const prompt = get('prompt') ?? 'consent';
  if (prompt !== 'consent' && prompt !== 'none') throw new AuthorizeError('Invalid prompt');
  return {
    redirectUri,
    scope,
    state: get('state'),
    silent: prompt === 'none',
    ...(codeChallenge ? { codeChallenge } : {}),
  };
}

/** The URL of the redirect after the user has agreed; with null, after Cancel. */
export function decide(world: World, grants: Grants, request: ReadRequest, userId: string | null): string {
  const target = new URL(request.redirectUri);
  const put = (name: string, value: string | undefined) => value !== undefined && target.searchParams.set(name, value);
  if (userId === null) {
    put('error', 'access_denied');
    put('error_description', 'The resource owner or authorization server denied the request');
  } else {
    if (!world.users.has(userId)) throw new AuthorizeError(`No user ${userId}.`);
    put('code', grants.issueCode(userId, request));
  }
  put('state', request.state);
  // RFC 9207: names who answers.
  put('iss', 'https://discord.com');
  return target.href;
}
