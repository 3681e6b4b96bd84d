import { describe, expect, test } from 'vitest'
import { clientPolicy, policyWarnings } from './client-policy.ts'

describe('the client policy', () => {
  const policy = clientPolicy({
    clients: ['192.0.2.10', '198.51.100.0/28', '2001:db8::25', '::ffff:203.0.113.7', '::ffff:10.1.0.0/112'],
    proxies: ['10.0.0.5'],
  })

  test.each(['192.0.2.10', '198.51.100.15', '2001:db8::25', '203.0.113.7', '10.1.255.1'])('lets %s send', (address) => {
    expect(policy.isAllowed(address)).toBe(true)
  })

  test.each([
    '192.0.2.11',
    '198.51.100.16',
    '2001:db8::26',
    '203.0.113.8',
    '10.2.0.1',
    'fd00::1',
    '',
    'localhost',
    '::',
  ])('does not let %j send', (address) => {
    expect(policy.isAllowed(address)).toBe(false)
  })

  test('folds spellings of one address into one', () => {
    expect(policy.fold('::ffff:172.17.0.1')).toBe('172.17.0.1')
    expect(policy.fold('::FFFF:ac11:1')).toBe('172.17.0.1')
    expect(policy.fold('2001:0db8:0:0:0:0:0:0025')).toBe('2001:db8::25')
    expect(policy.fold('fe80::1%eth0')).toBe('fe80::1')
    expect(policy.fold('nonsense')).toBe('')
  })

  test('believes only the proxies that are listed', () => {
    expect([policy.isProxy('10.0.0.5'), policy.isProxy('10.0.0.6'), policy.isProxy('192.0.2.10')]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('lets nobody send when nobody is listed', () => {
    const empty = clientPolicy({ clients: [], proxies: [] })
    expect([empty.isAllowed('127.0.0.1'), empty.isProxy('127.0.0.1')]).toEqual([false, false])
  })

  test.each(['10.0.0.0/33', 'example.jp', '10.0.0', '010.0.0.1', '', '10.0.0.0/8/8'])(
    'refuses to start with the entry %j',
    (entry) => {
      expect(() => clientPolicy({ clients: [entry], proxies: [] })).toThrow('a client or proxy entry')
    },
  )
})

// C04
describe('warnings at start', () => {
  test.each([
    '172.16.0.0/12',
    '10.0.0.0/8',
    '192.168.0.0/16',
    'fd00::/8',
    '100.64.0.0/10',
    '::ffff:10.0.0.0/104',
    '0.0.0.0/0',
  ])('name the wide range %s', (entry) => {
    const [warning, more] = policyWarnings({ clients: [entry], proxies: [] })
    expect(warning).toContain(entry)
    expect(warning).toContain('may send without AUTH')
    expect(more).toBeUndefined()
  })

  test('are silent about single machines, small networks and this machine', () => {
    expect(
      policyWarnings({
        clients: ['172.17.0.1', '10.0.0.0/28', '127.0.0.0/8', '::1', 'fd00::1', 'fd00::/64', '198.51.100.0/24'],
        proxies: ['10.0.0.5'],
      }),
    ).toEqual([])
  })

  test('name wide proxies too', () => {
    expect(policyWarnings({ clients: [], proxies: ['10.0.0.0/8'] })[0]).toContain('is believed to be a proxy')
  })
})
