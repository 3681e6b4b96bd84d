// The words of alerts in English.
import type { RateFacts } from './alerts.ts'
import { countText, durationIn, percentText, sizeText, type Words } from './words.ts'

function overTime(hours: number): string {
  return hours === 1 ? 'in the last hour' : `in the last ${hours} hours`
}

function counts({ count, of }: RateFacts): string {
  return count === undefined || of === undefined ? '' : ` (${countText(count)} of ${countText(of)})`
}

function legacy({ legacyRate, legacyOf }: RateFacts): string {
  if (legacyRate === undefined || legacyOf === undefined) return ''
  return ` By the old route in the same time: ${percentText(legacyRate)} of ${countText(legacyOf)}.`
}

function few({ of = 0, tooFew }: RateFacts): string {
  return tooFew === undefined ? '' : ` Too few to judge: ${countText(of)} mails, ${countText(tooFew)} are needed.`
}

function rate(what: string, facts: RateFacts): string {
  const limit = `the limit is ${percentText(facts.threshold)}`
  if (facts.hours === 0) return `SES itself counts ${percentText(facts.rate)} ${what}; ${limit}.`
  const value = `${percentText(facts.rate)} of the mails by SES ${what} ${overTime(facts.hours)}`
  return `${value}${counts(facts)}; ${limit}.${few(facts)}${legacy(facts)}`
}

