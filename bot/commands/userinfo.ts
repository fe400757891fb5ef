import { planName } from '../messages/plan-name.ts';
import { timestamp } from '../messages/timestamp.ts';
import { type Account, type Command, type CommandInput, findAccount } from './command.ts';
import { type CommandReply, cardReply, field, textReply, verbatim } from './reply.ts';

/** `/userinfo`: one's own account in full, another's only for a manager of the server, with its e-mail masked. */
export const userinfo: Command = async (input) => {
  const { invocation, messages } = input;
  const targetId = invocation.targetId ?? invocation.discordId;
  if (!mayAsk(input, targetId)) return textReply(messages.commands.notAllowed);
  const account = await findAccount(input, targetId);
  if (account === undefined) return textReply(messages.commands.backendDown);
  const isOwn = targetId === invocation.discordId;
  if (!account.user_found) return textReply(isOwn ? messages.commands.noAccount : messages.commands.noAccountOther);
  return present(input, targetId, account);
};

const mayAsk = ({ invocation }: CommandInput, targetId: string): boolean =>
  targetId === invocation.discordId || invocation.mayManageGuild;

function present(input: CommandInput, targetId: string, account: Account): CommandReply {
  const { fields, accountTitle, otherAccountTitle, notAllowed, noPlan } = input.messages.commands;
  // Asked again where the account is shown: no path to here may come without it.
  if (!mayAsk(input, targetId)) return textReply(notAllowed);
  const isOwn = targetId === input.invocation.discordId;
  const email = account.email && verbatim(isOwn ? account.email : maskEmail(account.email));
  return cardReply({
    title: isOwn ? accountTitle : otherAccountTitle,
    description: isOwn ? undefined : `<@${targetId}>`,
    fields: [
      field(fields.discordId, verbatim(targetId)),
      field(fields.email, email),
      field(fields.plan, planName(account.plan) ?? noPlan),
      field(fields.createdAt, timestamp(account.created_at)),
      field(fields.updatedAt, timestamp(account.updated_at)),
    ],
  });
}

/** Enough for the owner to recognise it, for nobody else to use it: `a•••@•••.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  const domain = at < 0 ? '' : email.slice(at + 1);
  const topLevel = domain.includes('.') ? domain.slice(domain.lastIndexOf('.')) : '';
  return `${first}•••@•••${topLevel}`;
}
