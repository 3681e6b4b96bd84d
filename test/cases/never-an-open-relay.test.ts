// C04: trusting a private range is no open relay: who is not on the list and has not logged in sends nothing, whatever
// address a bridge, a mapped IPv6 address or a PROXY line of a stranger shows.
import { afterEach, describe, expect, test } from 'vitest'
import { clientPolicy, policyWarnings } from '../../src/adapters/smtp/client-policy.ts'
import { stopListeners, testListener } from '../support/smtp-listener.ts'
import { testSession } from '../support/smtp-session.ts'
import { wireClient } from '../support/wire-client.ts'

const REFUSED = '530 5.7.0 authenticate first, or have this address put on the allow-list'

afterEach(stopListeners)

describe('with machines listed one by one', () => {
  const policy = clientPolicy({ clients: ['172.17.0.5', '10.0.0.5'], proxies: ['10.0.0.9'] })

  test.each(['172.17.0.1', '::ffff:172.17.0.1', 'fd00::1', '192.0.2.50', '::1', '::ffff:ac11:1'])(
    'the peer %s sends nothing',
    async (peer) => {
      const address = policy.fold(peer)
      const { say, intake } = testSession({ address, allowed: policy.isAllowed(address) })
      await say('EHLO c\r\n')
      expect(await say('MAIL FROM:<x@evil.example>\r\nRCPT TO:<y@example.net>\r\nDATA\r\n')).toEqual([
        REFUSED,
        '503 5.5.1 MAIL was refused',
        '503 5.5.1 MAIL was refused',
      ])
      expect(intake.asked).toEqual([])
    },
  )

  test('a listed peer takes the same check in both spellings', () => {
    expect(['172.17.0.5', '::ffff:172.17.0.5'].map((peer) => policy.isAllowed(policy.fold(peer)))).toEqual([true, true])
  })
})

test('a PROXY line of a peer that is no known proxy is a command that nobody knows', async () => {
  const { port, intake } = await testListener({ clients: ['10.0.0.5'], proxies: ['10.0.0.9'] })
  const client = await wireClient(port)
  await client.replies()
  expect(await client.say('PROXY TCP4 10.0.0.5 10.0.0.9 4000 25\r\n')).toEqual(['500 5.5.2 Command not recognized'])
  expect((await client.say('EHLO c\r\nMAIL FROM:<x@evil.example>\r\n', 2)).slice(-1)).toEqual([REFUSED])
  expect(intake.asked).toEqual([])
  client.destroy()
})

test('wide private ranges are warned of at start', () => {
  const warnings = policyWarnings({ clients: ['172.16.0.0/12', '10.0.0.0/8', 'fc00::/7'], proxies: [] })
  expect(warnings.map((warning) => warning.split(':')[0])).toEqual(['172.16.0.0/12', '10.0.0.0/8', 'fc00'])
})
