import { type SandboxDiscord, startDiscord } from '@moddy/sandbox/discord/start-discord';
import { freePort } from '@moddy/sandbox/free-port';
import { onTestFinished } from 'vitest';
import { startTestBackend, type TestBackend } from '../../testing/start-test-backend.ts';
import { createVisitor, type Seen, type Visitor } from './visitor.ts';

export const MEMBER = '123456789012345678';
export const OTHER_MEMBER = '123456789';
export const MONTHLY = 'price_moddy_max_month';
export const PRO = 'price_moddy_pro_month';

export interface TestSite extends TestBackend {
  readonly discord: SandboxDiscord;
  readonly visitor: (language?: string) => Visitor;
  /** Goes to Discord, agrees there as this user (null: declines), and comes back. */
  readonly logIn: (visitor: Visitor, discordId: string | null, path?: string) => Promise<Seen>;
}

/** The whole site on real HTTP, with a real Postgres, a local Discord and a local Stripe; ended with the test or file. */
export async function startTestSite(
  variables: Record<string, string> = {},
  end: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<TestSite> {
  const discord = await startDiscord();
  end(() => discord.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  discord.setRedirectUris([`${url}/login/callback`]);
  const system = await startTestBackend(
    {
      PORT: String(port),
      WEBSITE_URL: url,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_CLIENT_ID: discord.applicationId,
      DISCORD_CLIENT_SECRET: discord.clientSecret,
      SESSION_SECRET: 'session-secret-of-a-test',
      ...variables,
    },
    end,
  );
  return {
    ...system,
    discord,
    visitor: (language) => createVisitor(system.publicUrl, language),
    logIn: async (visitor, discordId, path = '/login') => {
      const left = await visitor.get(path, { follow: 0 });
      const location = left.headers.get('location');
      if (location === null) throw new Error(`${path} leads nowhere: ${left.status}`);
      return visitor.get(discord.authorize(location, discordId));
    },
  };
}
