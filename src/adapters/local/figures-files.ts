// Where figures lie on disk:
//   minutes/2026-11-25T03Z.log       records of the minutes of an hour, appended; minutes that were told of late again
//   hours/2026-11-25T03Z.1.figures   the hour, one record
//   hours/2026-11-25T03Z.1.late      what was told after the hour had ended, appended
//   damaged/                         pieces that no reader understands, as they were found
// Rule: a file is appended to or replaced whole. The number in a name grows when late records are folded into the hour,
// so that a crash between writing the new object and removing the old ones counts nothing twice.
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HOUR_MS } from '../../core/base/clock.ts'
import type { FigureGroup } from '../../core/base/figures.ts'
import type { Cube, LabelReading } from './figures-cube.ts'
import { recordLogs, type OnDamage } from './figures-log.ts'
import { addSection, HEAD_OCTETS, isWhole, readHead } from './figures-record.ts'
import { isMissing, replaceFile } from './record-file.ts'

export interface FigureFiles {
  /** Hours with an object, and its number. */
  readonly hours: ReadonlyMap<number, number>
  /** Hours with a log of minutes. */
  readonly minutes: ReadonlySet<number>
  appendMinute(hourAt: number, record: Buffer): Promise<void>
  /** For an hour that has an object; answers how long its late records are now. */
  appendLate(hourAt: number, record: Buffer): Promise<number>
  /** Writes the object of an hour anew under the next number, and forgets the one before with its late records. */
  putHour(hourAt: number, record: Buffer): Promise<void>
  /** Adds an hour with its late records to a cube. */
  addHour(hourAt: number, cube: Cube, reading: LabelReading): Promise<void>
  /** Calls `each` with the sums of every minute in an hour's log, in the order in which they were written. */
  eachMinute(
    hourAt: number,
    each: (atMs: number, add: (cube: Cube, reading: LabelReading) => Promise<void>) => Promise<void>,
  ): Promise<void>
  /** Removes what began before. */
  forget(before: { readonly minutesAt: number; readonly hoursAt: number }): Promise<void>
  /** Octets on disk. */
  octets(): Promise<number>
}

const FOLDERS = ['minutes', 'hours', 'damaged'] as const

export async function figureFiles(folder: string, onDamage: OnDamage): Promise<FigureFiles> {
  for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true, mode: 0o750 })
  const minutes = new Set((await readdir(join(folder, 'minutes'))).map(hourIn).filter((at) => at !== undefined))
  const hours = await hoursIn(join(folder, 'hours'))
  const minutePath = (at: number) => join(folder, 'minutes', `${hourName(at)}.log`)
  const hourPath = (at: number, number: number, kind: HourFile) =>
    join(folder, 'hours', `${hourName(at)}.${number}.${kind}`)
  const numberOf = (at: number) => hours.get(at) ?? 0
  const logs = recordLogs(join(folder, 'damaged'), onDamage)
  return {
    hours,
    minutes,
    async appendMinute(hourAt, record) {
      await logs.append(minutePath(hourAt), record)
      minutes.add(hourAt)
    },
    appendLate: (hourAt, record) => logs.append(hourPath(hourAt, numberOf(hourAt), 'late'), record),
    async putHour(hourAt, record) {
      const number = numberOf(hourAt)
      await replaceFile(hourPath(hourAt, number + 1, 'figures'), record)
      hours.set(hourAt, number + 1)
      for (const kind of HOUR_FILES) await rm(hourPath(hourAt, number, kind), { force: true })
      logs.forget(hourPath(hourAt, number, 'late'))
    },
    async addHour(hourAt, cube, reading) {
      const number = numberOf(hourAt)
      if (number === 0) return
      const whole = await readObject(hourPath(hourAt, number, 'figures'), reading.group)
      if (whole === 'damaged') await logs.setAside(hourPath(hourAt, number, 'figures'))
      else await addSection(cube, whole, reading)
      const late = hourPath(hourAt, number, 'late')
      await logs.each(late, (_at, section) => addSection(cube, section(reading.group), reading))
    },
    eachMinute: (hourAt, each) =>
      logs.each(minutePath(hourAt), (atMs, section) =>
        each(atMs, (cube, reading) => addSection(cube, section(reading.group), reading)),
      ),
    async forget({ minutesAt, hoursAt }) {
      for (const at of [...minutes].filter((start) => start < minutesAt)) {
        await rm(minutePath(at), { force: true })
        logs.forget(minutePath(at))
        minutes.delete(at)
      }
      for (const at of [...hours.keys()].filter((start) => start < hoursAt)) {
        for (const kind of HOUR_FILES) await rm(hourPath(at, numberOf(at), kind), { force: true })
        hours.delete(at)
      }
    },
    octets: () => octetsIn(folder),
  }
}

const HOUR_FILES = ['figures', 'late'] as const
type HourFile = (typeof HOUR_FILES)[number]

/** '2026-11-25T03Z': in UTC, so that names sort as time does. */
function hourName(at: number): string {
  return `${new Date(at).toISOString().slice(0, 13)}Z`
}

function hourIn(file: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\dT\d\dZ\./.test(file) ? Date.parse(`${file.slice(0, 13)}:00:00Z`) : Number.NaN
  return Number.isNaN(at) || at % HOUR_MS !== 0 ? undefined : at
}

/** The newest number of each hour. What an older number left behind goes: the newer object holds it. */
async function hoursIn(folder: string): Promise<Map<number, number>> {
  const files = (await readdir(folder)).flatMap((file) => {
    const number = Number(/\.(\d+)\.(?:figures|late)$/.exec(file)?.[1])
    const at = hourIn(file)
    return at === undefined || Number.isNaN(number) ? [] : [{ file, at, number, whole: file.endsWith('.figures') }]
  })
  const hours = new Map<number, number>()
  for (const { at, number, whole } of files) if (whole && number > (hours.get(at) ?? 0)) hours.set(at, number)
  for (const { file, at, number } of files) if (number < (hours.get(at) ?? 0)) await rm(join(folder, file))
  return hours
}

/** One section of an hour's object as it is stored, without reading the others. */
async function readObject(path: string, group: FigureGroup): Promise<Buffer | 'damaged'> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0)
    throw error
  }
  try {
    const first = Buffer.alloc(HEAD_OCTETS)
    await file.read(first, 0, HEAD_OCTETS, 0)
    const head = readHead(first)
    if (head === undefined) return 'damaged'
    const { offset, octets } = head.sections[group]
    const section = Buffer.alloc(Math.min(octets, (await file.stat()).size))
    await file.read(section, 0, section.length, offset)
    return isWhole(section, head.sections[group]) ? section : 'damaged'
  } finally {
    await file.close()
  }
}

async function octetsIn(folder: string): Promise<number> {
  let sum = 0
  for (const name of FOLDERS) {
    for (const file of await readdir(join(folder, name))) {
      sum += await stat(join(folder, name, file)).then(
        ({ size }) => size,
        () => 0,
      )
    }
  }
  return sum
}
