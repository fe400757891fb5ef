import { setTimeout as delay } from 'node:timers/promises';
import { readRules } from './alerts/prometheus.ts';
import { type Day, startDay } from './gameday/day.ts';
import { INCIDENTS, type Incident } from './gameday/incidents.ts';
import { chosenOf, reasonOf, runProofs, type Verdict } from './system/run-proofs.ts';

/*
 * `make gameday`: incidents in two running services, seen with what an operator has. Each has to show itself within a
 * minute in health and in the expression of its alert, a doctor or a command has to name it, and the cure of
 * docs/operations.md has to end all of them. `ONLY=word` runs the incidents whose name holds the word.
 */

const SIGNAL_GOAL_SECONDS = 60;
const rules = new Map(readRules().map((rule) => [rule.alert, rule]));

const rows: string[] = [];
chosenOf(INCIDENTS);
const day = await startDay();
try {
  await day.settle();
  await runProofs('gameday', INCIDENTS, judge, () => {
    console.log(
      '\n| incident | shown after | by | alert, its delay | named by | cure | over after |\n|---|---|---|---|---|---|---|',
    );
    for (const row of rows) console.log(row);
  });
} finally {
  await day.close();
}

async function judge(incident: Incident): Promise<Verdict> {
  const { logs } = day;
  try {
    await incident.begin(day);
    const shown = await watch(day, incident);
    const named = await diagnose(day, incident);
    const startedAt = performance.now();
    await incident.repair(day);
    await day.settle();
    const over = `${Math.round((performance.now() - startedAt) / 1_000)} s`;
    const delayOf = (alert: string) => `${alert}, ${rules.get(alert)?.forSeconds ?? '?'} s`;
    const { name, alert, cure } = incident;
    rows.push(
      `| ${name} | ${shown.after} | ${shown.by} | ${alert ? delayOf(alert) : '–'} | ${named} | ${cure} | ${over} |`,
    );
    return { notes: [`shown after ${shown.after} by ${shown.by}; over after ${over}`], faults: [], logs };
  } catch (error) {
    // The next one shall not begin in this one.
    await Promise.resolve(incident.repair(day)).catch(() => undefined);
    return { notes: [], faults: [reasonOf(error)], logs };
  }
}

/** Asks once a second until both health and the alert show it. @throws after a minute. */
async function watch({ unhealthy, prometheus }: Day, { health, alert }: Incident) {
  const startedAt = performance.now();
  let first: { readonly after: string; readonly by: string } | undefined;
  for (;;) {
    await prometheus.scrape(1);
    const checks = await unhealthy();
    const pending = prometheus.pending();
    const check = health && checks.find((each) => health.test(each));
    const fires = alert !== undefined && pending.includes(alert);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    if (check) first ??= { after: `${seconds} s`, by: `health of the ${check.split(':')[0]}` };
    if (fires) first ??= { after: `${seconds} s`, by: 'the alert' };
    if ((health === undefined || check) && (alert === undefined || fires)) {
      return first ?? { after: 'at once', by: 'its own output' };
    }
    if (seconds > SIGNAL_GOAL_SECONDS)
      throw new Error(
        `not shown after ${seconds} s: health ${checks.join('; ') || 'well'}; pending ${pending.join(', ') || 'none'}`,
      );
    await delay(1_000);
  }
}

/** The doctor or command that names it. @throws if it does not name it. */
async function diagnose(day: Day, { doctor, command }: Incident): Promise<string> {
  const by: string[] = [];
  if (doctor !== undefined) {
    const wrong = await day.doctors();
    const line = wrong.find((each) => doctor.test(each));
    if (line === undefined) throw new Error(`no doctor names it: ${wrong.join('; ') || 'everything is well'}`);
    by.push(`doctor: ${line.replace(/^WRONG\s+/, '').split(/\s{2,}/)[0]}`);
  }
  if (command !== undefined) {
    const { code, text } = await command.run(day);
    if (!command.prints.test(text) || (code !== 0) !== (command.fails ?? false))
      throw new Error(`the command does not name it: exit ${code}, ${text}`);
    by.push('its command');
  }
  return by.join(', ');
}
