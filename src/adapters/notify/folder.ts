// Notices as files, for whoever carries them by hand: a folder for each, with the text, the HTML and what was attached.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Notifier } from '../../core/base/notice.ts'

/** Records and requests are not secret, but nobody else needs to write them. */
const MODE = 0o640

export function folderNotifier({ channel, folder }: { readonly channel: string; readonly folder: string }): Notifier {
  return {
    channel,
    async send(notice) {
      const place = join(folder, notice.id.replaceAll(/[^A-Za-z0-9._-]/g, '_'))
      try {
        await mkdir(place, { recursive: true })
        await writeFile(join(place, 'subject.txt'), `${notice.subject}\n`, { mode: MODE })
        await writeFile(join(place, 'message.txt'), notice.text, { mode: MODE })
        if (notice.html !== undefined) await writeFile(join(place, 'message.html'), notice.html, { mode: MODE })
        if (notice.slackBlocks !== undefined) {
          await writeFile(
            join(place, 'slack.json'),
            `${JSON.stringify({ blocks: notice.slackBlocks }, undefined, 2)}\n`,
            { mode: MODE },
          )
        }
        for (const { name, text } of notice.files ?? []) {
          await writeFile(join(place, name.replaceAll(/[^A-Za-z0-9._-]/g, '_')), text, { mode: MODE })
        }
        return { kind: 'sent', channel }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
        return { kind: 'failed', channel, again: true, message: `${place} cannot be written (${code})` }
      }
    },
  }
}
