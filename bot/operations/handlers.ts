import type { operations } from '@moddy/generated/bot-internal/types';
import type { Handlers } from '@moddy/runtime/http/implement';
import type { BotContext } from '../context.ts';
import { addMember } from './add-member.ts';
import { getService } from './get-service.ts';
import { healthCheck } from './health-check.ts';
import { listRoleHolders } from './list-role-holders.ts';
import { notifyUser } from './notify-user.ts';
import { updateUserRole } from './update-user-role.ts';

/** Every operation of `bot-internal.yaml`. */
export const handlers: Handlers<operations, BotContext> = {
  addMember,
  getService,
  healthCheck,
  listRoleHolders,
  notifyUser,
  updateUserRole,
};
