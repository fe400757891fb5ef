import { examineBot } from './doctor/examine-bot.ts';

/* Prints the findings about this deployment of the bot, each fault with its cure. Exit 1 if there is a fault. */
process.exitCode = await examineBot(process.env, (line) => console.log(line));
