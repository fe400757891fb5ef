/* `make demo`: says what comes before the packages of both services are loaded, which takes a moment. */
console.log(
  'A member pays, cancels, and another pays while the bot is down. First a Postgres, a Discord and a Stripe start here.',
);
await import('./demo/story.ts');
