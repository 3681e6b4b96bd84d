// The words of alerts as a table that both languages fill: what is said is decided once, how it is said in words-en.ts and
// words-ja.ts. Each sentence shows the value beside its limit, because a number alone starts a search at three in the morning.
import type { AlertFacts, AlertId } from './alerts.ts'
import type { TellingKind } from './record.ts'

export type Language = 'ja' | 'en'

export interface AlertWords<A extends AlertId> {
  /** A few words for a subject line. */
  readonly title: string
  /** What is, with value and limit. */
  readonly said: (facts: AlertFacts[A], where: Where) => string
  /** What is now that it is over, when that is another sentence. */
  readonly over?: (facts: AlertFacts[A], where: Where) => string
  readonly look: readonly string[]
  readonly todo: readonly string[]
}

export interface Where {
  /** The route an alert is about, '' for none. */
  readonly scope: string
  /** An instant as the plan's zone shows it. */
  readonly time: (at: number) => string
}

export interface Words {
  readonly alerts: { readonly [A in AlertId]: AlertWords<A> }
  /** In front of a subject: the level, or what has become of it. */
  readonly marks: Readonly<Record<'critical' | 'warning' | 'info', string>> &
    Readonly<Record<Exclude<TellingKind, 'open'>, string>>
  readonly labels: {
    readonly what: string
    readonly since: string
    readonly lasted: string
    readonly now: string
    readonly atWorst: string
    readonly look: string
    readonly todo: string
    readonly more: string
    readonly take: string
    readonly incident: string
    readonly comesBack: (times: number) => string
  }
  readonly duration: (ms: number) => string
}

/** '5.43 %' of 0.0543: three digits are as many as anybody compares, and of a thousandth two. */
export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(fraction < 0.001 ? 2 : 3))} %`
}

/** '1,203' */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** '1.5 GB', decimal as disks are sold. */
export function sizeText(octets: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, octets)) / 3)))
  return `${Number((octets / 1_000 ** power).toPrecision(3))} ${units[power]}`
}

/** The two largest units of a duration, in words of a language. */
export function durationIn(units: { readonly day: string; readonly hour: string; readonly minute: string }) {
  return (ms: number): string => {
    const minutes = Math.max(1, Math.round(ms / 60_000))
    const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60]
    const parts = [
      [days, units.day],
      [hours, units.hour],
      [rest, units.minute],
    ] as const
    const first = parts.findIndex(([count]) => count > 0)
    return parts
      .slice(first, first + 2)
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join(' ')
  }
}
