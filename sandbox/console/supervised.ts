/** `down` was asked for; a process that ends by itself is its owner's matter. */
export type RunState = 'starting' | 'up' | 'stopping' | 'down';

/** A service's real process, which its owner lets the console stop and start. */
export interface Supervised {
  readonly state: RunState;
  /** Resolves when it is up; rejects when it ends before. */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
  /** Answers what stops the calls. */
  onChange(listener: () => void): () => void;
}
