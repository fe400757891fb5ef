import { FREE_PLAN } from '../config.ts';

/** A plan's slug: Latin letters and digits, words joined by `_`, `-` or a space. Nothing else is ever shown. */
const SLUG = /^[\p{Script=Latin}\p{Nd}]+(?:[ _-][\p{Script=Latin}\p{Nd}]+)*$/u;
const MAX_SLUG_LENGTH = 40;

/**
 * How a plan is called before its subscriber: `moddy_max` is "Moddy Max". Undefined for `free`, for none, and for what
 * is no plain slug: texts then do without a name.
 */
export function planName(plan: string | null | undefined): string | undefined {
  if (plan === null || plan === undefined || plan === FREE_PLAN) return undefined;
  if (plan.length > MAX_SLUG_LENGTH || !SLUG.test(plan)) return undefined;
  return plan
    .split(/[ _-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}
