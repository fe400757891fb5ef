/** A form that this repository avoids, and what to write instead. */
export interface Banned {
  readonly form: RegExp;
  readonly instead: string;
}

/**
 * In prose. A word that is plain English elsewhere stands here only in the construction that is not: `tell apart`,
 * `look up` and `looks like` stay.
 */
export const BANNED: readonly Banned[] = [
  { form: /\bow(e|es|ed|ing)\b/i, instead: 'pending, to be sent, enqueued' },
  { form: /\b(is|are|was|were|be|been|as|nobody|user|when|last) told\b(?! (apart|to)\b)/i, instead: 'notified of' },
  { form: /\btold (of|about|once|at once|after)\b/i, instead: 'notified of' },
  { form: /\btells? (of|nobody|everybody|users?)\b/i, instead: 'notify, log, show' },
  { form: /\btells?(?=\s*([.,;:]|\*\/))/i, instead: 'shows' },
  { form: /\b(is|are|was|were|be|been|unless|not|as) said\b/i, instead: 'stated, given, logged' },
  { form: /\b(say|says|said) of\b/i, instead: 'state or report about' },
  { form: /\bmend(s|ed|ing)?\b/i, instead: 'fix, repair' },
  { form: /\blook(s|ed|ing)? (at|again|into)\b/i, instead: 'check, read, poll' },
  { form: /\bonly look(s|ed)?\b/i, instead: 'only read' },
  { form: /\b(a|one|each|second|next|every|this|which) look\b(?!-)/i, instead: 'a check, a query' },
  { form: /\b(lie|lies|lay|lying) aside\b/i, instead: 'park' },
  { form: /\bput(s|ting)? off\b/i, instead: 'postpone' },
  { form: /\baffirm(s|ed|ing)?\b/i, instead: 'resync' },
  { form: /\bhand(s|ed|ing)? (it |them )?over\b/i, instead: 'pass, send' },
  { form: /\b(go|goes|going|went) through\b/i, instead: 'pass, reach, run' },
  { form: /\b(somebody|someone|whoever|persons?)\b/i, instead: 'user, member, customer, caller, operator' },
  { form: /\b(is|are|was|were|be|been|stay|stays|being) away\b/i, instead: 'unavailable, offline' },
  { form: /(?<!connections? (is |was |are |were )?)\brefus(e|es|ed|ing|als?)\b/i, instead: 'reject, deny, fail' },
  { form: /\breversals?\b/i, instead: 'refunds and disputes' },
  { form: /\b(final|last|later|second) word\b/i, instead: 'verdict' },
  { form: /\bunder way\b/i, instead: 'in flight, running' },
  { form: /\bevery so often\b/i, instead: 'at most every … (throttled)' },
  { form: /\bbored\b/i, instead: 'idle' },
  // Titles and questions stay.
  {
    form: /(?<!# *)\b(What|Who|Whoever|Whatever|Of) [a-z]+ (?!.*\?)/,
    instead: 'a sentence that begins with its subject',
  },
];

/** Names of what is declared. Columns, stored values and the wire are not: those are never renamed. */
export const BANNED_NAMES: readonly Banned[] = [
  { form: /\b(NotNow|Refusal|SlowDown)\b/, instead: 'RetryLater, RequestError, TooManyRequests' },
  { form: /\b(class|interface|type) (Answers|Means|Telling)\b/, instead: 'a noun of its own' },
  { form: /\b(class|interface|type) \w+Parts\b/, instead: '…Deps' },
  { form: /\b(function|const) tell[A-Z]\w*/, instead: 'format…, notify…' },
  { form: /\b(function|const) (everySoOften|underWay|bored)\b/, instead: 'throttleLog, inFlight, idle' },
];
