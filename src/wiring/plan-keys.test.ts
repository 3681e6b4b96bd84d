// The schema and its document are one: every key is told, and nothing is told that is no key.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allKeys, nearest } from './plan-keys.ts'
import { planSchema } from './plan-schema.ts'

const SECTIONS = new Set(allKeys(planSchema('gw')).map((key) => key.split(/[.[]/)[0]!))

function keysTold(): readonly string[] {
  const told = [
    ...readFileSync('docs/plan.md', 'utf8').matchAll(/`([A-Za-z]+(?:\[\])?(?:\.(?:[A-Za-z]+(?:\[\])?|\*))*)`/g),
  ]
  return told.map((match) => match[1]!)
}

describe('docs/plan.md', () => {
  it('tells every key of the plan that holds a value', () => {
    const keys = allKeys(planSchema('gw'))
    const isSection = (key: string) => keys.some((other) => other.startsWith(`${key}.`))
    const missing = keys.filter((key) => !isSection(key) && !keysTold().includes(key))
    expect(missing.filter((key) => !keysTold().includes(`${key}.*`))).toEqual([])
  })

  it('tells no key that does not exist', () => {
    const keys = allKeys(planSchema('gw'))
    const dotted = keysTold().filter((key) => key.includes('.') && SECTIONS.has(key.split(/[.[]/)[0]!))
    const unknown = dotted.filter((key) => !keys.includes(key) && !keys.includes(key.replace(/\.\*$/, '')))
    // The name of a file that is spelled like a key.
    expect(unknown.filter((key) => key !== 'users.json')).toEqual([])
  })
})

describe('the nearest key', () => {
  it.each([
    ['recipiants', ['recipients', 'sessions'], 'recipients'],
    ['Host', ['host', 'port'], 'host'],
    ['stmp', ['api', 'smtp'], 'smtp'],
    ['colour', ['host', 'port'], undefined],
    ['x', ['api'], undefined],
    ['', ['api'], undefined],
  ])('to %j in %j is %j', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected)
  })
})
