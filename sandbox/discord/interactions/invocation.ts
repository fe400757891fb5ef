import { randomBytes } from 'node:crypto';
import type { APIMessage } from 'discord-api-types/v10';
import type { World } from '../world/world.ts';

// Discord docs: Receiving and Responding (the first response within 3 seconds, the token good for 15 minutes).
const RESPOND_WITHIN_MS = 3000;
const TOKEN_GOOD_FOR_MS = 15 * 60_000;

export type InvocationState = 'pending' | 'deferred' | 'answered' | 'failed';

/** One use of a command, from the click to everything the application answered. */
export class Invocation {
  readonly id: string;
  readonly token = randomBytes(64).toString('base64url');
  readonly userId: string;
  readonly channelId: string;
  readonly commandName: string;
  state: InvocationState = 'pending';
  /** Whether the answer is for the user's eyes only. */
  ephemeral = false;
  message: APIMessage | undefined;
  readonly followUps: APIMessage[] = [];
  /** Why the client shows "The application did not respond". */
  failure: string | undefined;
  readonly #world: World;
  readonly #expiresAt: number;
  readonly #cancel: () => void;

  constructor(world: World, userId: string, channelId: string, commandName: string) {
    this.#world = world;
    this.id = world.nextId();
    this.userId = userId;
    this.channelId = channelId;
    this.commandName = commandName;
    this.#expiresAt = world.clock.now() + TOKEN_GOOD_FOR_MS;
    this.#cancel = world.clock.after(RESPOND_WITHIN_MS, () =>
      this.fail('The application did not respond in 3 seconds.'),
    );
  }

  get expired(): boolean {
    return this.#world.clock.now() >= this.#expiresAt;
  }

  defer(ephemeral: boolean): void {
    this.ephemeral = ephemeral;
    this.#become('deferred');
  }

  answer(message: APIMessage): void {
    this.message = message;
    this.#become('answered');
  }

  fail(reason: string): void {
    if (this.state !== 'pending') return;
    this.failure = reason;
    this.#become('failed');
  }

  announce(state: 'created' | 'edited' | 'followed_up'): void {
    this.#world.changes.emit({ type: 'interaction', interactionId: this.id, state });
  }

  #become(state: 'deferred' | 'answered' | 'failed'): void {
    this.#cancel();
    this.state = state;
    this.#world.changes.emit({ type: 'interaction', interactionId: this.id, state });
  }
}
