// On which days people work: Monday to Friday, without the holidays of the country and the plan's own closings.
// The holidays of Japan are data, because two of them are set by the stars and announced a year ahead.
import { civilDay, dayText, weekdayOf, type CivilDay } from './civil-day.ts'

/**
 * National holidays with their substitutes (Act on National Holidays, article 3), as the Cabinet Office announced them:
 * https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html. Those of 2028 are announced in February 2027.
 */
export const HOLIDAYS_JAPAN: Readonly<Record<string, string>> = {
  '2026-01-01': '元日',
  '2026-01-12': '成人の日',
  '2026-02-11': '建国記念の日',
  '2026-02-23': '天皇誕生日',
  '2026-03-20': '春分の日',
  '2026-04-29': '昭和の日',
  '2026-05-03': '憲法記念日',
  '2026-05-04': 'みどりの日',
  '2026-05-05': 'こどもの日',
  '2026-05-06': '休日',
  '2026-07-20': '海の日',
  '2026-08-11': '山の日',
  '2026-09-21': '敬老の日',
  '2026-09-22': '休日',
  '2026-09-23': '秋分の日',
  '2026-10-12': 'スポーツの日',
  '2026-11-03': '文化の日',
  '2026-11-23': '勤労感謝の日',
  '2027-01-01': '元日',
  '2027-01-11': '成人の日',
  '2027-02-11': '建国記念の日',
  '2027-02-23': '天皇誕生日',
  '2027-03-21': '春分の日',
  '2027-03-22': '休日',
  '2027-04-29': '昭和の日',
  '2027-05-03': '憲法記念日',
  '2027-05-04': 'みどりの日',
  '2027-05-05': 'こどもの日',
  '2027-07-19': '海の日',
  '2027-08-11': '山の日',
  '2027-09-20': '敬老の日',
  '2027-09-23': '秋分の日',
  '2027-10-11': 'スポーツの日',
  '2027-11-03': '文化の日',
  '2027-11-23': '勤労感謝の日',
}
/** The data begins and ends here; other years have weekends only, and the calendar says so. */
export const HOLIDAYS_YEARS = { first: 2026, last: 2027 } as const

/** Nobody answers then: the days on which offices are closed by law (Act on Holidays of Administrative Organs), and most firms. */
const YEAR_END = /-(12-(29|30|31)|01-0[23])$/

export interface WorkingDays {
  readonly isWorkingDay: (day: CivilDay) => boolean
  /** The first working day from `day` on. */
  readonly next: (day: CivilDay) => CivilDay
  /** The day after the `count`th working day from `day` on. */
  readonly after: (day: CivilDay, count: number) => CivilDay
}

/** A plan may close at most so many days; no search for a working day is longer. */
const SEARCH_DAYS_MAX = 10_000

/** Holidays are those of Japan where the place is Tokyo; elsewhere only weekends and closings are known. */
export function workingDaysOf(place: {
  readonly timeZone: string
  readonly closedDays: readonly string[]
}): WorkingDays {
  const inJapan = knowsHolidays(place.timeZone)
  const closed = new Set(place.closedDays.map(civilDay))
  const isWorkingDay = (day: CivilDay) => {
    const weekday = weekdayOf(day)
    if (weekday === 0 || weekday === 6 || closed.has(day)) return false
    const text = dayText(day)
    return !inJapan || (HOLIDAYS_JAPAN[text] === undefined && !YEAR_END.test(text))
  }
  const next = (day: CivilDay) => {
    for (let at = day; at < day + SEARCH_DAYS_MAX; at += 1) if (isWorkingDay(at)) return at
    throw new RangeError(`no working day within ${SEARCH_DAYS_MAX} days of ${dayText(day)}`)
  }
  const after = (day: CivilDay, count: number) => {
    let at = day
    for (let left = count; left > 0; left -= 1) at = next(at) + 1
    return at
  }
  return { isWorkingDay, next, after }
}

export function knowsHolidays(timeZone: string): boolean {
  return timeZone === 'Asia/Tokyo' || timeZone === 'Japan'
}

/** Whether a day lies in a year whose holidays are not in the data. */
export function isBeyondHolidays(day: CivilDay): boolean {
  const year = Number(dayText(day).slice(0, 4))
  return year < HOLIDAYS_YEARS.first || year > HOLIDAYS_YEARS.last
}
