import { examineBot } from './doctor/examine-bot.ts';

/* What is wrong with this deployment of the bot, each with its cure. Exit 1 if anything is. */
process.exitCode = await examineBot(process.env, (line) => console.log(line));
