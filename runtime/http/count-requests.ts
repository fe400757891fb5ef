import type { Metrics } from '../metrics.ts';

export interface FinishedRequest {
  /** Undefined for what is no operation: an unknown path, a page, a refused caller. */
  readonly operationId: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

/** What every private port counts of its requests. */
export function countRequests(metrics: Metrics) {
  const requests = metrics.counter('moddy_requests_total', 'Requests to the private port by operation and status.', [
    'operation',
    'status',
  ]);
  const durations = metrics.histogram('moddy_request_duration_seconds', 'Time to the answer by operation.', [
    'operation',
  ]);
  const violations = metrics.counter(
    'moddy_contract_violations_total',
    'Answers of ours that broke the document, mended or refused, by operation.',
    ['operation'],
  );
  return {
    finished: ({ operationId: operation = 'none', status, seconds }: FinishedRequest) => {
      requests.inc({ operation, status });
      durations.observe({ operation }, seconds);
    },
    brokeContract: (operation = 'none') => violations.inc({ operation }),
  };
}
