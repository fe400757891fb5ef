import type { APIApplicationCommand, APIInteraction, Locale } from 'discord-api-types/v10';
import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { openDirectChannel } from '../world/direct-channels.ts';
import { permissionsOf } from '../world/permissions.ts';
import { CHANNEL_ID } from '../world/seed.ts';
import type { World } from '../world/world.ts';
import { commandInteraction } from './command-interaction.ts';
import type { OptionValues } from './command-options.ts';
import { faultOf, postSigned } from './endpoint.ts';
import { Invocation } from './invocation.ts';
import { respond } from './respond.ts';

export interface InvokeOptions {
  /** The client's language; the user's own unless given. */
  locale?: Locale;
  /** In the bot's direct messages rather than in the server. */
  direct?: boolean;
}

export class Interactions {
  readonly byToken = new Map<string, Invocation>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A user runs a registered command. Throws where Discord's client would not even offer it. */
  invoke(userId: string, name: string, values: OptionValues = {}, options: InvokeOptions = {}): Invocation {
    const world = this.#world;
    const user = world.users.get(userId);
    if (!user) throw new Error(`No user ${userId}.`);
    const direct = options.direct ?? !world.guild.members.has(userId);
    const command = this.#find(name, direct);
    if (!direct) checkPermitted(world, userId, command);
    const channelId = direct ? openDirectChannel(world, userId).id : CHANNEL_ID;
    const invocation = new Invocation(world, userId, channelId, name);
    const use = { invocation, command, user, values, locale: options.locale ?? user.locale };
    const interaction = commandInteraction(world, use);
    this.byToken.set(invocation.token, invocation);
    invocation.announce('created');
    if (world.interactionsEndpointUrl) void this.#post(world.interactionsEndpointUrl, invocation, interaction);
    else {
      world.dispatches.emit({
        op: GatewayOpcodes.Dispatch,
        t: GatewayDispatchEvents.InteractionCreate,
        d: interaction,
      });
    }
    return invocation;
  }

  /** Takes the URL only if the application behind it verifies signatures; null goes back to the gateway. */
  async setEndpoint(url: string | null): Promise<void> {
    const fault = url === null ? undefined : await faultOf(this.#world, url);
    if (fault) throw new Error(`The specified interactions endpoint url could not be verified. ${fault}`);
    this.#world.interactionsEndpointUrl = url;
  }

  /** The check Discord repeats now and then: an application that lets a bad signature pass loses its URL. */
  async recheckEndpoint(): Promise<boolean> {
    const url = this.#world.interactionsEndpointUrl;
    if (url === null || (await faultOf(this.#world, url)) === undefined) return true;
    this.#world.interactionsEndpointUrl = null;
    return false;
  }

  async #post(url: string, invocation: Invocation, interaction: APIInteraction): Promise<void> {
    try {
      const { status, body } = await postSigned(this.#world, url, interaction);
      // 202 without a body: the response will come by the callback route.
      if (status === 202 && body === undefined) return;
      if (status !== 200) return invocation.fail(`The application answered ${status}.`);
      respond(this.#world, invocation, body);
    } catch (error) {
      invocation.fail(error instanceof Error ? error.message : String(error));
    }
  }

  #find(name: string, direct: boolean): APIApplicationCommand {
    const { commands, guild } = this.#world;
    const registered = (scope: string) => [...(commands.get(scope)?.values() ?? [])].find((each) => each.name === name);
    const found = (direct ? undefined : registered(guild.id)) ?? registered('global');
    if (!found) throw new Error(`No command /${name} is registered.`);
    return found;
  }
}

/** Discord docs: Application Commands, Permissions (default_member_permissions). */
function checkPermitted(world: World, userId: string, command: APIApplicationCommand): void {
  const needed = BigInt(command.default_member_permissions ?? 0);
  if ((permissionsOf(world.guild, userId) & needed) !== needed) {
    throw new Error(`${userId} may not use /${command.name}.`);
  }
}
