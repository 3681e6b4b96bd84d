// C01: only CRLF.CRLF ends DATA; whatever else a lax server would take for the end makes no second mail, wherever TCP cuts it.
import { describe, expect, test } from 'vitest'
import { TO_DATA, testSession } from '../support/smtp-session.ts'

const SMUGGLED = 'MAIL FROM:<evil@example.com>\r\nRCPT TO:<v@example.net>\r\nDATA\r\nSubject: b\r\n\r\ny\r\n.\r\n'
const ENDS = ['\n.\r\n', '\n.\n', '\r\n.\n', '\r.\r', '\r\r\n.\r\r\n', '\r\n.\r\r\n', '\r\n.\rX']

/** All cuts of the text into two pieces, and the text octet by octet. */
function segmentations(text: string): string[][] {
  const cuts = Array.from({ length: text.length - 1 }, (_, i) => [text.slice(0, i + 1), text.slice(i + 1)])
  return [[text], text.split(''), ...cuts]
}

describe('an end of data that is none', () => {
  test.each(ENDS)('%j makes no second mail, in any cut', async (end) => {
    for (const pieces of segmentations(`Subject: a\r\n\r\nx${end}${SMUGGLED}`)) {
      const { say, intake, session, heard } = testSession()
      await say(TO_DATA)
      for (const piece of pieces) session.feed(Buffer.from(piece, 'latin1'))
      await say('NOOP\r\n')
      expect(intake.mails).toEqual([])
      expect(intake.asked).not.toContain('sender evil@example.com')
      expect(heard().split('\r\n').slice(-4)).toEqual([
        '354 End data with <CR><LF>.<CR><LF>',
        '554 5.6.0 the content holds a CR or LF alone; lines must end in CRLF',
        '250 2.0.0 Ok',
        '',
      ])
    }
  })

  test('the real one ends it, in any cut', async () => {
    for (const pieces of segmentations('Subject: a\r\n\r\nx\r\n.\r\n')) {
      const { say, intake, session } = testSession()
      await say(TO_DATA)
      for (const piece of pieces) session.feed(Buffer.from(piece, 'latin1'))
      expect(await say('NOOP\r\n')).toContain('250 2.0.0 Ok')
      expect(intake.mails.map((mail) => mail.wire)).toEqual(['Subject: a\r\n\r\nx\r\n'])
    }
  })
})
