// What the doctor reads of the machine, from texts as Linux and chrony write them.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { chronyIn, limitsIn, machineFacts, swapIn } from './machine.ts'

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
Max processes             96183                96183                processes
Max open files            1024                 524288               files
`
const SWAPS = `Filename				Type		Size		Used		Priority
/dev/sda2                               partition	2097148		0		-2
`

it('reads the soft limits of a process', () => {
  expect(limitsIn(LIMITS)).toEqual({ files: 1_024, processes: 96_183, coreOctets: 0 })
  expect(limitsIn(LIMITS.replace('0                    unlimited', 'unlimited            unlimited'))).toMatchObject({
    coreOctets: Infinity,
  })
  expect(limitsIn('')).toBeUndefined()
})

it('sums swap devices, which are told in KiB', () => {
  expect(swapIn(SWAPS)).toBe(2_147_479_552)
  expect(swapIn(SWAPS.split('\n')[0]!)).toBe(0)
})

it('reads the offset that chrony tells, and that it is not synchronised', () => {
  const line = 'A29FC801,162.159.200.1,4,1764072000.1,-0.004213,0.0001,0.002,-1.1,0.0,0.04,0.02,0.001,64.5,Normal\n'
  expect(chronyIn(line)).toEqual({ kind: 'offset', by: 'chrony', offsetMs: -4 })
  expect(chronyIn(line.replace('Normal', 'Not synchronised'))).toEqual({ kind: 'unsynchronized', by: 'chrony' })
  expect(chronyIn('506 Cannot talk to daemon')).toBeUndefined()
})

it('takes the least memory limit of the groups above a process', async () => {
  const [proc, groups] = [mkdtempSync(join(tmpdir(), 'proc-')), mkdtempSync(join(tmpdir(), 'cgroup-'))]
  mkdirSync(join(proc, '7'))
  writeFileSync(join(proc, '7', 'cgroup'), '0::/system.slice/watari.service\n')
  mkdirSync(join(groups, 'system.slice/watari.service'), { recursive: true })
  writeFileSync(join(groups, 'system.slice/memory.max'), '536870912\n')
  writeFileSync(join(groups, 'system.slice/watari.service/memory.max'), 'max\n')
  expect(await machineFacts(7, proc, groups)).toMatchObject({ memoryLimitOctets: 536_870_912, swapOctets: 0 })
})
