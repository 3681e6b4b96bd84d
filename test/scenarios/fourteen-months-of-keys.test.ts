// Fourteen months of one domain's keys on a virtual clock: monthly runs, a DNS team that is late and once wrong, a resolver that
// lies, alarms, two rotations. docs/history-of-a-key.md is what it prints: UPDATE_DOCS=1 renews it.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { wallText } from '../../src/core/base/zoned-time.ts'
import type { HistoryEntry } from '../../src/core/dkim/record.ts'
import { dkimWorld, type DkimWorld } from '../support/dkim-world.ts'

const DOCUMENT = 'docs/history-of-a-key.md'
const TOKYO = 'Asia/Tokyo'

/** Runs the reconciler until a wall-clock time of Tokyo. */
async function until(world: DkimWorld, text: string, unsigned: string[]): Promise<void> {
  await world.pass(Date.parse(`${text.replace(' ', 'T')}:00+09:00`) - world.now(), () => {
    // Mail flows from the day the stage is set: whenever it may flow, it is signed.
    if (world.traffic.percent > 0 && !world.traffic.held && world.ses.signature() === undefined) {
      unsigned.push(wallText(world.now(), TOKYO))
    }
  })
}

async function fourteenMonths(): Promise<{ world: DkimWorld; unsigned: readonly string[] }> {
  const world = dkimWorld({ keyLifeMonths: 6, mailFromDomain: 'bounce.example.jp', dmarcReports: 'dmarc@example.jp' })
  const unsigned: string[] = []
  const to = (text: string) => until(world, text, unsigned)
  // One of the resolvers says for ever that there is nothing.
  world.dns.lie('198.51.100.53', { kind: 'noSuchName', authoritative: false, records: [], negativeTtlSeconds: 900 })

  // The team takes nineteen days in place of fourteen, and cuts one value.
  await to('2026-12-14 15:00')
  await world.publish((record) =>
    record.selector === 'watari2' ? { ...record, value: record.value.slice(0, 255) } : record,
  )
  await to('2026-12-16 11:30')
  await world.publish()
  await to('2026-12-18 10:00')
  world.traffic.percent = 10
  await to('2027-01-12 10:00')
  world.traffic.percent = 100

  // In March a panel loses the record in use for an afternoon.
  await to('2027-03-09 14:00')
  const value = world.dns.texts('watari1._domainkey.example.jp', true)!
  world.dns.erase('watari1._domainkey.example.jp', 'TXT')
  await to('2027-03-09 18:30')
  world.dns.enter({ name: 'watari1._domainkey.example.jp', type: 'TXT', values: value })

  // The first rotation comes by itself in May; the team is asked to revoke, and then for a new key, and takes its time.
  await to('2027-06-01 16:00')
  await world.publish()
  await to('2027-06-25 16:00')
  await world.publish()

  // The second in October, and the same again.
  await to('2027-11-02 16:00')
  await world.publish()
  await to('2027-11-10 16:00')
  await world.publish()
  await to('2028-01-25 11:00')
  return { world, unsigned }
}

test('fourteen months read sensibly, and no mail goes out unsigned', async () => {
  const { world, unsigned } = await fourteenMonths()
  const text = documentText(world.history)
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, text)
  expect(unsigned).toEqual([])
  const count = (step: string) => world.history.filter((entry) => entry.step === step).length
  expect({
    keys: count('makeKey'),
    switches: count('finishSwitch'),
    revoked: count('endKey'),
    months: count('noteMonthly'),
    corrections: world.letters.filter(({ id }) => id.includes('correction')).length,
    reminders: world.letters.filter(({ id }) => id.includes('reminder')).length,
  }).toEqual({ keys: 5, switches: 3, revoked: 2, months: 14, corrections: 1, reminders: 5 })
  expect(
    world.alerts.map(({ subject }) => subject.replace('[Watari] ', '').replace('DKIM of example.jp: ', '')),
  ).toEqual([
    'warning: the DNS team is late: 6 records wanted by 2026-12-09 missing',
    'warning: watari2._domainkey.example.jp was published wrongly: cut',
    'info: 198.51.100.53 still does not show watari3._domainkey.example.jp after its TTL',
    'over: the DNS team is late: 1 record wanted by 2026-12-09 missing',
    'over: watari2._domainkey.example.jp was published wrongly: cut',
    'info: 198.51.100.53 still does not show watari2._domainkey.example.jp after its TTL',
    'critical: the record of the key in use is absent: receivers cannot verify mail',
    'over: the record of the key in use is absent: receivers cannot verify mail',
    'critical: the DKIM key watari1 ends on 2027-06-14',
    'over: the DKIM key watari1 ends on 2027-06-14',
    'warning: the DNS team is late: 1 record wanted by 2027-06-15 missing',
    'warning: the DNS team is late: 1 record wanted by 2027-06-15 missing',
    'over: the DNS team is late: 1 record wanted by 2027-06-15 missing',
    'info: 198.51.100.53 still does not show watari4._domainkey.example.jp after its TTL',
    'critical: the DKIM key watari2 ends on 2027-11-17',
    'over: the DKIM key watari2 ends on 2027-11-17',
    'info: 198.51.100.53 still does not show watari5._domainkey.example.jp after its TTL',
  ])
  expect(world.ses.signature()).toBe('watari3')
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(text)
})

function documentText(history: readonly HistoryEntry[]): string {
  const lines = history.map(
    ({ at, step, selector, by, message }) =>
      `${wallText(at, TOKYO)}  ${step.padEnd(12)} ${(selector ?? '-').padEnd(8)} ${by.padEnd(7)} ${message}`,
  )
  return `# Fourteen months of one domain's keys

What \`watari dkim history\` says of example.jp after fourteen months, written by a test on a virtual clock. Keys live six months here, so that two
rotations fit in. The DNS team is five days late at first and cuts one value; a resolver insists all the time that there is nothing; in March
a panel loses the record in use for an afternoon. No mail goes out unsigned. Times are those of Tokyo.

\`\`\`text
${lines.join('\n').replaceAll(/(dns-\d{4}-\d\d-\d\d)-[0-9a-f]{8}/g, '$1-…')}
\`\`\`
`
}
