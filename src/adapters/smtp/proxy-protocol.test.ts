import { describe, expect, test } from 'vitest'
import { readProxyHeader } from './proxy-protocol.ts'

const V2 = '0d0a0d0a000d0a515549540a'
const hex = (text: string) => Buffer.from(text, 'hex')
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('PROXY version 1', () => {
  test.each([
    ['PROXY TCP4 192.0.2.50 10.0.0.9 4000 25\r\nEHLO', 40, '192.0.2.50'],
    ['PROXY TCP6 2001:db8::7 2001:db8::1 4000 25\r\n', 44, '2001:db8::7'],
    ['PROXY UNKNOWN\r\n', 15, undefined],
    ['PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', 35, undefined],
  ])('%j is read', (text, octets, address) => {
    expect(readProxyHeader(latin1(text))).toEqual({ kind: 'header', octets, address })
  })

  test.each([
    'EHLO c.example\r\n',
    'PROXX',
    'PROXY TCP4 192.0.2.50 10.0.0.9 4000\r\n',
    'PROXY TCP4 192.0.2.50 10.0.0.9 4000 25 x\r\n',
    'PROXY TCP4 192.0.2.500 10.0.0.9 4000 25\r\n',
    'PROXY TCP4 2001:db8::7 10.0.0.9 4000 25\r\n',
    'PROXY TCP6 192.0.2.50 10.0.0.9 4000 25\r\n',
    'PROXY TCP4 192.0.2.50 10.0.0.9 65536 25\r\n',
    'PROXY TCP4 192.0.2.50 10.0.0.9 04000 25\r\n',
    'PROXY UDP4 192.0.2.50 10.0.0.9 4000 25\r\n',
    'PROXY\r\n',
    `PROXY UNKNOWN ${'x'.repeat(100)}`,
  ])('%j is malformed', (text) => {
    expect(readProxyHeader(latin1(text)).kind).toBe('malformed')
  })

  test('waits for its CRLF', () => {
    const line = 'PROXY TCP4 192.0.2.50 10.0.0.9 4000 25\r\n'
    for (let cut = 0; cut < line.length; cut += 1) expect(readProxyHeader(latin1(line.slice(0, cut))).kind).toBe('more')
  })
})

describe('PROXY version 2', () => {
  const ipv4 = hex(`${V2}2111000cc0000232 0a000009 0fa0 0019`.replaceAll(' ', ''))

  test('is read over IPv4, with what follows left alone', () => {
    expect(readProxyHeader(Buffer.concat([ipv4, latin1('EHLO')]))).toEqual({
      kind: 'header',
      octets: 28,
      address: '192.0.2.50',
    })
  })

  test('is read over IPv6, behind it a TLV', () => {
    const header = hex(`${V2}21210029${'20010db8000000000000000000000007'.repeat(2)}0fa0001904000200ff`)
    expect(readProxyHeader(header)).toEqual({ kind: 'header', octets: 57, address: '2001:db8:0:0:0:0:0:7' })
  })

  test('of the proxy itself names no client', () => {
    expect(readProxyHeader(hex(`${V2}20000000`))).toEqual({ kind: 'header', octets: 16, address: undefined })
    expect(readProxyHeader(hex(`${V2}20110000`))).toEqual({ kind: 'header', octets: 16, address: undefined })
    expect(readProxyHeader(hex(`${V2}21000000`))).toEqual({ kind: 'header', octets: 16, address: undefined })
  })

  test('waits for its last octet', () => {
    for (let cut = 0; cut < ipv4.length; cut += 1) expect(readProxyHeader(ipv4.subarray(0, cut)).kind).toBe('more')
  })

  test.each([
    `${V2}1111000c`, // version 1 in binary
    `${V2}2211000c`, // unknown command
    `${V2}2111ffff`, // longer than any real header
    `${V2}21110004c0000232`, // too short for its addresses
    `${V2}21120000`, // UDP
    `${V2}21310000`, // a UNIX socket
    '0d0a0d0a000d0a515549540b',
  ])('%s is malformed', (text) => {
    expect(readProxyHeader(hex(text)).kind).toBe('malformed')
  })
})
