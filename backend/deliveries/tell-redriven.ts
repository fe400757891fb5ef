import type { Redriven } from './redrive.ts';

/** What became of parked deliveries, one line each. */
export function tellRedriven(redriven: readonly Redriven[], dry: boolean): readonly string[] {
  if (redriven.length === 0) return ['Nothing is parked there.'];
  const lines = redriven.map(
    ({ delivery, becomes }) => `${nameOf(delivery)}: ${BECOMES[becomes][dry ? 'dry' : 'done']}`,
  );
  return dry ? [...lines, 'Nothing was changed (--dry).'] : lines;
}

const STAYS = 'stays parked, the user has got a later message since; --force sends it all the same';
const BECOMES = {
  pending: { done: 'is sent again', dry: 'would be sent again' },
  superseded: { done: STAYS, dry: STAYS },
  replaced: {
    done: 'is closed, newer roles of this user are owed already',
    dry: 'would be closed, newer roles of this user are owed already',
  },
} as const satisfies Record<Redriven['becomes'], unknown>;

function nameOf({ deliveryId, kind, message }: Redriven['delivery']): string {
  return `#${deliveryId} ${kind}${message === null ? '' : ` ${message.action} ${message.plan}`}`;
}