export const ENGLISH: Words = {
  alerts: {
    BounceRate: {
      title: 'bounce rate too high',
      said: (facts) => rate(facts.hours === 0 ? 'bounces' : 'came back for good', facts),
      look: [
        'watari report daily: which receiving domains, and whether the old route has it too',
        'watari stage history: whether the robot has stepped back already',
      ],
      todo: [
        'Only SES is bad: watari stage set 0 --reason "bounces by SES", if the robot has not.',
        'Both routes are bad: it is the list or a receiver. Hold the stage, stop the campaign, ask who made the list.',
      ],
    },
    ComplaintRate: {
      title: 'complaint rate too high',
      said: (facts) => rate(facts.hours === 0 ? 'complaints' : 'were called spam by their recipients', facts),
      look: ['watari report daily: which receiving domains and which day', 'which campaign went out in these 24 hours'],
      todo: [
        'Stop the campaign that is complained about; its unsubscribe link must work.',
        'watari stage set 0 --reason "complaints", if the robot has not: SES reviews an account at 0.1 %, and pauses it at 0.5 %.',
      ],
    },
    SendSuccessRate: {
      title: 'sending fails too often',
      said: (facts) => rate('went through', facts),
      look: ['watari route show: what SES answers', 'watari mail list --route ses: the reasons of what waits'],
      todo: [
        'watari stage set 0 --reason "SES fails", if the robot has not: what waits for SES goes by the old route.',
        'A refusal that names identity, policy or credentials: mend that first.',
      ],
    },
    DKIMExpiry: {
      title: 'the DKIM key ends soon',
      said: ({ selector, days, threshold }) =>
        `The DKIM key ${selector} ends in ${days} days; the limit is ${threshold} days.`,
      over: ({ selector, days, threshold }) =>
        `SES signs with ${selector}, for ${days} days more; the limit is ${threshold} days.`,
      look: ['watari dkim status: whether the next key is proven, and who is waited for'],
      todo: [
        'The next key is proven: nothing, the switch comes by itself in working hours.',
        'The DNS team is waited for: watari dkim request --send, and call them.',
      ],
    },
    EventPipelineDead: {
      title: 'no events from SES: we are blind',
      said: ({ sent, events, minutes }) =>
        `SES took ${countText(sent)} mails and ${events} events came back in ${minutes} minutes; at least 1 is due. Bounces and complaints are not seen.`,
      look: [
        'the event destination of the configuration set, and the topic’s subscription (confirmed? endpoint right?)',
        'the log of the gateway: eventRefused, certificate and signature faults',
      ],
      todo: [
        'Mend the path of the events. Until then no figure of SES can be believed.',
        'It lasts: watari stage set 0 --reason "no events".',
      ],
    },
    QueueStuck: {
      title: 'mails wait and nothing is sent',
      said: ({ waiting, minutes, threshold, sent }, { scope }) =>
        sent === undefined
          ? `${countText(waiting)} parts wait for the route ${scope} (limit ${threshold}), and what was sent cannot be read.`
          : `${countText(waiting)} parts wait for the route ${scope} (limit ${threshold}), and ${sent} were sent in ${minutes} minutes.`,
      look: [
        'watari status and watari route show: why the route waits',
        'watari mail list: the answers of the next hop',
      ],
      todo: [
        'The quota is used up: wait, or watari stage set a smaller percent.',
        'SES does not answer: watari stage set 0 --reason "SES stands still". Legacy does not answer: look at the Postfix hosts.',
      ],
    },
    RouteStopped: {
      title: 'a route has stopped',
      said: ({ reason }, { scope }) => `The route ${scope} has stopped (limit: none may): ${reason}.`,
      over: (_, { scope }) => `The route ${scope} goes on.`,
      look: ['watari route show: the reason in full'],
      todo: [
        'Mend what the reason names (identity, permission, credentials).',
        'watari route resume ROUTE --reason "mended"',
      ],
    },
    SesPaused: {
      title: 'SES has paused the account',
      said: ({ enforcement, sending }) =>
        `The account may not send: status ${enforcement}, sending ${sending}; HEALTHY and on are needed.`,
      look: ['the AWS Health and Support pages of the account: the letter names the reason', 'watari report daily'],
      todo: [
        'watari stage set 0 --reason "SES paused", if the robot has not.',
        'Mend the reason, then answer the case. Do not open a second account.',
      ],
    },
    GatewayRefusesMail: {
      title: 'the gateway takes no mail',
      said: ({ reasons }) => `Mail is answered 4xx (limit: never): ${reasons}. Senders keep it and try again.`,
      over: () => 'Mail is taken again.',
      look: ['watari status: disk, queue and the age of the oldest mail', 'df: what fills the disk'],
      todo: ['Make room on the disk, or let the queue drain: watari route show says what holds it.'],
    },
    SendingQuota: {
      title: 'the sending quota is nearly used',
      said: ({ rate, threshold, count = 0, of }) =>
        `${percentText(rate)} of the 24-hour quota is used (${countText(count)} of ${of === undefined ? 'unlimited' : countText(of)}); the limit is ${percentText(threshold)}.`,
      look: ['watari route show: how fast it goes', 'other senders of the same account'],
      todo: ['watari stage set a smaller percent until tomorrow.', 'Ask AWS for a larger quota: it takes days.'],
    },
    LambdaErrors: {
      title: 'functions fail',
      said: ({ rate, threshold, count = 0, of = 0 }) =>
        `${percentText(rate)} of the runs of functions failed in the last hour (${countText(count)} of ${countText(of)}); the limit is ${percentText(threshold)}.`,
      look: ['the log group of the function', 'the dead-letter queue'],
      todo: ['Mend the cause, then send the dead-letter queue once more.'],
    },
    UnusualTrafficPattern: {
      title: 'unusual traffic',
      said: ({ accepted, low, high, median, weeks, hourAt }, { time }) =>
        `${countText(accepted)} recipients in the hour from ${time(hourAt)}; ${countText(low)} to ${countText(high)} are usual (the same hour of ${weeks} weeks, median ${countText(median)}).`,
      look: ['watari report daily: which stream', 'what Cuenote has planned for this hour'],
      todo: [
        'A campaign nobody told of: go on, and look at the quota.',
        'Nobody knows of it: a login may be stolen. watari user list, then watari user remove.',
        'Too little: Cuenote or an application has stopped sending.',
      ],
    },
    SesUnderReview: {
      title: 'SES has the account under review',
      said: ({ enforcement }) => `The account’s status is ${enforcement}; HEALTHY is needed. A pause may follow.`,
      look: ['the letter from AWS: it names bounces or complaints, and until when', 'watari report weekly'],
      todo: ['Hold the stage.', 'Clean the list (watari suppression), and answer the case with what was done.'],
    },
    StorageFilling: {
      title: 'the disk of the queue fills',
      said: ({ rate, threshold, leftOctets, limitOctets }) =>
        `${percentText(rate)} of the room for the queue is used (${sizeText(leftOctets)} left of ${sizeText(limitOctets)}); the limit is ${percentText(threshold)}.`,
      look: ['watari status: how large the queue is', 'df, du: what else is on the disk'],
      todo: ['Make room. Full means that mail is answered 4xx.'],
    },
    LegacyLogSilent: {
      title: 'no outcomes from the old hosts',
      said: ({ sent, events, minutes }) =>
        `The old hosts took ${countText(sent)} mails and ${events} log lines told their end in ${minutes} minutes; at least 1 is due. The robot has nothing to compare SES with.`,
      look: ['whether the log files or the syslog stream of the Postfix hosts still arrive'],
      todo: ['Mend the stream (rsyslog, logrotate). Until then the robot holds.'],
    },
    FiguresUnreadable: {
      title: 'figures cannot be read',
      said: ({ why }) => `No rate can be judged (limit: always readable): ${why}.`,
      over: () => 'Figures are read again.',
      look: ['the log of the gateway, and the folder figures in the data folder'],
      todo: ['Make room, mend permissions, or start the gateway anew.'],
    },
    ShiftStopped: {
      title: 'the robot went back to 0 %',
      said: ({ from, message }) =>
        `The robot took the stage from ${from} % to 0 %: ${message}. All mail goes by the old route, and only a person starts again.`,
      over: () => 'A person has taken the stage in hand.',
      look: ['watari shift history, then watari shift explain with the decision: all it was made on', 'watari status'],
      todo: ['Mend the reason. Then watari shift start --reason "mended".'],
    },
    ShiftRolledBack: {
      title: 'the robot went back',
      said: ({ from, to, message, decision }) =>
        `The robot took the stage from ${from} % to ${to} %: ${message}. See: watari shift explain ${decision}`,
      over: () => 'The robot may go up again.',
      look: [
        'watari shift explain with the decision: each gate with its counts',
        'watari shift status: how it looks now',
      ],
      todo: [
        'SES alone is bad: mend the reason (list, content, reputation, account). After the cool-down the robot tries again.',
        'It must not try again: watari shift lock --reason "…".',
      ],
    },
    ShiftLocked: {
      title: 'the robot would go back, and must not',
      said: ({ message, by }) => `The robot would go back (${message}), and does not: ${by}.`,
      over: () => 'The robot has no reason to go back any more, or may do so.',
      look: ['watari shift status: what it sees and would do'],
      todo: [
        'It is right: watari shift unlock --reason "…", or watari stage set a smaller percent.',
        'It is wrong, and you know why: leave it, and acknowledge this incident.',
      ],
    },
    ShiftHeldBack: {
      title: 'a receiving domain went back to the old route',
      said: ({ domains, reasons }) =>
        `Mail to ${domains} goes by the old route, because SES does worse there alone (${reasons.join(', ')}). The stage stays.`,
      over: () => 'All receiving domains are tried by SES again.',
      look: ['watari shift status: until when', 'watari figures: both routes at this domain'],
      todo: ['Ask the receiver’s postmaster, or AWS. The robot tries again after a day, then two, then four.'],
    },
  },
  marks: {
    critical: 'CRITICAL',
    warning: 'WARNING',
    info: 'INFO',
    again: 'AGAIN',
    reminder: 'STILL',
    closed: 'OVER',
  },
  labels: {
    what: 'What',
    since: 'Since',
    lasted: 'Lasted',
    now: 'Now',
    atWorst: 'It was',
    look: 'Look at',
    todo: 'What to do',
    more: 'More',
    take: 'Take it (no reminders)',
    incident: 'Incident',
    comesBack: (times) => `It came back ${times === 1 ? 'once' : `${times} times`}.`,
  },
  duration: durationIn({ day: ' d', hour: ' h', minute: ' min' }),
}
