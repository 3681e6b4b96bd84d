// The session machine without a socket: octets in, replies out.
import { Session } from '../../src/adapters/smtp/session.ts'
import { LISTENER_LIMITS, type ListenerLimits } from '../../src/adapters/smtp/session-limits.ts'
import { loginLimiter } from '../../src/adapters/smtp/session-login-limiter.ts'
import type { Credentials } from '../../src/adapters/smtp/session-login-steps.ts'
import { ehloReplies, type SessionEnd } from '../../src/adapters/smtp/session-rules.ts'
import { recordedLog, recordedMeter, turns, type RecordedLog, type RecordedMeter } from './fakes.ts'
import { recordingIntake, type IntakeScript, type RecordingIntake } from './smtp-intake.ts'

export interface SessionOptions extends IntakeScript {
  readonly limits?: Partial<ListenerLimits>
  readonly credentials?: Credentials
  readonly tlsOffered?: boolean
  readonly secure?: boolean
  /** On the allow-list; true unless told. */
  readonly allowed?: boolean
  readonly address?: string
  readonly now?: () => number
}

export interface TestSession {
  readonly session: Session
  readonly intake: RecordingIntake
  readonly log: RecordedLog
  readonly meter: RecordedMeter
  readonly budget: { used: number }
  /** Sends Latin-1 text, waits for all answers, and gives the replies that came, a line each. */
  say(text: string | Buffer): Promise<readonly string[]>
  /** All replies so far, as on the wire. */
  heard(): string
  /** Why it ended, if it did. */
  ended(): SessionEnd | undefined
  /** How often the handshake was asked for. */
  handshakes(): number
}

export function testSession(options: SessionOptions = {}): TestSession {
  const intake = recordingIntake(options)
  const log = recordedLog()
  const meter = recordedMeter()
  const limits = { ...LISTENER_LIMITS, ...options.limits }
  const budget = { octetsMax: limits.receptionOctets, used: 0 }
  const tlsOffered = options.tlsOffered ?? true
  let heard = ''
  let ended: SessionEnd | undefined
  let handshakes = 0
  const rules = {
    hostname: 'gw.example',
    intake,
    limits,
    budget,
    ehlo: ehloReplies({
      hostname: 'gw.example',
      messageOctets: limits.messageOctets,
      tlsOffered,
      authOffered: options.credentials !== undefined,
    } as const),
    tlsOffered,
    ...(options.credentials && { credentials: options.credentials }),
    logins: loginLimiter({ perMinute: limits.failedLoginsPerMinute, now: options.now ?? (() => 0) }),
    log,
    meter,
  }
  const wire = {
    send: (text: string) => void (heard += text),
    startTls: () => void (handshakes += 1),
    end: (end: SessionEnd) => {
      if (ended !== undefined) throw new Error('a session ends once')
      ended = end
    },
  }
  const session = new Session(rules, wire, {
    id: 's1',
    address: options.address ?? '192.0.2.1',
    allowed: options.allowed ?? true,
    secure: options.secure ?? false,
  })
  return {
    session,
    intake,
    log,
    meter,
    budget,
    heard: () => heard,
    ended: () => ended,
    handshakes: () => handshakes,
    say: async (text) => {
      const before = heard.length
      session.feed(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
      await turns(3)
      return heard.slice(before).split('\r\n').slice(0, -1)
    },
  }
}

/** EHLO to 354 in one write. */
export const TO_DATA = 'EHLO c.example\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n'
