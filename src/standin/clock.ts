// Time for the stand-in: the machine's clock plus an offset that a knob moves, or a clock that only the knob moves.
// Everything that waits for hours (72 h of verification, 24 h of quota, late events) waits on this clock.

export interface StandinClock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs the task once, when the instant has come; the result takes it back. */
  at(instant: number, task: Task): () => void
  /** Moves time forward, runs what comes due on the way in its order, and waits for each. */
  advance(ms: number): Promise<void>
  /** Forgets all that waits. */
  stop(): void
}

type Task = () => void | Promise<void>

interface Waiting {
  readonly instant: number
  /** Keeps tasks of one instant in the order they were given. */
  readonly order: number
  readonly task: Task
  cancelled: boolean
}

/** The longest timer Node takes; a longer wait is looked at again then. */
const TIMER_MAX_MS = 2_147_483_647

export interface ClockOptions {
  /** Only `advance` moves it; without this it runs with the machine's clock. */
  readonly frozen?: boolean
  /** Where it starts; the machine's time when not given. */
  readonly startAt?: number
}

/** A clock that can be moved forward, never back. */
export function createClock(options: ClockOptions = {}): StandinClock {
  const machineNow = (): number => (options.frozen ? 0 : Date.now())
  let offset = (options.startAt ?? Date.now()) - machineNow()
  const heap: Waiting[] = []
  let order = 0
  let timer: NodeJS.Timeout | undefined

  const now = (): number => machineNow() + offset
  const arm = (): void => {
    clearTimeout(timer)
    const first = heap[0]
    if (first === undefined || options.frozen) return
    timer = setTimeout(runDue, Math.min(Math.max(0, first.instant - now()), TIMER_MAX_MS))
    timer.unref()
  }
  const runDue = (): void => {
    for (let next = heap[0]; next && next.instant <= now(); next = heap[0]) {
      pop(heap)
      // A task that fails reports itself; time goes on.
      if (!next.cancelled) void runTask(next.task)
    }
    arm()
  }
  return {
    now,
    at(instant, task) {
      const waiting: Waiting = { instant, order: (order += 1), task, cancelled: false }
      push(heap, waiting)
      if (heap[0] === waiting) arm()
      return () => {
        waiting.cancelled = true
      }
    },
    async advance(ms) {
      const end = now() + ms
      for (let next = heap[0]; next && next.instant <= end; next = heap[0]) {
        pop(heap)
        offset += Math.max(0, next.instant - now())
        if (!next.cancelled) await runTask(next.task)
      }
      offset += Math.max(0, end - now())
      arm()
    },
    stop() {
      clearTimeout(timer)
      heap.length = 0
    },
  }
}

async function runTask(task: Task): Promise<void> {
  try {
    await task()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

const before = (a: Waiting, b: Waiting): boolean =>
  a.instant < b.instant || (a.instant === b.instant && a.order < b.order)

function push(heap: Waiting[], item: Waiting): void {
  let at = heap.length
  heap.push(item)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!before(item, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

function pop(heap: Waiting[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1
    if (!before(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
