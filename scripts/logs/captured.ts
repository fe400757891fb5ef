/** What the test processes write down, one JSON object a line. */
export type Captured =
  /** Of a log: one JSON object with allowed fields. */
  | { readonly kind: 'line'; readonly test: string; readonly from: string; readonly text: string }
  /** Of a service's stderr: free text, and just as visible. */
  | { readonly kind: 'words'; readonly test: string; readonly from: string; readonly text: string }
  /** What a caller proved itself with. */
  | { readonly kind: 'secret'; readonly test: string; readonly value: string };
