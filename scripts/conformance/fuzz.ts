import fc from 'fast-check';
import type { JsonObject } from '../compiler/json.ts';
import { CHANGES } from './changes.ts';
import { operationsOf } from './document.ts';
import { goodRequests } from './good-requests.ts';
import { Judge } from './judge.ts';
import type { Request, Target } from './request.ts';
import { createSender } from './send.ts';
import type { RunningService } from './services.ts';
import { undocumented } from './verdict.ts';

export interface FuzzOptions extends Pick<RunningService, 'port' | 'secret' | 'known' | 'listable'> {
  readonly document: JsonObject;
  readonly seed: number;
  readonly requests: number;
  /** Only these operations are called. */
  readonly operations?: ReadonlySet<string>;
  readonly onRequest?: () => void;
}

export interface FuzzResult {
  readonly requests: number;
  /** How often each status came, by operation. */
  readonly statuses: ReadonlyMap<string, number>;
  /** The first undocumented answer with the smallest request that gets it. */
  readonly failure: string | undefined;
}

/** Sends requests derived from a document to the service that should obey it, until one answer does not. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { document, secret, known, listable, seed } = options;
  const target: Target = {
    document,
    judge: new Judge(document),
    operations: operationsOf(document),
    ...(options.operations && { called: options.operations }),
    secret,
    known,
    listable,
  };
  const { send, close } = createSender(options.port);
  const statuses = new Map<string, number>();
  let requests = 0;
  let why = '';
  const property = fc.asyncProperty(arbitraryRequest(target), async (request) => {
    const answer = await send(request);
    requests += 1;
    options.onRequest?.();
    const key = `${request.operation?.id ?? 'no operation'} ${answer.status}`;
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
    const fault = undocumented(request, answer, target);
    if (fault !== undefined) why = fault;
    return fault === undefined;
  });
  const result = await fc.check(property, { seed, numRuns: options.requests, endOnFailure: false });
  close();
  if (!result.failed) return { requests, statuses, failure: undefined };
  const [request] = result.counterexample ?? [];
  const error = why || (result.errorInstance instanceof Error ? result.errorInstance.message : 'no answer');
  return { requests, statuses, failure: `${error}\n${request ? formatRequest(request) : ''}\nseed ${seed}` };
}

function formatRequest({ what, method, path, headers, body }: Request): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${what}:`, `${method} ${path}`, ...lines, '', String(body ?? '').slice(0, 2_000)].join('\n');
}

/** Requests of all kinds to all operations, each one derived from the document. */
export function arbitraryRequest(target: Target): fc.Arbitrary<Request> {
  const kinds = Object.values(CHANGES).map(({ weight, change }) => ({ weight, arbitrary: fc.constant(change) }));
  const operations = target.operations
    .filter(({ id }) => target.called?.has(id) ?? true)
    .map((operation) => ({ weight: operation.body ? 4 : 1, arbitrary: goodRequests(target, operation) }));
  return fc
    .tuple(fc.oneof(...operations), fc.oneof(...kinds), fc.nat())
    .map(([good, change, pick]) => change(good, pick, target) ?? good);
}
