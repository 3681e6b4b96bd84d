// An error as log fields: its name, its code and a masked message. Error objects themselves never go to a log,
// because libraries hang requests, replies and credentials on them.
import type { LogFields } from '../base/log.ts'
import { maskText } from '../mail/mask.ts'

/** Causes behind causes: more tell nothing new. */
const CAUSES_MAX = 3
/** Of a stack only the first frames: who threw, and who called. */
const FRAMES_MAX = 2
// RFC 3986 3.2.1 userinfo: `smtp://user:password@host`. It goes whole, because a password may begin like a word.
const USERINFO = /:\/\/[^\s/?#@]*@/g

export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: 'NotAnError', message: maskForeign(textOf(error)) }
  const code = codeOf(error)
  const at = framesOf(error)
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    message: messages(error).join(' <- '),
    ...(at === '' ? {} : { at }),
  }
}

/** A foreign text without credentials in URLs, then masked as all foreign texts are. */
export function maskForeign(text: string): string {
  return maskText(text.replaceAll(USERINFO, '://***@'))
}

function messages(error: Error): readonly string[] {
  const found: string[] = []
  let at: unknown = error
  while (at instanceof Error && found.length <= CAUSES_MAX) {
    found.push(maskForeign(at.message))
    at = at.cause
  }
  return found
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined
  const isWord = typeof code === 'number' || (typeof code === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(code))
  return isWord ? String(code) : undefined
}

/** `acceptMail accept.ts:41`: names of functions and files, and nothing of the message, which the stack repeats. */
function framesOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
  return frames
    .slice(0, FRAMES_MAX)
    .map((frame) => {
      const name = /^\s+at (?:async )?([\w.<>]+) \(/.exec(frame)?.[1]
      const place = /([\w.-]+:\d+):\d+\)?$/.exec(frame)?.[1] ?? ''
      return name === undefined ? place : `${name} ${place}`
    })
    .join(', ')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value
}
