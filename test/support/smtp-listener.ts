// The SMTP listener on a free port of loopback, with a recording core behind it.
import { clientPolicy } from '../../src/adapters/smtp/client-policy.ts'
import { smtpListener, type ListenerOptions, type SmtpListener } from '../../src/adapters/smtp/listener.ts'
import { fakeClock, recordedLog, recordedMeter, type FakeClock, type RecordedLog, type RecordedMeter } from './fakes.ts'
import { recordingIntake, type IntakeScript, type RecordingIntake } from './smtp-intake.ts'

export interface TestListener {
  readonly listener: SmtpListener
  readonly port: number
  readonly intake: RecordingIntake
  readonly clock: FakeClock
  readonly log: RecordedLog
  readonly meter: RecordedMeter
}

export interface TestListenerOptions
  extends IntakeScript, Partial<Omit<ListenerOptions, 'intake' | 'clock' | 'log' | 'meter'>> {
  /** Who may send without AUTH; this machine unless told. */
  readonly clients?: readonly string[]
  readonly proxies?: readonly string[]
}

const running = new Set<SmtpListener>()

export async function testListener(options: TestListenerOptions = {}): Promise<TestListener> {
  const { clients = ['127.0.0.1'], proxies = [], ...rest } = options
  const intake = recordingIntake(options)
  const clock = fakeClock()
  const log = recordedLog()
  const meter = recordedMeter()
  const listener = await smtpListener({
    host: '127.0.0.1',
    port: 0,
    hostname: 'gw.example',
    policy: clientPolicy({ clients, proxies }),
    ...rest,
    intake,
    clock,
    log,
    meter,
  })
  running.add(listener)
  return { listener, port: listener.port, intake, clock, log, meter }
}

/** For `afterEach`: stops what a test has started. Its clients must be gone, or their waits end with the clock. */
export async function stopListeners(): Promise<void> {
  const stopping = [...running]
  running.clear()
  await Promise.all(stopping.map((listener) => listener.stop()))
}
