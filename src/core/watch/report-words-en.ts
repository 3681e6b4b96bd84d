// The words of reports in English.
import type { Share } from '../base/shares.ts'
import type { ReportWords } from './report-words.ts'
import type { LaneReport } from './report.ts'
import { countText, percentText } from './words.ts'

function of({ count, of: total }: Share): string {
  return total === 0 ? 'no mail' : `${percentText(count / total)} (${countText(count)} of ${countText(total)})`
}

const hard = ({ bounceRate = 0, hardBounced }: LaneReport): string =>
  `${percentText(bounceRate)} (${countText(hardBounced)})`
const yen = (amount: number): string => `¥${countText(Math.round(amount))}`

export const REPORT_ENGLISH: ReportWords = {
  subject: ({ kind, domain }, { first, last }) =>
    kind === 'DailyReport'
      ? `[Watari] ${domain}: daily report ${first}`
      : `[Watari] ${domain}: weekly report ${first} to ${last}`,
  heading: ({ kind, domain, timeZone }, { first, last }) =>
    kind === 'DailyReport'
      ? `${domain}: mail of ${first} (${timeZone})`
      : `${domain}: mail of the week from ${first} to ${last} (${timeZone})`,
  lanes: { ses: 'SES', legacy: 'Postfix' },
  rows: {
    accepted: 'Accepted',
    sent: 'Sent',
    delivered: 'Delivered',
    hardBounced: 'Hard bounces',
    softBounced: 'Given up (soft)',
    complained: 'Complaints',
    refused: 'Failed on the route',
    suppressed: 'Not sent: suppressed',
    sendingP95: 'Sending, 95 of 100 within',
    deliveryP95: 'Delivery, 95 of 100 within',
  },
  columns: {
    domain: 'Receiving domain',
    sent: 'sent',
    delivered: 'deliv.',
    hard: 'hard',
    complained: 'compl.',
    p95: 'p95',
    note: 'same days',
  },
  parts: {
    both: 'Both routes, in recipients',
    course: { DailyReport: 'Sent, by the hour', WeeklyPerformanceReport: 'Sent, by the day' },
    domains: 'By receiving domain, in the same days',
    notes: 'What to know',
    stage: 'Stage',
    incidents: 'Incidents',
    suppression: 'Suppression list',
    cost: 'Cost by SES this month',
  },
  notes: {
    answersChanged: (domain, { ses, legacy }, day) =>
      `${domain} answers otherwise since ${day}, on both routes: hard bounces went by Postfix from ${of(legacy.before)} to ${of(legacy.after)}, by SES from ${of(ses.before)} to ${of(ses.after)}. Figures before and after do not compare; fewer bounces may be mail that is taken and filed as spam, and say nothing good of either route.`,
    sesHigher: ({ domain, ses, legacy }) =>
      `${domain} refuses more by SES: ${hard(ses)} hard bounces, and ${hard(legacy)} by Postfix in the same days.`,
    sesLower: ({ domain, ses, legacy }) =>
      `${domain} refuses less by SES: ${hard(ses)} hard bounces, and ${hard(legacy)} by Postfix in the same days. Whether more of it reached the inbox, no figure here tells.`,
    few: ({ hardBounced, complained, sent }) =>
      `${countText(hardBounced)} of ${countText(sent)} mails by SES bounced and ${countText(complained)} were complained about: too few mails for a rate or an alert.`,
    blind: ({ sent }) =>
      `SES took ${countText(sent)} mails and the end of none is known: no events came. Nothing can be said of SES.`,
    critical: (count) => `${count} Critical incident${count === 1 ? '' : 's'}, told below.`,
    nothingSent: 'Nothing was sent.',
    none: 'Nothing out of the ordinary.',
  },
  comparisons: {
    same: 'alike',
    sesHigher: 'more by SES',
    sesLower: 'fewer by SES',
    tooFew: 'too few',
    answersChanged: 'answers changed',
  },
  rest: 'all others',
  stageNow: (percent) => `${percent} % to SES at the end.`,
  stageChange: ({ at, percent, by, reason }) => `${at}: ${percent} %, by ${by}: ${reason}`,
  noIncident: 'None.',
  incident: ({ mark, title, since, lasted, open, cameBack }) =>
    `${mark} ${title}, since ${since}, ${open ? `still open after ${lasted}` : `for ${lasted}`}${cameBack > 0 ? `; came back ${cameBack === 1 ? 'once' : `${cameBack} times`}` : ''}`,
  suppression: ({ total, more }) =>
    `${countText(total)} address${total === 1 ? '' : 'es'}${more === undefined ? '' : `, ${more >= 0 ? '+' : ''}${countText(more)}`}.`,
  cost: ({ recipients, yen: amount, budgetYen }) =>
    `${yen(amount)} for ${countText(recipients)} recipients so far${budgetYen === undefined ? '' : `, ${percentText(amount / budgetYen)} of the budget of ${yen(budgetYen)}`}.`,
  unknown: 'unknown',
}
