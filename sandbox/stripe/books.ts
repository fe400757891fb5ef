import { Clock } from './clock.ts';
import { StripeRejection } from './errors.ts';
import { Idempotency } from './idempotency.ts';
import { Ledger, type RecordedEvent } from './ledger.ts';
import type { Rights } from './rights.ts';
import { seed } from './scenarios/seed.ts';

export type BookName = 'live' | 'other' | 'test';

export interface Book {
  name: BookName;
  key: string;
  ledger: Ledger;
  idempotency: Idempotency;
}

const mask = (key: string): string => `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`;

/** The ledgers one sandbox keeps: test and live mode of one account, and the test mode of another account. */
export class Books {
  readonly clock = new Clock();
  readonly all: Book[];
  readonly #restricted = new Map<string, { book: Book; rights: Rights }>();

  constructor(apiKey: string, publish: (event: RecordedEvent) => void) {
    const open = (name: BookName, key: string, account: string): Book => {
      const ledger = new Ledger(account, name === 'live', this.clock, publish);
      seed(ledger, name);
      return { name, key, ledger, idempotency: new Idempotency() };
    };
    const test = open('test', apiKey, 'acct_1ModdySandbox');
    const live = open('live', apiKey.replace('_test_', '_live_'), 'acct_1ModdySandbox');
    test.ledger.twin = live.ledger;
    live.ledger.twin = test.ledger;
    this.all = [test, live, open('other', `${apiKey}_other`, 'acct_1SomebodyElse')];
  }

  named(name: string): Book {
    const book = this.all.find((entry) => entry.name === name);
    if (!book)
      throw new StripeRejection({ status: 400, type: 'invalid_request_error', message: `No book named ${name}` });
    return book;
  }

  /** Makes a restricted key for a book. */
  restrict(name: BookName, rights: readonly string[]): string {
    const book = this.named(name);
    const key = `${book.key.replace(/^sk_/, 'rk_')}_restricted${this.#restricted.size + 1}`;
    this.#restricted.set(key, { book, rights: new Set(rights) });
    return key;
  }

  /** The book a request's Authorization opens, and with which rights: all, if there are none; Basic (`key:`) works like Bearer, as at Stripe. */
  authenticate(authorization: string | undefined): { book: Book; key: string; rights: Rights | undefined } {
    const [scheme, credential = ''] = (authorization ?? '').split(' ');
    const key = scheme === 'Basic' ? Buffer.from(credential, 'base64').toString().split(':')[0] : credential;
    const reject = (message: string) => new StripeRejection({ status: 401, type: 'invalid_request_error', message });
    if (!key) {
      throw reject(
        'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
          "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details.",
      );
    }
    const restricted = this.#restricted.get(key);
    const book = restricted?.book ?? this.all.find((entry) => entry.key === key);
    if (!book) throw reject(`Invalid API Key provided: ${mask(key)}`);
    return { book, key, rights: restricted?.rights };
  }
}
