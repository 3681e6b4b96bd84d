// The bounded tables behind the reader: what happens when they are full.
import { expect, test } from 'vitest'
import { AddressScan, Names } from './names.ts'
import { DEFERRED, NONE, QueueTable } from './queue-table.ts'
import { rotation } from './log-files.ts'

test('a full table of mails lets the oldest open one go, and counts it', () => {
  const table = new QueueTable()
  const room = 262_144
  for (let n = 0; n < room; n += 1) table.add(n, -n)
  expect(table.evicted).toBe(0)
  for (let n = room; n < room + 10; n += 1) table.add(n, -n)
  expect(table.evicted).toBe(10)
  expect(table.open).toBe(room)
  expect(table.find(room + 9, -(room + 9))).not.toBe(NONE)
  expect(table.find(1, -1)).toBe(NONE)
})

test('a removed mail is found for a while, and then not', () => {
  const table = new QueueTable()
  const slot = table.add(1, 2)
  table.flags[slot]! |= DEFERRED
  table.remove(slot)
  expect(table.open).toBe(0)
  expect(table.find(1, 2)).toBe(slot)
  for (let n = 10; n < 1_000; n += 1) table.remove(table.add(n, n))
  expect(table.find(1, 2)).toBe(NONE)
})

test('an id that comes again is empty again', () => {
  const table = new QueueTable()
  const slot = table.add(1, 2)
  table.done[slot] = 3
  table.remove(slot)
  table.clear(slot)
  expect(table.open).toBe(1)
  expect(table.done[slot]).toBe(0)
  for (let n = 10; n < 2_000; n += 1) table.remove(table.add(n, n))
  expect(table.find(1, 2)).toBe(slot)
})

test('domains beyond the limit are one name', () => {
  const names = new Names()
  const number = (domain: string) => {
    const octets = Buffer.from(`u@${domain}>`)
    const scan = new AddressScan()
    scan.read(octets, 0, octets.length)
    return names.number(octets, scan.domainStart, scan.end, scan.domainHash)
  }
  expect(names.text(number('Example.JP'))).toBe('example.jp')
  expect(number('example.jp')).toBe(number('EXAMPLE.jp'))
  for (let n = 0; n < 131_072; n += 1) number(`d${n}.example`)
  expect(number('one-more.example')).toBe(0)
  expect(names.text(0)).toBe('')
  expect(names.count).toBe(131_071)
})

test.each([
  ['mail.log', 'mail.log'],
  ['mail.log.1', 'mail.log'],
  ['mail.log.12.gz', 'mail.log'],
  ['maillog-20250131', 'maillog'],
  ['maillog-20250131.gz', 'maillog'],
  ['maillog-2025-01-31-23.gz', 'maillog'],
  ['mx1.log', 'mx1.log'],
])('%s is a file of %s', (name, stem) => {
  expect(rotation(name).stem).toBe(stem)
})
