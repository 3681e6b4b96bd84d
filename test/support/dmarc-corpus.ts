// The reports of test/corpus/dmarc as the inbox opens them, and what stands in them, counted by hand.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderDmarcInbox, type FolderDmarcInbox } from '../../src/adapters/local/dmarc-inbox.ts'

const FOLDER = new URL('../corpus/dmarc/', import.meta.url)

export const DMARC_FILES: readonly string[] = readdirSync(FOLDER)
  .filter((name) => !name.endsWith('.md'))
  .toSorted()

export function dmarcFile(name: string): Buffer {
  return readFileSync(new URL(name, FOLDER))
}

/** File: reporter, rows, unreadable rows, mails, mails with DKIM passed. */
export const DMARC_COUNTS: Readonly<Record<string, readonly [string, number, number, number, number]>> = {
  '01-google.zip': ['google.com', 4, 0, 262_563, 262_551],
  '02-yahoo.xml.gz': ['Yahoo', 2, 0, 27_220, 27_220],
  '03-microsoft.xml.gz': ['Outlook.com', 3, 0, 38_941, 38_900],
  '04-line-yahoo.xml': ['Yahoo! JAPAN', 3, 0, 108_120, 107_810],
  '05-docomo-mail.eml': ['docomo.ne.jp', 3, 0, 170_777, 170_700],
  '06-namespace-mail.eml': ['Fastmail Pty Ltd', 2, 0, 1_170, 1_170],
  '07-old-and-sparse.xml': ['AOL', 2, 0, 643, 640],
  '08-latin-1-and-gaps.xml': ['Société Générale de Courriel', 1, 2, 15, 15],
  '09-no-rows.xml': ['Mail.Ru', 0, 0, 0, 0],
  '10-rotation-and-cdata.xml': ['Example & Sons', 2, 0, 107, 100],
}

export interface InboxWorld {
  readonly inbox: FolderDmarcInbox
  readonly folder: string
  end(): void
}

/** A folder with the corpus in it, at rest for a while. */
export async function inboxWithCorpus(files: readonly string[] = DMARC_FILES): Promise<InboxWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-dmarc-'))
  const now = Date.UTC(2026, 10, 26, 1)
  const inbox = await folderDmarcInbox(folder, () => now)
  for (const name of files) {
    copyFileSync(new URL(name, FOLDER), join(folder, name))
    utimesSync(join(folder, name), now / 1_000 - 60, now / 1_000 - 60)
  }
  return { inbox, folder, end: () => rmSync(folder, { recursive: true }) }
}
