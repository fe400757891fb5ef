import type { operations } from '@moddy/generated/backend-internal/types';
import type { Handlers } from '@moddy/runtime/http/implement';
import type { BackendContext } from '../context.ts';
import { getService } from './get-service.ts';
import { getUserInfo } from './get-user-info.ts';
import { healthCheck } from './health-check.ts';
import { notifyEvent } from './notify-event.ts';

/** Every operation of `backend-internal.yaml`. */
export const handlers: Handlers<operations, BackendContext> = { getService, healthCheck, getUserInfo, notifyEvent };
