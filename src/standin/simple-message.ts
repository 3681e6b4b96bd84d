// Puts the MIME message of SendEmail's Simple content together, as SES does for callers that have none.
import { randomBytes } from 'node:crypto'
import { badRequest } from './api-errors.ts'
import type { SendEmail, Simple } from './api-shapes.ts'

const LINE = 76

/** The message in wire form. */
export function simpleMessage(simple: Simple, request: SendEmail): Buffer {
  const { Destination: destination } = request
  const { Text: text, Html: html } = simple.Body
  if (text === undefined && html === undefined) throw badRequest('Message body must have text or HTML.')
  const bodies = [
    ...(text === undefined ? [] : [part(`text/plain; charset=UTF-8`, Buffer.from(text.Data), [])]),
    ...(html === undefined ? [] : [part(`text/html; charset=UTF-8`, Buffer.from(html.Data), [])]),
  ]
  const body = bodies.length === 1 ? bodies[0]! : multipart('alternative', bodies)
  const attachments = (simple.Attachments ?? []).map((attachment) => attachmentPart(attachment))
  const header = [
    ['From', request.FromEmailAddress],
    ['To', destination?.ToAddresses?.join(', ')],
    ['Cc', destination?.CcAddresses?.join(', ')],
    ['Reply-To', request.ReplyToAddresses?.join(', ')],
    ['Subject', encodedWords(simple.Subject.Data)],
    ['MIME-Version', '1.0'],
    ...(simple.Headers ?? []).map(({ Name, Value }) => [Name, Value]),
  ]
  const lines = header
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(lines.join('') + (attachments.length === 0 ? body : multipart('mixed', [body, ...attachments])))
}

function attachmentPart(attachment: NonNullable<Simple['Attachments']>[number]): string {
  const disposition = attachment.ContentDisposition === 'INLINE' ? 'inline' : 'attachment'
  const name = encodedWords(attachment.FileName).replaceAll('"', '')
  return part(attachment.ContentType ?? 'application/octet-stream', Buffer.from(attachment.RawContent, 'base64'), [
    `Content-Disposition: ${disposition}; filename="${name}"`,
    ...(attachment.ContentId === undefined ? [] : [`Content-ID: <${attachment.ContentId}>`]),
  ])
}

function part(type: string, content: Buffer, more: readonly string[]): string {
  const header = [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...more].join('\r\n')
  const lines = content.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return `${header}\r\n\r\n${lines.join('\r\n')}\r\n`
}

function multipart(kind: string, parts: readonly string[]): string {
  const boundary = `----=_Part_${randomBytes(12).toString('hex')}`
  const inside = parts.map((one) => `--${boundary}\r\n${one}`).join('')
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${inside}--${boundary}--\r\n`
}

/** RFC 2047, folded; characters stay whole in each word. */
function encodedWords(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  // 12 characters of at most four octets fit in a word of 75.
  const pieces = Array.from(text).reduce<string[]>((words, char, index) => {
    if (index % 12 === 0) words.push('')
    words[words.length - 1] += char
    return words
  }, [])
  return pieces.map((piece) => `=?UTF-8?B?${Buffer.from(piece).toString('base64')}?=`).join('\r\n ')
}
