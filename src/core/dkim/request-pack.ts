// The request to the DNS team as a notice: text, HTML, Slack and files, in one language. Everything is decided before it
// comes here; nothing here reads a clock. An unknown fault word is shown as it is rather than left out.
import type { Notice } from '../base/notice.ts'
import { requestFiles } from './request-files.ts'
import { requestHtml } from './request-html.ts'
import { packOf } from './request-parts.ts'
import { requestSlack } from './request-slack.ts'
import { requestText } from './request-text.ts'
import { ENGLISH } from './request-words-en.ts'
import { JAPANESE } from './request-words-ja.ts'
import type { Words } from './request-words.ts'
import type { DnsRequest, Language } from './request.ts'

const WORDS: Readonly<Record<Language, Words>> = { ja: JAPANESE, en: ENGLISH }

export function requestPack(request: DnsRequest, language: Language): Notice {
  const pack = packOf(request, WORDS[language])
  const { words, about, work } = pack
  const number = request.kind === 'reminder' ? `-${request.reminder ?? 1}` : ''
  const text = requestText(pack)
  return {
    id: `${request.id}-${request.kind}${number}-${language}`,
    level: 'info',
    subject: words.subject(request.kind, about),
    text,
    html: requestHtml(pack, language),
    slackBlocks: requestSlack(pack),
    files: [...requestFiles(request, work), { name: 'request.txt', mediaType: 'text/plain; charset=utf-8', text }],
  }
}
