/** One deliberate drift: a small change somewhere between a document and the running service. */
export interface Mutant {
  /** The kind of change, `rename a property`. */
  readonly operator: string;
  /** Where: a file, with the place in it. */
  readonly place: string;
}

export type Verdict =
  /** A gate names it. */
  | { readonly kind: 'caught'; readonly by: string; readonly detail?: string }
  /** Regenerating makes it the contract, and the running service obeys it. */
  | { readonly kind: 'absorbed' }
  /** Nothing can tell it from the original. */
  | { readonly kind: 'equivalent'; readonly reason: string }
  | { readonly kind: 'missed'; readonly detail: string };

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

export const caught = (by: string, detail?: string): Verdict => ({
  kind: 'caught',
  by,
  ...(detail !== undefined && { detail: detail.slice(0, 300) }),
});
