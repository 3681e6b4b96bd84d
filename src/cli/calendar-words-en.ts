// `watari plan calendar` in English.
import type { CalendarWords } from './calendar-words.ts'

const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`

export const CALENDAR_WORDS_EN: CalendarWords = {
  title: (domain) => `The migration of ${domain}, day by day.`,
  working: 'People work Monday to Friday, not on holidays of Japan, nor from 29 December to 3 January.',
  weekendsOnly: 'People work Monday to Friday; the holidays of this place are not known (schedule.closedDays).',
  beyondHolidays: (last) => `Holidays after ${last} are not announced yet and are not in this calendar.`,
  order: { given: 'In the order of the plan', mended: 'In the order that the work needs' },
  span: ({ from, last, days: count }) => `${from} to ${last}, ${days(count)}`,
  fits: ({ allowed, spare }) => `the plan allows ${allowed}: ${spare} to spare`,
  tooLong: ({ allowed, over }) => `the plan allows ${allowed}: ${over} too many`,
  noPhases: 'The plan has no phases (schedule.phases): what must be ready before the first stage is not here.',
  firstMail: (count) => `The first mail goes by SES after ${days(count)}.`,
  critical: (chain) => `Critical path: ${chain}.`,
  columns: { task: '', from: 'FROM', to: 'TO', slack: 'SLACK' },
  legend: (count) => `█ critical  ▒ beside it  * by itself  │ today  one column: ${days(count)}  SLACK in days`,
  phase: (phase, name) => `${phase} ${name}`,
  quota: (percent) => `AWS: quota for ${percent} %`,
  stage: (percent) => `stage ${percent} %`,
  mendedWhy: ({ sooner }) =>
    `Watari makes the keys on the first day and needs nothing for it, so the request goes to the DNS team at once; the rest is built while the team works. ${sooner > 0 ? `It ends ${days(sooner)} sooner.` : 'It ends no sooner.'}`,
  mendedHow: (after) => `To plan it so, give each phase its key after: ${after}.`,
  today: ({ date, day }) => `Today, ${date}, is day ${day}.`,
  beforeStart: ({ date, days: count }) => `Today is ${date}; it begins in ${days(count)}.`,
  running: (tasks) => `Under way: ${tasks}.`,
  nothingRuns: 'Nothing is under way.',
  next: ({ task, days: count }) => `Next: ${task}, in ${days(count)}.`,
  over: 'All of it should be over.',
  quotaTitle: 'Quota to ask AWS for',
  quotaColumns: ['STAGE', 'A DAY', 'A SECOND', 'ASK A DAY', 'A SECOND', 'LASTS AT LEAST'],
  granted: 'granted',
  stageTime: ({ hours, leastMails, mailHours }) => `${hours} h (${leastMails} mails: ${mailHours} h)`,
  quotaNote: ({ perDay, perSecond }) =>
    `A new account may send ${perDay} recipients a day, ${perSecond} a second. Each stage's quota is asked for when the one before has begun, with headroom for the gate on quota use. watari plan quota-request writes the request.`,
  beyondDesign: (stages) => `The quota that the plan counts on is too small for ${stages}.`,
  icsName: (domain) => `Migration of ${domain}`,
  icsSlack: ({ slack, isCritical }) =>
    isCritical ? 'On the critical path: the end waits for it.' : `May begin ${days(slack)} later.`,
  icsKind: {
    people: 'Our own work.',
    dnsTeam: 'Work of the DNS team; Watari reminds them.',
    aws: 'Waiting for an answer of AWS.',
    automatic: 'Watari does this by itself.',
    stage: 'Mail goes by SES; the gates decide whether the next stage may come.',
  },
  chain: ' > ',
  list: ', ',
  sentence: ' ',
}
