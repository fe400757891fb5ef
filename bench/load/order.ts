/** What the bench asks of the load generator. */
export interface Order {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly secret: string;
  /** JSON text. */
  readonly body?: string;
  readonly requests: number;
  readonly connections: number;
}

export interface Fulfilled {
  readonly seconds: number;
  /** Answers by status; anything but 200 spoils a measurement. */
  readonly statuses: Readonly<Record<number, number>>;
}
