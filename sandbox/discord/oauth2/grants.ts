import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../world/clock.ts';

// A week for access tokens is what Discord answers (Discord docs: OAuth2, Access Token Response); ten minutes for codes is RFC 6749's most.
export const ACCESS_TOKEN_SECONDS = 604_800;
const CODE_GOOD_FOR_MS = 600_000;

export interface AuthorizationRequest {
  redirectUri: string;
  scope: string;
  codeChallenge?: string;
}

interface Code extends AuthorizationRequest {
  userId: string;
  expiresAt: number;
}

/** One consent of one user; revoking any of its tokens ends it. */
export interface Grant {
  userId: string;
  scope: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
}

const secret = (): string => randomBytes(15).toString('base64url');

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #grants = new Set<Grant>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issueCode(userId: string, request: AuthorizationRequest): string {
    const code = secret();
    this.#codes.set(code, { ...request, userId, expiresAt: this.#clock.now() + CODE_GOOD_FOR_MS });
    return code;
  }

  /** Once per code, and only for who began it (RFC 6749, 4.1.3; RFC 7636, 4.6). */
  exchangeCode(code: string, redirectUri: string | undefined, verifier: string | undefined): Grant | undefined {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    if (!issued || issued.expiresAt <= this.#clock.now() || issued.redirectUri !== redirectUri) return undefined;
    const challenge = verifier && createHash('sha256').update(verifier).digest('base64url');
    if (issued.codeChallenge !== undefined && issued.codeChallenge !== challenge) return undefined;
    return this.#renew({ userId: issued.userId, scope: issued.scope });
  }

  refresh(refreshToken: string): Grant | undefined {
    const grant = [...this.#grants].find((each) => each.refreshToken === refreshToken);
    if (!grant) return undefined;
    this.#grants.delete(grant);
    return this.#renew(grant);
  }

  byAccessToken(accessToken: string): Grant | undefined {
    const grant = [...this.#grants].find((each) => each.accessToken === accessToken);
    return grant && grant.expiresAt > this.#clock.now() ? grant : undefined;
  }

  /** Whether the user has allowed all these scopes, and has not taken that back. */
  allows(userId: string, scope: string): boolean {
    return [...this.#grants].some(
      (each) => each.userId === userId && scope.split(' ').every((one) => each.scope.split(' ').includes(one)),
    );
  }

  revoke(token: string): void {
    for (const grant of [...this.#grants]) {
      if (grant.accessToken === token || grant.refreshToken === token) this.#grants.delete(grant);
    }
  }

  #renew({ userId, scope }: Pick<Grant, 'userId' | 'scope'>): Grant {
    const expiresAt = this.#clock.now() + ACCESS_TOKEN_SECONDS * 1000;
    const grant = { userId, scope, accessToken: secret(), refreshToken: secret(), expiresAt };
    this.#grants.add(grant);
    return grant;
  }
}
