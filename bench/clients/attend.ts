/** Calls that the bench orders of a client process. */
export interface Calls {
  readonly port: number;
  readonly calls: number;
  readonly concurrency: number;
}

export interface Called {
  /** CPU µs of this process per call, all threads. */
  readonly cpuMicros: number;
}

export type Call = (body: NotifyBody, idempotencyKey: string) => Promise<{ readonly success: boolean }>;

export interface NotifyBody {
  readonly discord_id: string;
  readonly action: 'plan_upgraded';
  readonly plan: string;
  readonly locale: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const BODY: NotifyBody = {
  discord_id: '123456789012345678',
  action: 'plan_upgraded',
  plan: 'moddy_max',
  locale: 'fr',
  metadata: { customer_id: 'cus_1', interval: 'month' },
};

/** Makes the calls that the bench orders, and tells what they cost this process. */
export function attend(connect: (baseUrl: string) => Call): void {
  let call: Call | undefined;
  process.on('message', (order: Calls) => {
    call ??= connect(`http://127.0.0.1:${order.port}`);
    void make(order, call).then((called) => process.send?.(called));
  });
  process.on('disconnect', () => process.exit());
}

let sequence = 0;

async function make({ calls, concurrency }: Calls, call: Call): Promise<Called> {
  let left = calls;
  const before = process.cpuUsage();
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      sequence += 1;
      const { success } = await call(BODY, `${process.pid}-${sequence}`);
      if (!success) throw new Error('A call did not succeed');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: (user + system) / calls };
}
