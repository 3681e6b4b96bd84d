// The advice on a Postfix host for people: first whether its mail would go in a circle, then the lines to edit as a unified
// diff, then what else changes.
import type { Edit, RelayAdvice } from '../core/plan/relay/advice.ts'
import type { Language } from './baseline-words.ts'
import { paint } from './output.ts'

const WORDS = {
  en: {
    title: (host: string) => `POSTFIX ON ${host}`,
    client: 'This host gives its mail on. To send through Watari, edit these lines, then: postfix reload',
    legacyHost:
      'This host is a legacy host of the plan: Watari gives mail to it. Its relayhost must never be Watari, or mail goes in a circle.',
    loops: 'Mail goes in a circle now: this legacy host gives its mail back to Watari.',
    nothing: 'No line has to change.',
    postmap: 'Then: postmap on the transport table.',
    remarks: 'What else changes:',
  },
  ja: {
    title: (host: string) => `${host} の POSTFIX`,
    client: 'このホストはメールを次へ渡します。Watari を通すには次の行を変え、postfix reload を実行してください。',
    legacyHost:
      'このホストはプランの旧ホストで、Watari がメールを渡す先です。relayhost を Watari にするとメールが循環します。',
    loops: '現在メールが循環しています。この旧ホストは Watari にメールを戻しています。',
    nothing: '変える行はありません。',
    postmap: 'その後 transport の表に postmap を実行してください。',
    remarks: 'そのほかに変わること:',
  },
} as const

export function relayText(advice: RelayAdvice, language: Language, color: boolean): string {
  const words = WORDS[language]
  const { role, hostname, edits, remarks, loops } = advice
  return [
    `\n${words.title(hostname === '' ? 'localhost' : hostname)}\n`,
    `  ${words[role]}\n`,
    loops ? `  ${paint(color, 'red', words.loops)}\n` : '',
    edits.length === 0 ? `  ${words.nothing}\n` : `\n${diff(edits, color)}\n`,
    edits.some(({ file }) => file === 'transport') ? `  ${words.postmap}\n` : '',
    remarks.length === 0 ? '' : `  ${words.remarks}\n${remarks.map(({ text }) => `  - ${text[language]}\n`).join('')}`,
  ].join('')
}

/** Unified form without context: each edit is a hunk of its own (diff(1) -U0), so that `patch` takes it. */
function diff(edits: readonly Edit[], color: boolean): string {
  return (['main.cf', 'transport'] as const)
    .flatMap((file) => {
      const own = edits.filter((edit) => edit.file === file).toSorted((a, b) => a.line - b.line)
      return own.length === 0 ? [] : [`--- ${file}\n+++ ${file}\n${hunks(own, color)}`]
    })
    .join('')
}

function hunks(edits: readonly Edit[], color: boolean): string {
  let shift = 0
  return edits
    .map(({ line, removed, added }) => {
      const newLine = line + shift + (removed.length === 0 ? 1 : 0)
      shift += added.length - removed.length
      return [
        `@@ -${span(line, removed.length)} +${span(newLine, added.length)} @@\n`,
        ...removed.map((text) => `${paint(color, 'red', `-${text}`)}\n`),
        ...added.map((text) => `${paint(color, 'green', `+${text}`)}\n`),
      ].join('')
    })
    .join('')
}

function span(line: number, count: number): string {
  return count === 1 ? String(line) : `${line},${count}`
}
